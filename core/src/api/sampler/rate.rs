//! At most so many a second.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A token bucket that holds what a second gives, and one at least.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Rate {
    pub(super) fn new(per_second: f64) -> Self {
        let bucket = Bucket { tokens: per_second.max(1.0), filled_at: Instant::now() };
        Self { per_second, bucket: Mutex::new(bucket) }
    }

    /// Whether there is one more.
    pub(super) fn takes(&self) -> bool {
        self.takes_at(Instant::now())
    }

    fn takes_at(&self, now: Instant) -> bool {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.saturating_duration_since(bucket.filled_at).as_secs_f64() * self.per_second;
        bucket.tokens = (bucket.tokens + gained).min(self.per_second.max(1.0));
        bucket.filled_at = bucket.filled_at.max(now);
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_second_gives_so_many_and_unused_ones_do_not_add_up() {
        let rate = Rate::new(10.0);
        let start = Instant::now();
        let taken = |after_ms: u64, tries: usize| {
            (0..tries).filter(|_| rate.takes_at(start + Duration::from_millis(after_ms))).count()
        };
        assert_eq!(taken(0, 100), 10);
        assert_eq!(taken(100, 100), 1);
        assert_eq!(taken(60_000, 100), 10);
        // A clock of another thread that is behind gives nothing, and takes nothing away.
        assert_eq!(taken(59_000, 100), 0);
        assert_eq!(taken(60_500, 100), 5);
    }

    #[test]
    fn less_than_one_a_second_is_one_in_many_seconds() {
        let rate = Rate::new(0.5);
        let start = Instant::now();
        let at = |seconds| rate.takes_at(start + Duration::from_secs(seconds));
        assert_eq!([0, 1, 2, 3, 4].map(at), [true, false, true, false, true]);
    }
}
