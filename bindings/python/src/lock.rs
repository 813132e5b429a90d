//! A lock that is held for nanoseconds and never while Python code runs.
//! Not for anything that may wait.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Guards a value against other threads of a free-threaded interpreter; with the global lock
/// of the interpreter it is never contended.
pub(crate) struct Lock<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `with` gives the value to one thread at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// The value, which nobody else can have.
    #[inline]
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// Runs `work` on the value; `work` must neither call into Python nor use the same lock.
    #[inline]
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        while self.taken.swap(true, Ordering::Acquire) {
            std::thread::yield_now();
        }
        let _release = Release(&self.taken);
        // SAFETY: the flag is taken, so this is the only reference until it is released.
        work(unsafe { &mut *self.value.get() })
    }
}

/// Releases the lock when it is dropped, after a panic too.
struct Release<'a>(&'a AtomicBool);

impl Drop for Release<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
