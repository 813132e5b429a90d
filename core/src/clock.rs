//! Time: wall clock for stamps, monotonic clock for durations, a stepping clock for tests.
//!
//! Not for printing time: see `encode::timestamp`.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where time comes from.
#[derive(Debug)]
pub struct Clock(Source);

#[derive(Debug)]
enum Source {
    System,
    /// Every reading returns the value and then adds the step.
    Stepping {
        next_ns: AtomicI64,
        step_ns: i64,
    },
}

/// One reading of the clock.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Nanoseconds since 1970-01-01 UTC.
    pub wall_ns: i64,
    monotonic: Option<Instant>,
}

impl Moment {
    /// A moment that a caller named; durations from it go by the wall clock.
    #[must_use]
    pub const fn told(wall_ns: i64) -> Self {
        Self { wall_ns, monotonic: None }
    }

    /// Whether so much time has passed since, by the machine's clocks.
    #[must_use]
    pub fn has_passed(&self, least: Duration) -> bool {
        let since = match self.monotonic {
            Some(then) => then.elapsed().as_nanos(),
            None => u128::try_from(system_ns().saturating_sub(self.wall_ns)).unwrap_or(0),
        };
        since >= least.as_nanos()
    }
}

impl Clock {
    /// The machine's clocks.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that begins at `start_ns` and moves by `step_ns` at every reading.
    #[must_use]
    pub const fn stepping(start_ns: i64, step_ns: i64) -> Self {
        Self(Source::Stepping { next_ns: AtomicI64::new(start_ns), step_ns })
    }

    /// Whether it is the machine's.
    #[inline]
    #[must_use]
    pub const fn is_system(&self) -> bool {
        matches!(self.0, Source::System)
    }

    /// Nanoseconds since 1970-01-01 UTC.
    #[inline]
    #[must_use]
    pub fn wall_ns(&self) -> i64 {
        match &self.0 {
            Source::System => system_ns(),
            Source::Stepping { next_ns, step_ns } => next_ns.fetch_add(*step_ns, Ordering::Relaxed),
        }
    }

    /// What [`Self::wall_ns`] would return, without moving a clock that steps: for what tests do not count as a reading.
    #[must_use]
    pub fn peek_ns(&self) -> i64 {
        match &self.0 {
            Source::System => system_ns(),
            Source::Stepping { next_ns, .. } => next_ns.load(Ordering::Relaxed),
        }
    }

    /// A reading that durations can be taken from.
    #[inline]
    #[must_use]
    pub fn moment(&self) -> Moment {
        match &self.0 {
            Source::System => {
                let now = Instant::now();
                Moment { wall_ns: anchored_wall_ns(now), monotonic: Some(now) }
            }
            Source::Stepping { .. } => Moment { wall_ns: self.wall_ns(), monotonic: None },
        }
    }

    /// Nanoseconds from `start` until now, never negative.
    #[inline]
    #[must_use]
    pub fn since_ns(&self, start: &Moment) -> u64 {
        match start.monotonic {
            Some(then) => {
                let elapsed = then.elapsed();
                let seconds_ns = elapsed.as_secs().saturating_mul(1_000_000_000);
                seconds_ns.saturating_add(u64::from(elapsed.subsec_nanos()))
            }
            None => u64::try_from(self.wall_ns() - start.wall_ns).unwrap_or(0),
        }
    }
}

/// How long one pair of readings of both clocks serves.
const ANCHOR_LIFE: Duration = Duration::from_secs(1);

thread_local! {
    static ANCHOR: Cell<Option<(Instant, i64)>> = const { Cell::new(None) };
}

/// The wall clock at `now`, from the last time this thread read both clocks together: a span then
/// costs two readings instead of three. A jump of the wall clock is seen within a second.
#[inline]
fn anchored_wall_ns(now: Instant) -> i64 {
    if let Ok(Some((then, wall_ns))) = ANCHOR.try_with(Cell::get) {
        let since = now.saturating_duration_since(then);
        if since < ANCHOR_LIFE {
            return wall_ns + i64::from(since.subsec_nanos());
        }
    }
    let wall_ns = system_ns();
    let _ = ANCHOR.try_with(|anchor| anchor.set(Some((now, wall_ns))));
    wall_ns
}

fn system_ns() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepping_clock_moves_with_every_reading() {
        let clock = Clock::stepping(1_000, 10);
        assert_eq!([clock.peek_ns(), clock.peek_ns(), clock.wall_ns()], [1_000; 3]);
        let start = clock.moment();
        assert_eq!(start.wall_ns, 1_010);
        assert_eq!(clock.since_ns(&start), 10);
    }

    #[test]
    fn the_system_clock_moves_forward() {
        let clock = Clock::system();
        let start = clock.moment();
        assert!(start.wall_ns > 1_500_000_000_000_000_000);
        assert!(clock.since_ns(&start) < 10_000_000_000);
    }
}
