//! The thread that empties one output's queue, and runs what falls due in between.
//!
//! Not for what it writes to: see the sinks.

use crate::buffer::queue::{Queue, Work};
use crate::guard::guard;
use crate::platform;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Something to do at regular intervals.
#[derive(Clone)]
pub struct Ticker {
    /// The interval.
    pub every: Duration,
    /// What to do.
    pub run: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Ticker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticker").field("every", &self.every).finish_non_exhaustive()
    }
}

/// Starts the thread; false when the system has none to give, then callers write themselves.
pub(super) fn start(queue: Arc<Queue>, name: &str, ticker: Option<Ticker>) -> bool {
    std::thread::Builder::new()
        .name(format!("vigie-{name}"))
        .spawn(move || {
            platform::block_signals();
            serve(&queue, ticker.as_ref());
        })
        .is_ok()
}

fn serve(queue: &Queue, ticker: Option<&Ticker>) {
    let next = || ticker.map(|ticker| Instant::now() + ticker.every);
    let mut due = next();
    loop {
        match queue.wait_for_work(due) {
            Work::Write => guard((), || queue.pump()),
            Work::Due => {}
            Work::End => return,
        }
        if let Some(ticker) = ticker
            && due.is_some_and(|due| due <= Instant::now())
        {
            guard((), || (ticker.run)());
            due = next();
        }
    }
}
