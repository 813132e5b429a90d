//! What is done at regular intervals, on one thread of its own: no output that stalls holds it up.

use crate::guard::guard;
use crate::platform;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What to do.
type Task = Arc<dyn Fn() + Send + Sync>;

/// A task and its interval.
#[derive(Clone)]
pub struct Round {
    every: Duration,
    task: Task,
}

impl Round {
    /// A task for every time that the interval has passed.
    #[must_use]
    pub fn new(every: Duration, task: Task) -> Self {
        Self { every, task }
    }
}

/// Tasks with their intervals. The thread begins with [`Schedule::start`] and ends when this is dropped or stopped.
pub struct Schedule {
    rounds: Vec<Round>,
    started: AtomicBool,
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let intervals: Vec<_> = self.rounds.iter().map(|round| round.every).collect();
        f.debug_struct("Schedule").field("every", &intervals).finish_non_exhaustive()
    }
}

impl Schedule {
    /// A schedule that has not started.
    #[must_use]
    pub fn new(rounds: Vec<Round>) -> Self {
        Self { rounds, started: AtomicBool::new(false), ended: Arc::default() }
    }

    /// Starts the thread if it does not run yet. Where the system has none to give, the next call tries again.
    pub fn start(&self) {
        if self.started.load(Ordering::Relaxed) || self.started.swap(true, Ordering::AcqRel) {
            return;
        }
        let (rounds, ended) = (self.rounds.clone(), Arc::clone(&self.ended));
        let spawned = std::thread::Builder::new().name("vigie-schedule".to_owned()).spawn(move || {
            platform::block_signals();
            run(rounds, &ended);
        });
        self.started.store(spawned.is_ok(), Ordering::Release);
    }

    /// Ends the thread, after the task if one is running.
    pub fn stop(&self) {
        let (ended, wake) = &*self.ended;
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wake.notify_all();
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Does each task when its time has come, until the schedule has ended.
fn run(rounds: Vec<Round>, ended: &(Mutex<bool>, Condvar)) {
    let start = Instant::now();
    let mut due: Vec<(Instant, Round)> =
        rounds.into_iter().map(|round| (start + round.every, round)).collect();
    while let Some((next, round)) = due.iter_mut().min_by_key(|(next, _)| *next) {
        if !wait(ended, *next) {
            return;
        }
        guard((), || (round.task)());
        *next = Instant::now() + round.every;
    }
}

/// Waits until it is `due`; false when the schedule has ended.
fn wait((ended, wake): &(Mutex<bool>, Condvar), due: Instant) -> bool {
    let mut over = ended.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if *over || left.is_zero() {
            return !*over;
        }
        over = wake.wait_timeout(over, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn it_repeats_until_it_is_stopped() {
        let (sender, receiver) = mpsc::channel();
        let task = Arc::new(move || {
            let _ = sender.send(());
        });
        let (rarely, seldom) = (Arc::new(AtomicBool::new(false)), Duration::from_millis(200));
        let seen = Arc::clone(&rarely);
        let other = Arc::new(move || seen.store(true, Ordering::SeqCst));
        let schedule =
            Schedule::new(vec![Round::new(seldom, other), Round::new(Duration::from_millis(5), task)]);
        assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err(), "nothing before the start");
        schedule.start();
        schedule.start();
        for _ in 0..3 {
            receiver.recv_timeout(Duration::from_secs(5)).unwrap();
        }
        assert!(!rarely.load(Ordering::SeqCst), "each task has an interval of its own");
        while !rarely.load(Ordering::SeqCst) {
            receiver.recv_timeout(Duration::from_secs(5)).unwrap();
        }
        drop(schedule);
        let ended = std::iter::repeat_with(|| receiver.recv_timeout(Duration::from_secs(5)));
        let disconnected = ended.take(10).any(|got| got == Err(mpsc::RecvTimeoutError::Disconnected));
        assert!(disconnected, "the thread gave the task back");
    }
}
