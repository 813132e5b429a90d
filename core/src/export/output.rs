//! One output: its queue, its worker thread, and when a caller writes itself.
//!
//! Not for encoding: lines arrive finished.

use super::MemoryStore;
use super::worker::{self, Ticker};
use crate::aside::step_aside;
use crate::buffer::deferred::Deferred;
use crate::buffer::queue::{Queue, WAIT_FOR_ROOM};
use crate::buffer::sink::Sink;
use crate::model::signal::{Signal, SignalSet};
use crate::stats::Books;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// An output and its fault domain: its own bound, thread and books.
#[derive(Debug)]
pub struct Output {
    kind: &'static str,
    label: String,
    signals: SignalSet,
    queue: Arc<Queue>,
    /// Every record is written before the call returns.
    write_through: bool,
    started: AtomicBool,
    /// Lines are dropped after encoding, without a detour through the buffer.
    discards: bool,
    memory: Option<MemoryStore>,
    ticker: Option<Ticker>,
}

impl Output {
    /// An output of `kind`, shown as `label` in the books, that takes `signals`.
    #[must_use]
    pub fn new(
        kind: &'static str,
        label: String,
        signals: SignalSet,
        sink: Box<dyn Sink>,
        bound_bytes: usize,
        write_through: bool,
    ) -> Self {
        let queue = Arc::new(Queue::new(sink, signals, bound_bytes));
        Self {
            kind,
            label,
            signals,
            queue,
            write_through,
            started: AtomicBool::new(false),
            discards: false,
            memory: None,
            ticker: None,
        }
    }

    /// Where its lines can be read again.
    #[must_use]
    pub fn with_memory(self, store: MemoryStore) -> Self {
        Self { memory: Some(store), ..self }
    }

    /// Has it drop every line after encoding.
    #[must_use]
    pub fn discarding(self) -> Self {
        Self { discards: true, ..self }
    }

    /// Has its worker do something at regular intervals.
    #[must_use]
    pub fn with_ticker(self, ticker: Ticker) -> Self {
        Self { ticker: Some(ticker), ..self }
    }

    /// Starts the worker if it has something to do without any record.
    pub fn start_ticking(&self) {
        if self.ticker.is_some() && !self.started.load(Ordering::Relaxed) {
            self.start_worker();
        }
    }

    /// The lines of a memory output.
    #[must_use]
    pub fn memory(&self) -> Option<&MemoryStore> {
        self.memory.as_ref()
    }

    /// The kind's name in configuration.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// How the books call it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it takes `signal`.
    #[inline]
    #[must_use]
    pub fn takes(&self, signal: Signal) -> bool {
        self.signals.has(signal)
    }

    /// Accepts a finished line; an urgent one is written before this returns, within bounds.
    #[inline]
    pub fn deliver(&self, signal: Signal, line: &[u8], urgent: bool) {
        if !self.signals.has(signal) {
            return;
        }
        if self.discards {
            return self.queue.discard(1);
        }
        self.queue.append(line, 1);
        self.see_to_it(urgent);
    }

    /// Accepts a batch that is rendered by the worker.
    pub fn deliver_deferred(&self, batch: &Arc<Deferred>, urgent: bool) {
        self.queue.append_deferred(batch);
        self.see_to_it(urgent);
    }

    #[inline]
    fn see_to_it(&self, urgent: bool) {
        if urgent || self.write_through {
            self.write_now();
        } else if !self.started.load(Ordering::Relaxed) {
            self.start_worker();
        }
    }

    /// Writes what waits on this thread where that cannot block, else waits for the worker a little.
    fn write_now(&self) {
        if !self.queue.try_pump() {
            self.start_worker();
            step_aside(false, || self.queue.wait_until_out(Instant::now() + WAIT_FOR_ROOM));
        }
    }

    #[cold]
    fn start_worker(&self) {
        if !self.started.swap(true, Ordering::AcqRel) && !self.spawn() {
            // No thread to be had: callers write, and the next record tries again.
            self.started.store(false, Ordering::Release);
            self.queue.pump();
        }
    }

    fn spawn(&self) -> bool {
        worker::start(Arc::clone(&self.queue), self.kind, self.ticker.clone())
    }

    /// Waits until all that was accepted is out; false on loss or when the deadline came first.
    pub fn flush(&self, deadline: Instant) -> bool {
        self.queue.flush(deadline)
    }

    /// Ends the output; what still waits is booked as lost to shutdown.
    pub fn close(&self) {
        self.queue.close();
    }

    /// The books now.
    #[must_use]
    pub fn books(&self) -> Books {
        self.queue.books()
    }

    /// Whether the last write succeeded.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.queue.is_healthy()
    }
}
