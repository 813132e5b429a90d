//! A place that remembers what was looked up in the current generation.
//!
//! Not for locking: nothing here blocks, so that a forked child can use what it inherited.

use crate::generation;
use arc_swap::ArcSwapOption;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Remembers one value per generation, the first one at the cost of two loads.
pub(crate) struct Slot<T> {
    /// The first value ever found; nearly always the only one.
    first: OnceLock<Found<T>>,
    /// Taken by the one thread that fills `first`. A second one would wait inside `OnceLock`, in a forked
    /// child for a thread that does not exist.
    taken: AtomicBool,
    /// What was found by other threads meanwhile, after fork, or after shutdown and a new start.
    later: ArcSwapOption<Found<T>>,
}

struct Found<T> {
    generation: u64,
    value: Arc<T>,
}

impl<T> Slot<T> {
    /// An empty slot.
    pub(crate) fn new() -> Self {
        Self { first: OnceLock::new(), taken: AtomicBool::new(false), later: ArcSwapOption::empty() }
    }

    /// The value of this generation, if it is the first one ever found.
    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.first.get().filter(|found| found.generation == generation::current()).map(|found| &*found.value)
    }

    /// Applies `f` to the value of this generation, found by `find` at first need.
    pub(crate) fn with<R>(
        &self,
        find: impl FnOnce() -> Option<Arc<T>>,
        f: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        if let Some(value) = self.get() {
            return Some(f(value));
        }
        // Read before `find`: what is found belongs to this generation or a later one, never to an earlier.
        let generation = generation::current();
        let later = self.later.load();
        if let Some(found) = later.as_ref().filter(|found| found.generation == generation) {
            return Some(f(&found.value));
        }
        drop(later);
        let value = find()?;
        let found = Found { generation, value: Arc::clone(&value) };
        if self.taken.swap(true, Ordering::AcqRel) {
            self.later.store(Some(Arc::new(found)));
        } else {
            // It cannot be filled already: only the taker does that.
            let _ = self.first.set(found);
        }
        Some(f(&value))
    }
}

impl<T> std::fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("found", &self.first.get().is_some()).finish()
    }
}
