//! When a far side that did not take a batch is tried again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

/// The first wait is at most this long, each further one at most twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);

/// No wait of our own choice is longer.
const LONGEST: Duration = Duration::from_secs(30);

/// No far side makes us wait longer, and no batch is tried for longer.
const PATIENCE: Duration = Duration::from_secs(300);

/// The attempts at one batch.
#[derive(Debug, Default)]
pub(in crate::output) struct Backoff {
    attempts: u32,
    since: Option<Instant>,
}

impl Backoff {
    /// The batch is done with.
    pub(in crate::output) fn reset(&mut self) {
        *self = Self::default();
    }

    /// How long to wait after another attempt has failed; nothing when the batch was tried for long enough.
    /// `asked` is the time that the far side asked for.
    pub(in crate::output) fn next(&mut self, asked: Option<Duration>) -> Option<Duration> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let wait = self.wait(asked, fraction());
        self.attempts = self.attempts.saturating_add(1);
        (since.elapsed() + wait <= PATIENCE || asked.is_some() && since.elapsed() < PATIENCE).then_some(wait)
    }

    /// Full jitter: anything from nothing to the bound, so that the processes that lost one server do not come back
    /// to it together.
    fn wait(&self, asked: Option<Duration>, fraction: f64) -> Duration {
        match asked {
            Some(asked) => asked.min(PATIENCE).mul_f64(1.0 + fraction / 20.0),
            None => FIRST.saturating_mul(1 << self.attempts.min(16)).min(LONGEST).mul_f64(fraction),
        }
    }
}

/// A number from 0 to 1, another one each time.
fn fraction() -> f64 {
    // The standard library seeds each hasher anew; 53 bits are what a double holds.
    (RandomState::new().build_hasher().finish() >> 11) as f64 / (1_u64 << 53) as f64
}

/// What a `Retry-After` header asks for: seconds, or a date.
pub(super) fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_bound_and_spread_below_it() {
        let mut backoff = Backoff::default();
        let bounds: Vec<u64> = (0..8)
            .map(|attempts| {
                backoff.attempts = attempts;
                assert_eq!(backoff.wait(None, 0.0), Duration::ZERO);
                backoff.wait(None, 1.0).as_secs()
            })
            .collect();
        assert_eq!(bounds, [1, 2, 4, 8, 16, 30, 30, 30]);
        let fractions: Vec<f64> = (0..200).map(|_| fraction()).collect();
        assert!(fractions.iter().all(|fraction| (0.0..1.0).contains(fraction)));
        assert!(fractions.iter().any(|fraction| *fraction < 0.2) && fractions.iter().any(|f| *f > 0.8));
    }

    #[test]
    fn a_far_side_is_not_tried_before_the_time_it_asked_for_nor_much_later() {
        let backoff = Backoff::default();
        let seconds = Duration::from_secs;
        assert_eq!(backoff.wait(Some(seconds(3)), 0.0), seconds(3));
        assert!(backoff.wait(Some(seconds(3)), 1.0) <= seconds(3).mul_f64(1.1));
        assert_eq!(backoff.wait(Some(seconds(3600)), 0.0), PATIENCE);
    }

    #[test]
    fn a_batch_is_given_up_after_its_time() {
        let mut backoff = Backoff { attempts: 9, since: Instant::now().checked_sub(PATIENCE) };
        assert_eq!(backoff.next(None), None);
        backoff.reset();
        assert!(backoff.next(None).is_some());
        assert_eq!(backoff.attempts, 1);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sat, 28 Nov 2026 12:00:00 GMT").unwrap();
        let read = |text| retry_after(text, now);
        assert_eq!(read(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(read("Sat, 28 Nov 2026 12:00:07 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(read("Sat, 28 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO), "it is over");
        for garbage in ["-1", "soon", "", "1.5", "99999999999999999999"] {
            assert_eq!(read(garbage), None, "{garbage}");
        }
    }
}
