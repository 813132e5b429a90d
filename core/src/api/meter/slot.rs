//! A place that remembers what was looked up in the current generation.
//!
//! Not for locking: nothing here blocks, so that a forked child can use what it inherited.

use crate::generation;
use arc_swap::ArcSwapOption;
use once_cell::race::OnceBox;
use std::sync::Arc;

/// Remembers one value per generation, the first one at the cost of two loads.
pub(crate) struct Slot<T> {
    /// The first value ever found; nearly always the only one.
    first: OnceBox<Found<T>>,
    /// What was found after fork, or after shutdown and a new start.
    later: ArcSwapOption<Found<T>>,
}

struct Found<T> {
    generation: u64,
    value: Arc<T>,
}

impl<T> Slot<T> {
    /// An empty slot.
    pub(crate) fn new() -> Self {
        Self { first: OnceBox::new(), later: ArcSwapOption::empty() }
    }

    /// Applies `f` to the value of this generation, found by `find` at first need.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        find: impl FnOnce() -> Option<Arc<T>>,
        f: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        match self.first.get() {
            Some(found) if found.generation == generation::current() => Some(f(&found.value)),
            _ => self.with_later(find, f),
        }
    }

    #[cold]
    fn with_later<R>(&self, find: impl FnOnce() -> Option<Arc<T>>, f: impl FnOnce(&T) -> R) -> Option<R> {
        // Read before `find`: what is found belongs to this generation or a later one, never to an earlier.
        let generation = generation::current();
        let later = self.later.load();
        if let Some(found) = later.as_ref().filter(|found| found.generation == generation) {
            return Some(f(&found.value));
        }
        drop(later);
        let value = find()?;
        let found = Found { generation, value: Arc::clone(&value) };
        if let Err(found) = self.first.set(Box::new(found)) {
            self.later.store(Some(Arc::from(found)));
        }
        Some(f(&value))
    }
}

impl<T> std::fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("found", &self.first.get().is_some()).finish()
    }
}
