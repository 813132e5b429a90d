//! How many connections are served at once, and how long another one waits for that.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// As many connections are served at once.
const CONNECTIONS: usize = 8;

/// So long another one waits after all were taken. Scrapes are over much sooner; what holds a connection for longer is
/// slow or hostile, and nobody shall stand in a line behind it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The connections that are served, and the end.
#[derive(Debug, Default)]
pub(super) struct Slots {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    busy: usize,
    full_since: Option<Instant>,
    is_ended: bool,
}

impl Slots {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a connection; false when there is none for too long, or at the end.
    pub(super) fn take(&self) -> bool {
        let mut state = self.locked();
        loop {
            if state.is_ended {
                return false;
            }
            let Some(since) = state.full_since else {
                state.busy += 1;
                state.full_since = (state.busy >= CONNECTIONS).then(Instant::now);
                return true;
            };
            let left = PATIENCE.saturating_sub(since.elapsed());
            if left.is_zero() {
                return false;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Gives a place back.
    pub(super) fn give_back(&self) {
        let mut state = self.locked();
        state.busy = state.busy.saturating_sub(1);
        state.full_since = None;
        self.changed.notify_all();
    }

    /// Ends every wait.
    pub(super) fn end(&self) {
        self.locked().is_ended = true;
        self.changed.notify_all();
    }

    pub(super) fn is_ended(&self) -> bool {
        self.locked().is_ended
    }

    /// Waits for the end, at most for `patience`; whether it has come.
    pub(super) fn wait_for_end(&self, patience: Duration) -> bool {
        let due = Instant::now() + patience;
        let mut state = self.locked();
        while !state.is_ended {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninth_waits_for_a_while_and_those_behind_it_do_not() {
        let slots = Slots::default();
        assert!((0..CONNECTIONS).all(|_| slots.take()));
        let start = Instant::now();
        assert!(!slots.take());
        assert!(start.elapsed() >= PATIENCE.mul_f32(0.9));
        let start = Instant::now();
        assert!((0..100).all(|_| !slots.take()));
        assert!(start.elapsed() < PATIENCE);
        slots.give_back();
        assert!(slots.take());
        slots.end();
        assert!(!slots.take());
    }
}
