//! The number that tells live state from state inherited through fork or ended by shutdown.
//!
//! Not for configuration epochs: a `reconfigure` keeps the generation.

use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(1);

/// The current generation. Handles that cache state compare it before each use.
#[inline]
#[must_use]
pub fn current() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts a new generation; everything cached under the old one is stale from here on.
///
/// One atomic increment and nothing else, so it may run in a fork handler.
pub fn advance() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
}

/// Lets one caller at a time through, and forgets a holder that did not survive fork.
///
/// A mutex would stay locked for ever in a child whose parent held it in another thread.
#[derive(Debug, Default)]
pub struct Gate(AtomicU64);

impl Gate {
    /// A gate that nobody holds.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Runs `f` while no other thread of this generation is inside.
    pub fn pass<T>(&self, f: impl FnOnce() -> T) -> T {
        loop {
            let holder = self.0.load(Ordering::Acquire);
            let mine = current();
            let free = holder < mine;
            if free && self.0.compare_exchange(holder, mine, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_micros(50));
        }
        let release = Release(&self.0);
        let result = f();
        drop(release);
        result
    }
}

/// Opens the gate again, also when the work inside panicked.
struct Release<'a>(&'a AtomicU64);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}
