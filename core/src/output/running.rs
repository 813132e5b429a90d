//! One open output: its queue, its worker thread, and when a caller writes itself.
//!
//! Not for encoding: records arrive finished.

use super::exporter::Endpoint;
use super::kind::{Around, Kept, Opened, OutputSettings, Passage, Temporality, Waiting};
use super::notes::Notes;
use super::progress::Failure;
use super::queue::{self, Loss, Queue};
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
use std::time::{Duration, Instant, SystemTime};

/// Is told when an output begins to lose records, and when that is over.
pub(crate) type OnLoss = Arc<dyn Fn(&str, Loss) + Send + Sync>;

/// What an output is called and takes, and who waits for it.
#[derive(Debug)]
pub(crate) struct Manner {
    /// The kind's name in configuration.
    pub(crate) kind: &'static str,
    /// How the books call it.
    pub(crate) label: String,
    /// What it takes.
    pub(crate) signals: SignalSet,
    /// Which points of metrics it gets.
    pub(crate) temporality: Temporality,
    /// How long its far side may accept nothing before nobody waits for it; without it nobody ever does.
    pub(crate) stall: Option<Duration>,
    /// How many bytes may wait.
    pub(crate) bound_bytes: usize,
}

/// An output and its fault domain: its own bound, thread and books.
#[derive(Debug)]
pub struct Output {
    kind: &'static str,
    label: String,
    signals: SignalSet,
    temporality: Temporality,
    encoder: Arc<dyn Encoder>,
    queue: Arc<Queue>,
    passage: Passage,
    started: AtomicBool,
    kept: Option<Arc<dyn Kept>>,
    endpoint: Option<Arc<dyn Endpoint>>,
    notes: Option<Arc<dyn Notes>>,
}

/// How long the end of outputs waits for what is being written.
const LAST_BATCH: Duration = Duration::from_millis(200);

impl Output {
    /// Opens an output whose buffer holds `bound_bytes`. With `write_through` every record is written before the
    /// recording call returns, whatever the settings say.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub(crate) fn open(
        settings: &OutputSettings,
        around: &Around<'_>,
        bound_bytes: usize,
        write_through: bool,
        on_loss: &OnLoss,
    ) -> io::Result<Self> {
        let mut opened = settings.target.open(&Around { signals: settings.signals, ..*around })?;
        if write_through && opened.passage == Passage::Buffered {
            opened.passage = Passage::WriteThrough;
        }
        let manner = Manner {
            kind: settings.kind.name(),
            label: settings.label(),
            signals: settings.signals,
            stall: (settings.kind.waiting() == Waiting::ForRoom || settings.target.is_spooled())
                .then(|| settings.target.stall()),
            temporality: settings.target.temporality(),
            bound_bytes,
        };
        Ok(Self::new(manner, opened, on_loss))
    }

    /// An output of opened parts.
    #[must_use]
    pub(crate) fn new(manner: Manner, opened: Opened, on_loss: &OnLoss) -> Self {
        let Manner { kind, label, signals, temporality, stall, bound_bytes } = manner;
        let Opened { encoder, exporter, passage, kept } = opened;
        // Of an output that is asked, nothing waits in a buffer.
        let signals = if passage == Passage::Asked { SignalSet::default() } else { signals };
        let endpoint = exporter.endpoint();
        let notes = exporter.notes().filter(|_| signals.has(Signal::Spans));
        let settings = queue::Settings { format: encoder.id().to_owned(), signals, stall, bound_bytes };
        let (name, on_loss) = (label.clone(), Arc::clone(on_loss));
        let announce = Arc::new(move |loss| on_loss(&name, loss));
        let queue = Arc::new(Queue::new(exporter, settings, announce));
        Self {
            kind,
            label,
            signals,
            temporality,
            encoder,
            queue,
            passage,
            started: AtomicBool::new(false),
            kept,
            endpoint,
            notes,
        }
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

    /// Which points of metrics it gets.
    #[must_use]
    pub fn temporality(&self) -> Temporality {
        self.temporality
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

    /// Accepts records of one signal, metric points for one, without ever waiting.
    pub fn push(&self, signal: Signal, records: &Arc<Records>) {
        if !self.signals.has(signal) || records.batch().is_empty() {
            return;
        }
        if self.passage == Passage::Discarded {
            return self.queue.discard(records.batch().len());
        }
        self.queue.append_push(records);
        if self.passage == Passage::Buffered || !self.queue.try_pump() {
            self.start_worker();
        }
    }

    #[inline]
    fn see_to_it(&self, urgent: bool) {
        let at_once = urgent || self.passage == Passage::WriteThrough;
        if at_once && self.queue.may_wait() {
            self.write_now();
        } else if !self.started.load(Ordering::Relaxed) {
            self.start_worker();
        }
    }

    /// Writes what waits on this thread where that cannot block, else waits for the worker.
    fn write_now(&self) {
        if !self.queue.try_pump() {
            self.start_worker();
            step_aside((), || self.queue.wait_for_urgent());
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

    /// Lets what waits go out now rather than with more.
    pub fn hurry(&self) {
        self.queue.hurry();
    }

    /// Waits until all that was accepted is out; false on loss or when the deadline came first.
    pub fn flush(&self, deadline: Instant) -> bool {
        self.queue.flush(deadline)
    }

    /// Where spans that are still open are noted; nowhere when it takes none.
    #[must_use]
    pub(super) fn notes(&self) -> Option<&dyn Notes> {
        self.notes.as_deref()
    }

    /// What its far side asks.
    #[must_use]
    pub fn endpoint(&self) -> Option<&dyn Endpoint> {
        self.endpoint.as_deref()
    }

    /// Ends outputs, all at once; what still waits is booked as lost to shutdown.
    pub fn close_all(outputs: &[Arc<Self>]) {
        for output in outputs {
            output.endpoint().inspect(|endpoint| endpoint.close());
            output.queue.close();
        }
        let deadline = Instant::now() + LAST_BATCH;
        outputs.iter().for_each(|output| output.queue.wait_for_end(deadline));
    }

    /// The books now.
    #[must_use]
    pub fn books(&self) -> Books {
        self.queue.books()
    }

    /// How many attempts to write or send did not succeed, or in part only.
    #[must_use]
    pub fn failed_attempts(&self) -> u64 {
        self.queue.failed_attempts()
    }

    /// What went wrong at last, as far as the far side tells it in words.
    #[must_use]
    pub fn last_failure(&self) -> Option<Failure> {
        self.queue.last_failure()
    }

    /// When something arrived at last.
    #[must_use]
    pub fn last_success(&self) -> Option<SystemTime> {
        self.queue.last_success()
    }

    /// How long the oldest record has been waiting.
    #[must_use]
    pub fn oldest_queued(&self) -> Option<Duration> {
        self.queue.oldest_queued()
    }

    /// Whether the last write succeeded, and whether the far side can ask where it does.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.queue.is_healthy() && self.endpoint.as_ref().is_none_or(|endpoint| endpoint.is_healthy())
    }
}
