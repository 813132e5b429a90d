//! Something done at regular intervals, on a thread of its own: no output that stalls holds it up.

use crate::guard::guard;
use crate::platform;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What to do.
type Task = Arc<dyn Fn() + Send + Sync>;

/// A task and its interval. The thread begins with [`Schedule::start`] and ends when this is dropped or stopped.
pub struct Schedule {
    every: Duration,
    task: Task,
    started: AtomicBool,
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schedule").field("every", &self.every).finish_non_exhaustive()
    }
}

impl Schedule {
    /// A schedule that has not started.
    #[must_use]
    pub fn new(every: Duration, task: Task) -> Self {
        Self { every, task, started: AtomicBool::new(false), ended: Arc::default() }
    }

    /// Starts the thread if it does not run yet. Where the system has none to give, the next call tries again.
    pub fn start(&self) {
        if self.started.load(Ordering::Relaxed) || self.started.swap(true, Ordering::AcqRel) {
            return;
        }
        let (every, task, ended) = (self.every, Arc::clone(&self.task), Arc::clone(&self.ended));
        let spawned = std::thread::Builder::new().name("vigie-schedule".to_owned()).spawn(move || {
            platform::block_signals();
            while wait(&ended, every) {
                guard((), || task());
            }
        });
        self.started.store(spawned.is_ok(), Ordering::Release);
    }

    /// Ends the thread, after the task if that is running.
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

/// Waits for the interval to pass; false when the schedule has ended.
fn wait((ended, wake): &(Mutex<bool>, Condvar), every: Duration) -> bool {
    let due = Instant::now() + every;
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
        let schedule = Schedule::new(Duration::from_millis(5), task);
        assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err(), "nothing before the start");
        schedule.start();
        schedule.start();
        for _ in 0..3 {
            receiver.recv_timeout(Duration::from_secs(5)).unwrap();
        }
        drop(schedule);
        let ended = std::iter::repeat_with(|| receiver.recv_timeout(Duration::from_secs(5)));
        let disconnected = ended.take(10).any(|got| got == Err(mpsc::RecvTimeoutError::Disconnected));
        assert!(disconnected, "the thread gave the task back");
    }
}
