//! Files that outputs of this process own: the system's locks do not keep a process from its own files.

use crate::platform;
use arc_swap::ArcSwapOption;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The extension of a file that does not bear its name yet: it is not whole, or not held.
pub(super) const UNFINISHED: &str = "new";

/// What is older is not sent any more.
const OLDEST: Duration = Duration::from_secs(24 * 3600);

static OWN: ArcSwapOption<Own> = ArcSwapOption::const_empty();
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Whether what a file holds is so old that nobody wants it any more.
pub(super) fn is_old(meta: &fs::Metadata) -> bool {
    meta.modified().is_ok_and(|then| then.elapsed().is_ok_and(|age| age > OLDEST))
}

/// Removes those of the files that processes left which were killed in the middle of making them: nobody else would, and no
/// process takes a day for it.
pub(super) fn sweep(unfinished: impl IntoIterator<Item = PathBuf>) {
    let left = unfinished.into_iter().filter(|path| fs::metadata(path).is_ok_and(|meta| is_old(&meta)));
    left.for_each(|path| {
        // One that stays does no harm.
        let _ = fs::remove_file(path);
    });
}

/// A name that no file has had, without its extension; names are in the order of time.
pub(super) fn fresh_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let (process, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    format!("{now:016}-{process}-{number}")
}

/// Whether it is such a name: other files may have the same beginning and end, and are somebody's.
pub(super) fn is_name(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('-').count() == 3 && text.split('-').all(is_number)
}

/// The files of one process.
#[derive(Debug)]
struct Own {
    process_id: u32,
    paths: Mutex<HashSet<PathBuf>>,
}

impl Own {
    /// Those of this process. A forked child begins with none: a thread that it has not got may hold the inherited lock.
    fn of_this_process() -> Arc<Self> {
        let process_id = std::process::id();
        loop {
            let known = OWN.load_full();
            match known {
                Some(own) if own.process_id == process_id => return own,
                stale => {
                    let fresh = Arc::new(Self { process_id, paths: Mutex::default() });
                    OWN.compare_and_swap(&stale, Some(fresh));
                }
            }
        }
    }

    fn paths(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks a file as one of this process's; false when it was one.
pub(super) fn own(path: &Path) -> bool {
    Own::of_this_process().paths().insert(path.to_owned())
}

/// It is none any more.
pub(super) fn disown(path: &Path) {
    Own::of_this_process().paths().remove(path);
}

/// Makes a file of this content, or puts it in the place of one. It bears its name once it is held and whole: whoever
/// looks for what dead processes left would otherwise take it from under its owner, or for a damaged one.
///
/// # Errors
/// Whatever the operating system says, but for a file system without locks.
pub(super) fn create_held(path: &Path, content: &[u8]) -> io::Result<File> {
    let unfinished = path.with_extension(UNFINISHED);
    let file = platform::create_private(&unfinished)?;
    let _ = platform::hold(&file);
    let finished = platform::write_all_at(&file, content, 0).and_then(|()| fs::rename(&unfinished, path));
    match finished {
        Ok(()) => Ok(file),
        Err(error) => {
            // Nobody else would remove it for a day.
            let _ = fs::remove_file(&unfinished);
            Err(error)
        }
    }
}
