//! The local roots that are open, so that those which stay open are noted for whoever comes after a crash.
//!
//! Not for where notes are kept: the outputs do that. Nothing here knows what a root holds.

use crate::buffer::rendered::RenderedBatch;
use crate::output::lanes::Lanes;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a root is open before it is noted, and how often it is noted anew.
pub const NOTED_EVERY: Duration = Duration::from_secs(1);

/// So many lists that threads do not wait for each other.
const SHARDS: usize = 8;

/// So many roots are kept in mind by each: what is never ended must not stay for ever.
const MOST: usize = 128;

/// The place of a root that is not kept in mind.
const NOWHERE: usize = usize::MAX;

/// Whose notes these are; hosts that keep spans themselves have other numbers.
const SOURCE: u64 = 0;

thread_local! {
    static SHARD: Cell<usize> = Cell::new(next_shard());
}

fn next_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS
}

/// A local root, as long as it is open.
pub(super) trait OpenRoot: std::fmt::Debug + Send + Sync {
    /// Where it stands among the others.
    fn place(&self) -> &Place;

    /// When it began, nanoseconds since 1970-01-01 UTC.
    fn start_ns(&self) -> i64;

    /// Whether it began so long ago.
    fn is_open_for(&self, least: Duration) -> bool;

    /// Adds what it is now, if it has not ended.
    fn note(&self, batch: &mut RenderedBatch);

    /// Whether it has been noted.
    fn is_noted(&self) -> bool;
}

/// Where a root stands.
#[derive(Debug)]
pub(super) struct Place {
    shard: usize,
    /// Changed only under the lock of the shard.
    index: AtomicUsize,
}

impl Place {
    /// The place of a root that this thread starts, before it is kept in mind.
    pub(super) fn new() -> Self {
        Self { shard: SHARD.try_with(Cell::get).unwrap_or_default(), index: AtomicUsize::new(NOWHERE) }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct OpenRoots {
    shards: [Shard; SHARDS],
    /// Whether outputs hold notes of some.
    noted: AtomicBool,
    /// Whether one of these has ended since.
    is_stale: AtomicBool,
}

/// The roots that some threads started. Each shard lies in memory of its own.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Shard(Mutex<Roots>);

#[derive(Debug, Default)]
struct Roots {
    kept: Vec<Arc<dyn OpenRoot>>,
    /// Which gives way when there is no more room: each in turn.
    victim: usize,
}

impl Roots {
    fn put(&mut self, root: Arc<dyn OpenRoot>) {
        if self.kept.len() >= MOST {
            self.victim = (self.victim + 1) % MOST;
            self.take(self.victim);
        }
        root.place().index.store(self.kept.len(), Ordering::Relaxed);
        self.kept.push(root);
    }

    fn take(&mut self, index: usize) {
        if index >= self.kept.len() {
            return;
        }
        self.kept.swap_remove(index).place().index.store(NOWHERE, Ordering::Relaxed);
        if let Some(moved) = self.kept.get(index) {
            moved.place().index.store(index, Ordering::Relaxed);
        }
    }
}

impl OpenRoots {
    /// It has begun.
    pub(super) fn put(&self, root: Arc<dyn OpenRoot>) {
        if let Some(mut roots) = self.shard(&*root) {
            roots.put(root);
        }
    }

    /// It has ended.
    pub(super) fn remove(&self, root: &dyn OpenRoot) {
        if root.is_noted() {
            self.is_stale.store(true, Ordering::Relaxed);
        }
        if let Some(mut roots) = self.shard(root) {
            roots.take(root.place().index.load(Ordering::Relaxed));
        }
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| lock(shard).kept.is_empty())
    }

    /// Whether any has ended that is noted as open.
    pub fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Relaxed)
    }

    fn shard(&self, root: &dyn OpenRoot) -> Option<MutexGuard<'_, Roots>> {
        self.shards.get(root.place().shard).map(lock)
    }

    /// Notes what has been open for long, wherever an output of `lanes` keeps notes, in the place of what was noted
    /// before.
    pub fn note(&self, lanes: &Lanes) {
        let mut due: Vec<Arc<dyn OpenRoot>> = Vec::new();
        for shard in &self.shards {
            due.extend(lock(shard).kept.iter().filter(|root| root.is_open_for(NOTED_EVERY)).cloned());
        }
        if due.is_empty() && !self.noted.load(Ordering::Relaxed) {
            return;
        }
        self.is_stale.store(false, Ordering::Relaxed);
        due.sort_by_key(|root| root.start_ns());
        lanes.note(SOURCE, |batch| due.iter().for_each(|root| root.note(batch)));
        self.noted.store(!due.is_empty(), Ordering::Relaxed);
    }
}

fn lock(shard: &Shard) -> MutexGuard<'_, Roots> {
    shard.0.lock().unwrap_or_else(PoisonError::into_inner)
}
