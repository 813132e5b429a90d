//! One open output: its queue, its worker thread, and when a caller writes itself.
//!
//! Not for encoding: records arrive finished.

use super::kind::{Around, Kept, Opened, OutputSettings, Passage, Waiting};
use super::queue::{self, Queue, WAIT_FOR_ROOM};
use super::worker;
use crate::aside::step_aside;
use crate::buffer::deferred::Deferred;
use crate::buffer::records::Records;
use crate::encode::record::Encoder;
use crate::model::signal::{Signal, SignalSet};
use crate::stats::Books;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// An output and its fault domain: its own bound, thread and books.
#[derive(Debug)]
pub struct Output {
    kind: &'static str,
    label: String,
    signals: SignalSet,
    encoder: Arc<dyn Encoder>,
    queue: Arc<Queue>,
    passage: Passage,
    waiting: Waiting,
    started: AtomicBool,
    kept: Option<Arc<dyn Kept>>,
}

impl Output {
    /// Opens an output whose buffer holds `bound_bytes`. With `write_through` every record is written before the
    /// recording call returns, whatever the settings say.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn open(
        settings: &OutputSettings,
        around: &Around<'_>,
        bound_bytes: usize,
        write_through: bool,
    ) -> io::Result<Self> {
        let opened = settings.target.open(around)?;
        let (kind, label) = (settings.kind.name(), settings.target.label());
        let output = Self::new(kind, label, settings.signals, settings.kind.waiting(), opened, bound_bytes);
        let through = write_through && output.passage == Passage::Buffered;
        Ok(Self { passage: if through { Passage::WriteThrough } else { output.passage }, ..output })
    }

    /// An output of opened parts.
    #[must_use]
    pub fn new(
        kind: &'static str,
        label: String,
        signals: SignalSet,
        waiting: Waiting,
        opened: Opened,
        bound_bytes: usize,
    ) -> Self {
        let Opened { encoder, exporter, passage, kept } = opened;
        let settings = queue::Settings { format: encoder.id().to_owned(), signals, waiting, bound_bytes };
        let queue = Arc::new(Queue::new(exporter, settings));
        Self { kind, label, signals, encoder, queue, passage, waiting, started: AtomicBool::new(false), kept }
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

    /// The format of its records.
    #[must_use]
    pub fn encoder(&self) -> &Arc<dyn Encoder> {
        &self.encoder
    }

    /// The signals that it takes.
    #[must_use]
    pub fn signals(&self) -> SignalSet {
        self.signals
    }

    /// Where its records can be read again.
    #[must_use]
    pub fn kept(&self) -> Option<&dyn Kept> {
        self.kept.as_deref()
    }

    /// Accepts a finished record; an urgent one is written before this returns, within bounds.
    #[inline]
    pub fn deliver(&self, signal: Signal, record: &[u8], urgent: bool) {
        if !self.signals.has(signal) {
            return;
        }
        if self.passage == Passage::Discarded {
            return self.queue.discard(1);
        }
        self.queue.append(signal, record);
        self.see_to_it(urgent);
    }

    /// Accepts a batch that is rendered by the worker.
    pub fn deliver_deferred(&self, batch: &Arc<Deferred>, urgent: bool) {
        self.queue.append_deferred(batch);
        self.see_to_it(urgent);
    }

    /// Accepts a collection of metric points, without ever waiting.
    pub fn push(&self, points: &Arc<Records>) {
        if !self.signals.has(Signal::Metrics) || points.batch().is_empty() {
            return;
        }
        if self.passage == Passage::Discarded {
            return self.queue.discard(points.batch().len());
        }
        self.queue.append_push(points);
        if self.passage == Passage::Buffered || !self.queue.try_pump() {
            self.start_worker();
        }
    }

    #[inline]
    fn see_to_it(&self, urgent: bool) {
        let at_once = urgent || self.passage == Passage::WriteThrough;
        if at_once && self.waiting == Waiting::ForRoom {
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
        if !self.started.swap(true, Ordering::AcqRel) && !worker::start(&self.queue, self.kind) {
            // No thread to be had: callers write, and the next record tries again.
            self.started.store(false, Ordering::Release);
            self.queue.pump();
        }
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
