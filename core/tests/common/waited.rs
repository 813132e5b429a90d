//! How long a thread waits, on a machine that may be busy.

use std::time::{Duration, Instant};

/// Time that a thread waited. What it spent on a processor, or in the queue for one, is left out: a busy machine would
/// change it.
pub struct Waited {
    begun: Instant,
    busy: Duration,
}

impl Waited {
    pub fn begin() -> Self {
        Self { begun: Instant::now(), busy: Self::busy() }
    }

    pub fn so_far(&self) -> Duration {
        self.begun.elapsed().saturating_sub(Self::busy() - self.busy)
    }

    /// Of this thread. Only Linux tells it; elsewhere all time counts as waited.
    fn busy() -> Duration {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        told.split(' ').take(2).filter_map(|ns| ns.parse().ok()).map(Duration::from_nanos).sum()
    }
}
