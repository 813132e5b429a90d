//! The series of one instrument: found by attribute bytes, bounded in number, listed in order.
//!
//! Not for what a series counts: see the cells.

use super::cell::Cell;
use super::definition::Definition;
use super::processes::{Mirror, Processes};
use super::shared::Shared;
use crate::encode::attributes::key::Rules;
use crate::encode::collected::Head;
use crate::model::attributes::{Attributes, Entry, KnownValue, Role};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// Spellings (attributes as they were noted down, in any order) remembered per allowed series.
const SPELLINGS_PER_SERIES: usize = 8;

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

/// The attributes of the point that takes what no longer finds a series of its own.
const OVERFLOW_KEY: &[u8] = b",\"otel.metric.overflow\":";

/// One set of attributes and what was measured under it.
#[derive(Debug)]
pub(crate) struct Series<C> {
    cell: C,
    /// Whether an update does more than change the cell.
    does_more: AtomicBool,
    /// Whether it stands for all that found no place.
    pub(crate) overflow: bool,
    pub(crate) head: Head,
    /// When it was made, nanoseconds since 1970-01-01 UTC.
    pub(crate) start_ns: i64,
    /// Where other processes see it.
    mirror: OnceLock<Box<Mirror>>,
    /// Sorted by key; the bytes are the series' identity. Apart, so that what an update and the exposition touch
    /// lies close together.
    pub(crate) attributes: Box<Attributes>,
}

impl<C: Cell> Series<C> {
    /// What was measured.
    #[inline]
    pub(crate) fn cell(&self) -> &C {
        &self.cell
    }

    /// Whether an update is more than a change of the cell.
    #[inline]
    pub(crate) fn does_more(&self) -> bool {
        self.does_more.load(Ordering::Relaxed)
    }

    /// Applies `f` to the cell of a series that does more; `count_overflow` is told when it is the overflow series.
    pub(crate) fn update_more(&self, count_overflow: impl FnOnce(), f: impl FnOnce(&C)) {
        if self.overflow {
            count_overflow();
        }
        match self.mirror.get() {
            Some(mirror) => mirror.update(&self.cell, f),
            None => f(&self.cell),
        }
    }

    /// Shows the series to other processes, with what was measured before.
    pub(crate) fn share(&self, processes: &Processes, definition: &Definition) {
        if self.mirror.get().is_some() {
            return;
        }
        let Some(mirror) = processes.mirror(definition, &self.attributes, C::words(definition)) else {
            return;
        };
        // Where two threads come at once, the second one's place in the file stays empty.
        let _ = self.mirror.set(Box::new(mirror));
        self.does_more.store(true, Ordering::Relaxed);
        if let Some(mirror) = self.mirror.get() {
            mirror.show(&self.cell);
        }
    }
}

#[derive(Debug)]
struct Known<C> {
    /// By attributes as they were noted down, under the rules of `epoch`: how they are masked and cut depends on those.
    spellings: HashMap<Box<[u8]>, Arc<Series<C>>, RandomState>,
    epoch: u64,
    /// By encoded and sorted attributes.
    by_attributes: HashMap<Box<[u8]>, Arc<Series<C>>, RandomState>,
    created: Vec<Arc<Series<C>>>,
    /// How many of `created` count against the limits: all but the overflow series.
    own: usize,
    overflow: Option<Arc<Series<C>>>,
}

/// All series of one instrument.
#[derive(Debug)]
pub(crate) struct Table<C> {
    /// No other table of this process has or had it.
    pub(crate) number: u64,
    known: RwLock<Known<C>>,
    /// The series in order of their attributes; brought up to date by whoever lists them.
    listed: Mutex<Arc<Vec<Arc<Series<C>>>>>,
}

/// What a table needs to make a new series.
pub(crate) struct Maker<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) definition: &'a Definition,
}

impl<C: Cell> Table<C> {
    pub(crate) fn new() -> Self {
        let known = Known {
            spellings: HashMap::default(),
            epoch: 0,
            by_attributes: HashMap::default(),
            created: Vec::new(),
            own: 0,
            overflow: None,
        };
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { number, known: RwLock::new(known), listed: Mutex::default() }
    }

