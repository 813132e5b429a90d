//! What a queue consists of: what waits, its books, and what its worker is doing.

use crate::buffer::deferred::Deferred;
use crate::buffer::records::{Batch, Records};
use crate::model::signal::SignalSet;
use crate::output::exporter::Exporter;
use crate::output::kind::Waiting;
use crate::stats::{Books, DropReason};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// From this size on a batch is written without waiting for more.
pub(super) const BATCH_BYTES: usize = 128 * 1024;

/// What waits, in order of arrival.
#[derive(Debug)]
pub(super) enum Segment {
    /// Finished records.
    Records(Records),
    /// A collection of metric points.
    Push(Arc<Records>),
    /// A batch that is rendered by whoever needs it first, and how many of its runs are out already.
    Deferred(Arc<Deferred>, usize),
}

/// What the emptying thread is doing, so that a record wakes it only when that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    Busy,
    Idle,
    Gathering,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) segments: Vec<Segment>,
    pub(super) spare: Records,
    pub(super) pending_bytes: usize,
    pub(super) books: Books,
    /// Records that entered the buffer, and those of them that left it.
    pub(super) entered: u64,
    pub(super) left: u64,
    /// Records lost since the last flush told so.
    pub(super) untold_losses: u64,
    pub(super) worker: Worker,
    /// The worker has just written.
    pub(super) lively: bool,
    pub(super) hurry: bool,
    pub(super) faulty: bool,
    pub(super) closed: bool,
    /// A collection of metric points waits.
    pub(super) push_waits: bool,
    /// The far side asked not to be tried again before this.
    pub(super) not_before: Option<Instant>,
}

/// The buffer of one output.
pub(in crate::output) struct Queue {
    pub(super) state: Mutex<State>,
    pub(super) work: Condvar,
    pub(super) progress: Condvar,
    pub(super) exporter: Mutex<Box<dyn Exporter>>,
    pub(super) settings: Settings,
}

/// What a queue is told of its output.
#[derive(Debug, Clone)]
pub(in crate::output) struct Settings {
    /// The format of its records, an encoder's id.
    pub(in crate::output) format: String,
    /// The signals that it takes.
    pub(in crate::output) signals: SignalSet,
    /// Whether who records may wait for room.
    pub(in crate::output) waiting: Waiting,
    /// How many bytes may wait.
    pub(in crate::output) bound_bytes: usize,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("state", &self.state).finish_non_exhaustive()
    }
}

pub(super) fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// An empty queue in front of `exporter`.
    pub(in crate::output) fn new(exporter: Box<dyn Exporter>, settings: Settings) -> Self {
        let state = State {
            segments: Vec::new(),
            spare: Records::default(),
            pending_bytes: 0,
            books: Books::default(),
            entered: 0,
            left: 0,
            untold_losses: 0,
            worker: Worker::Busy,
            lively: false,
            hurry: false,
            faulty: false,
            closed: false,
            push_waits: false,
            not_before: None,
        };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            progress: Condvar::new(),
            exporter: Mutex::new(exporter),
            settings,
        }
    }

    /// Books a loss that was decided on.
    pub(super) fn refuse(&self, mut state: MutexGuard<'_, State>, reason: DropReason, records: u64) {
        state.books.drop_records(reason, records);
        state.untold_losses += records;
    }

    /// Ends the output: what still waits is booked as lost to shutdown, the worker ends.
    pub(in crate::output) fn close(&self) {
        let mut state = locked(&self.state);
        state.closed = true;
        let waiting: u64 =
            std::mem::take(&mut state.segments).iter().map(|segment| self.records_of(segment)).sum();
        state.books.drop_records(DropReason::Shutdown, waiting);
        state.left += waiting;
        drop(state);
        self.work.notify_all();
        self.progress.notify_all();
    }

    /// How many records of a segment are not out yet.
    pub(super) fn records_of(&self, segment: &Segment) -> u64 {
        match segment {
            Segment::Records(records) => records.batch().len(),
            Segment::Push(points) => points.batch().len(),
            Segment::Deferred(batch, 0) => batch.records(self.settings.signals),
            Segment::Deferred(batch, done) => {
                let runs = self.rendered_runs(batch);
                let out: u64 = runs.iter().take(*done).map(Batch::len).sum();
                batch.records(self.settings.signals) - out
            }
        }
    }

    /// The runs of a deferred batch that this output takes.
    pub(super) fn rendered_runs<'b>(&self, batch: &'b Deferred) -> Vec<Batch<'b>> {
        let rendered = batch.rendered().in_format(&self.settings.format);
        rendered.into_iter().flat_map(|records| records.runs(self.settings.signals)).collect()
    }

    /// The books now; what is neither delivered nor dropped nor spooled is queued.
    #[must_use]
    pub(in crate::output) fn books(&self) -> Books {
        let mut books = locked(&self.state).books.clone();
        books.queued = books.accepted - books.delivered - books.dropped_total();
        books.delivered -= books.spooled;
        books
    }

    /// Whether the last attempt to write succeeded.
    #[must_use]
    pub(in crate::output) fn is_healthy(&self) -> bool {
        !locked(&self.state).faulty
    }
}
