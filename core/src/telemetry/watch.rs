//! Levels that are changed outside of the process while it runs: in the configuration's file and in a control folder. Once a second
//! it is looked whether either has changed.
//!
//! Not for levels that the program sets itself: see `levels`.

use crate::api::hub::Hub;
use crate::api::levels::SetLevels;
use crate::api::pipeline::Pipeline;
use crate::config::{Control, Settings};
use crate::error::Result;
use crate::output::schedule::{Round, Schedule};
use crate::platform;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);

/// A file that was changed so shortly ago may change again without another time of change.
const UNSETTLED: Duration = Duration::from_secs(2);

/// A schedule that looks after what these settings say that levels may be changed by, if they do.
pub(super) fn schedule(settings: &Arc<Settings>, hub: &Weak<Hub>) -> Option<Schedule> {
    let watch = Watch::of(settings)?;
    let hub = Weak::clone(hub);
    let task = move || {
        if let Some(hub) = hub.upgrade() {
            watch.look(&hub);
        }
    };
    Some(Schedule::new(vec![Round::new(EVERY, Arc::new(task))]))
}

/// What a control folder says now, for a process that begins. Nothing if it cannot be read, which is told later.
pub(super) fn controlled(settings: &Settings) -> SetLevels {
    let control = settings.control.as_ref().and_then(|folder| Control::read_trusted(&folder.absolute).ok());
    control.map(|control| control.at(now_ns()).set_levels()).unwrap_or_default()
}

struct Watch {
    settings: Arc<Settings>,
    /// The file that the environment names, and the control folder.
    file: Option<Mutex<Watched<SetLevels>>>,
    control: Option<(PathBuf, Mutex<Watched<Control>>)>,
}

impl Watch {
    fn of(settings: &Arc<Settings>) -> Option<Self> {
        let file = settings.level_file.as_ref();
        let control = settings.control.as_ref().map(|folder| folder.absolute.clone());
        if file.is_none() && control.is_none() {
            return None;
        }
        Some(Self {
            settings: Arc::clone(settings),
            file: file.map(|file| Mutex::new(Watched::new(file.path.clone()))),
            control: control.map(|folder| {
                let watched = Mutex::new(Watched::new(Control::path(&folder)));
                (folder, watched)
            }),
        })
    }

    /// Puts in force what has been changed.
    fn look(&self, hub: &Hub) {
        let pipeline = hub.peek();
        if pipeline.closed || !pipeline.is_current() {
            return;
        }
        let configured = self.file.as_ref().and_then(|file| {
            let anew = || self.settings.levels_anew().unwrap_or_else(|| Ok(SetLevels::default()));
            locked(file).read(anew).cloned()
        });
        let controlled = self.control.as_ref().and_then(|(folder, watched)| {
            let control = locked(watched).read(|| Control::read_trusted(folder)).cloned();
            Some(control?.at(now_ns()).set_levels())
        });
        let levels = &pipeline.levels;
        let configured = configured.filter(|configured| configured != levels.as_configured());
        let controlled = controlled.filter(|controlled| controlled != levels.by_control());
        if configured.is_none() && controlled.is_none() {
            return;
        }
        let Ok(_) = hub.replace(|before| {
            let mut levels = (*before.levels).clone();
            if let Some(configured) = configured {
                levels = levels.configured(configured);
            }
            if let Some(controlled) = controlled {
                levels = levels.controlled(controlled);
            }
            Ok::<_, Infallible>(Some(Pipeline { levels: Arc::new(levels), ..(**before).clone() }))
        });
    }
}

fn locked<T>(watched: &Mutex<Watched<T>>) -> std::sync::MutexGuard<'_, Watched<T>> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file, and what was read of it last.
struct Watched<T> {
    path: PathBuf,
    stamp: Option<Stamp>,
    content: Option<T>,
    /// What was told of it on standard error last.
    told: Option<String>,
}

/// What shows that a file has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length_bytes: u64,
    is_settled: bool,
}

impl Stamp {
    /// Of a file that is not there, an empty one.
    fn of(path: &Path) -> Self {
        let Ok(meta) = std::fs::metadata(path) else {
            return Self { modified: None, length_bytes: 0, is_settled: true };
        };
        let modified = meta.modified().ok();
        let is_settled = modified.is_none_or(|at| at.elapsed().is_ok_and(|since| since > UNSETTLED));
        Self { modified, length_bytes: meta.len(), is_settled }
    }
}

impl<T> Watched<T> {
    fn new(path: PathBuf) -> Self {
        Self { path, stamp: None, content: None, told: None }
    }

    /// What it holds, which `read` reads if it has changed. A mistake in it is told once, and what it held before stays.
    fn read(&mut self, read: impl FnOnce() -> Result<T>) -> Option<&T> {
        let stamp = Stamp::of(&self.path);
        if self.stamp != Some(stamp) || !stamp.is_settled {
            self.stamp = Some(stamp);
            match read() {
                Ok(content) => (self.content, self.told) = (Some(content), None),
                Err(error) => self.tell(error.to_string()),
            }
        }
        self.content.as_ref()
    }

    fn tell(&mut self, text: String) {
        if self.told.as_ref() != Some(&text) {
            platform::complain(&format!("levels stay as they are: {text}"));
            self.told = Some(text);
        }
    }
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