    /// The series that was met in this spelling before, if there is one.
    pub(crate) fn known(&self, epoch: u64, spelling: &[u8]) -> Option<Arc<Series<C>>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.epoch == epoch { known.spellings.get(spelling).cloned() } else { None }
    }

    /// Has [`Table::known`] find `series` from now on.
    pub(crate) fn remember(&self, rules: &Rules, spelling: Vec<u8>, series: &Arc<Series<C>>) {
        let most = rules.limits.series_per_instrument.saturating_mul(SPELLINGS_PER_SERIES);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.epoch != rules.epoch || known.spellings.len() >= most {
            // Those in use come back at their next use.
            known.spellings.clear();
            known.epoch = rules.epoch;
        }
        known.spellings.insert(spelling.into(), Arc::clone(series));
    }

    /// The series of these attributes, which are encoded: created if there is room, else the overflow series.
    pub(crate) fn find_or_create(&self, attributes: &Attributes, maker: &Maker<'_>) -> Arc<Series<C>> {
        let sorted = sorted(attributes);
        let limit = maker.shared.limits().series_per_instrument;
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let room = known.own < limit && maker.shared.has_room();
            match (known.by_attributes.get(sorted.bytes.as_slice()), &known.overflow) {
                (Some(series), _) => return Arc::clone(series),
                // A flood of attributes goes this way, and holds nobody up by a lock that excludes others.
                (None, Some(overflow)) if !room => return Arc::clone(overflow),
                _ => {}
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        match known.by_attributes.get(sorted.bytes.as_slice()) {
            Some(series) => Arc::clone(series),
            None if known.own < limit && maker.shared.admit_series() => known.create(&sorted, false, maker),
            None => known.overflow(maker),
        }
    }

    /// Whether there is no series yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).created.is_empty()
    }

    /// The series with the number `first` and all later ones.
    pub(crate) fn created_since(&self, first: usize) -> Vec<Arc<Series<C>>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.created.get(first..).unwrap_or_default().to_vec()
    }

    /// All series, in order of their attributes.
    pub(crate) fn listed(&self) -> Arc<Vec<Arc<Series<C>>>> {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(new) = known.created.get(listed.len()..).filter(|new| !new.is_empty()) {
            let all = Arc::make_mut(&mut listed);
            all.extend(new.iter().cloned());
            drop(known);
            all.sort_by(|a, b| a.attributes.bytes.cmp(&b.attributes.bytes));
        }
        Arc::clone(&listed)
    }
}

impl<C: Cell> Known<C> {
    fn create(&mut self, sorted: &Attributes, overflow: bool, maker: &Maker<'_>) -> Arc<Series<C>> {
        let series = Arc::new(Series {
            cell: C::new(maker.definition),
            does_more: AtomicBool::new(overflow),
            overflow,
            head: Head::default(),
            start_ns: maker.shared.start_ns(),
            mirror: OnceLock::new(),
            attributes: Box::new(sorted.clone()),
        });
        if let Some(processes) = maker.shared.processes() {
            series.share(&processes, maker.definition);
        }
        self.by_attributes.insert(sorted.bytes.as_slice().into(), Arc::clone(&series));
        self.created.push(Arc::clone(&series));
        self.own += usize::from(!overflow);
        series
    }

    fn overflow(&mut self, maker: &Maker<'_>) -> Arc<Series<C>> {
        if let Some(series) = &self.overflow {
            return Arc::clone(series);
        }
        let mut attributes = Attributes::default();
        attributes.bytes.extend_from_slice(OVERFLOW_KEY);
        let value = attributes.bytes.len() as u32;
        attributes.bytes.extend_from_slice(b"true");
        let end = attributes.bytes.len() as u32;
        let known = KnownValue::Bool(true);
        attributes.file(Entry { hash: 0, start: 0, value, end, role: Role::Plain, known });
        // A caller may have used these very attributes; then that series takes the rest too.
        let series = match self.by_attributes.get(attributes.bytes.as_slice()) {
            Some(series) => Arc::clone(series),
            None => self.create(&attributes, true, maker),
        };
        self.overflow = Some(Arc::clone(&series));
        series
    }
}

/// `"key"`, quoted and escaped as in JSON.
fn key<'a>(attributes: &'a Attributes, entry: &Entry) -> &'a [u8] {
    let fragment = attributes.fragment(entry);
    let fragment = fragment.strip_prefix(b",").unwrap_or(fragment);
    fragment.strip_suffix(b":").unwrap_or(fragment)
}

/// The same attributes in the order of their keys; the writer has settled repeated ones.
fn sorted(attributes: &Attributes) -> Attributes {
    let mut entries = attributes.entries.clone();
    entries.sort_by(|a, b| key(attributes, a).cmp(key(attributes, b)));
    let mut sorted = Attributes::default();
    for entry in entries {
        sorted.push_copy(attributes, &entry);
    }
    sorted
}
