//! Stepping aside: a host may have something done around every wait of a recording call, such as giving up a lock
//! of its own that other threads need.
//!
//! Not for waiting itself: the outputs' queues do that.

use std::sync::OnceLock;

/// Calls its argument exactly once, on the same thread.
pub type Aside = fn(&mut dyn FnMut());

static ASIDE: OnceLock<Aside> = OnceLock::new();

/// Has `aside` put around every wait of a recording call. The first one stays: one binding owns a process.
pub fn on_wait(aside: Aside) {
    let _ = ASIDE.set(aside);
}

/// Runs `wait`, with no lock of ours held before or after it.
#[cold]
pub(crate) fn step_aside<T>(fallback: T, wait: impl FnOnce() -> T) -> T {
    let Some(aside) = ASIDE.get() else { return wait() };
    let mut wait = Some(wait);
    let mut result = fallback;
    aside(&mut || {
        if let Some(wait) = wait.take() {
            result = wait();
        }
    });
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static CALLS: AtomicUsize = AtomicUsize::new(0);

    fn counting(wait: &mut dyn FnMut()) {
        CALLS.fetch_add(1, Ordering::Relaxed);
        wait();
    }

    #[test]
    fn the_wait_runs_once_with_and_without_a_host() {
        assert_eq!(step_aside(0, || 1), 1);
        on_wait(counting);
        let before = CALLS.load(Ordering::Relaxed);
        assert_eq!(step_aside(0, || 2), 2);
        assert!(CALLS.load(Ordering::Relaxed) > before);
    }
}
