//! What a queue consists of: what waits, its books, and what its worker is doing.

use super::loss::{Announce, Losses};
use crate::buffer::deferred::Deferred;
use crate::buffer::records::{Batch, Records};
use crate::guard::guard;
use crate::model::signal::SignalSet;
use crate::output::exporter::{Exporter, Pace};
use crate::output::onward::Onward;
use crate::output::progress::{Failure, Progress};
use crate::stats::{Books, DropReason};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A part of what waits, in order of arrival.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) content: Content,
    /// How many of its records are out or lost, and booked.
    pub(super) out: u64,
    /// How many records the batch had that comes again; the next one is the same, whatever came in meanwhile.
    pub(super) again: Option<u64>,
    /// How much of [`State::pending_bytes`] it stands for.
    pub(super) held_bytes: usize,
    /// How many records more or less it is than was said when it came, once that is known and booked.
    pub(super) moved: Option<i64>,
}

/// What a segment consists of.
#[derive(Debug)]
pub(super) enum Content {
    /// Finished records.
    Records(Records),
    /// A collection of metric points.
    Push(Arc<Records>),
    /// A batch that is rendered by whoever needs it first.
    Deferred(Arc<Deferred>),
}

impl Segment {
    pub(super) fn new(content: Content, held_bytes: usize) -> Self {
        Self { content, out: 0, again: None, held_bytes, moved: None }
    }
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
    /// Records lost since the last flush, which reported those before.
    pub(super) untold_losses: u64,
    /// What was said of losses, and what is to be said yet.
    pub(super) losses: Losses,
    pub(super) worker: Worker,
    /// The worker has just written.
    pub(super) lively: bool,
    pub(super) hurry: bool,
    /// The last attempt to write failed.
    pub(super) faulty: bool,
    /// How far the far side was when the patience with it was over; until it moves nobody waits.
    pub(super) stalled_at: Option<u64>,
    pub(super) closed: bool,
    /// How many records the exporter is busy with.
    pub(super) in_flight: u64,
    /// The end did not wait for the exporter any longer; only what is in flight is booked yet.
    pub(super) abandoned: bool,
    /// A collection of metric points waits.
    pub(super) push_waits: bool,
    /// The far side asked not to be tried again before this.
    pub(super) not_before: Option<Instant>,
    /// Since when anything has been waiting.
    pub(super) since: Option<Instant>,
    /// When something arrived at last.
    pub(super) last_success: Option<SystemTime>,
}

/// The buffer of one output.
pub(in crate::output) struct Queue {
    pub(super) state: Mutex<State>,
    pub(super) work: Condvar,
    pub(super) progress: Condvar,
    pub(super) exporter: Mutex<Box<dyn Exporter>>,
    pub(super) far_side: Progress,
    pub(super) pace: Pace,
    pub(super) onward: Option<Arc<Onward>>,
    pub(super) settings: Settings,
    pub(super) announce: Announce,
}

/// What a queue is told of its output.
#[derive(Debug, Clone)]
pub(in crate::output) struct Settings {
    /// The format of its records, an encoder's id.
    pub(in crate::output) format: String,
    /// The signals that it takes.
    pub(in crate::output) signals: SignalSet,
    /// How long the far side may accept nothing before records are dropped instead of waiting; without it nobody
    /// waits at all.
    pub(in crate::output) stall: Option<Duration>,
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
    /// An empty queue in front of `exporter`; `announce` is told when losses begin and end.
    pub(in crate::output) fn new(
        exporter: Box<dyn Exporter>,
        settings: Settings,
        announce: Announce,
    ) -> Self {
        let pace = exporter.pace();
        let state = State {
            segments: Vec::new(),
            spare: Records::default(),
            pending_bytes: 0,
            books: Books::default(),
            entered: 0,
            left: 0,
            untold_losses: 0,
            losses: Losses::default(),
            worker: Worker::Busy,
            // Where each batch is dear, the first one gathers too.
            lively: pace.gather > Pace::default().gather,
            hurry: false,
            faulty: false,
            stalled_at: None,
            closed: false,
            in_flight: 0,
            abandoned: false,
            push_waits: false,
            not_before: None,
            since: None,
            last_success: None,
        };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            progress: Condvar::new(),
            pace,
            onward: exporter.onward(),
            exporter: Mutex::new(exporter),
            far_side: Progress::default(),
            settings,
            announce,
        }
    }

    /// Books a loss that was decided on.
    #[cold]
    pub(super) fn refuse(&self, mut state: MutexGuard<'_, State>, reason: DropReason, records: u64) {
        state.books.drop_records(reason, records);
        state.untold_losses += records;
        if reason != DropReason::Shutdown {
            // Of records that come after the end, nobody needs to be told more than the books do.
            state.losses.lost(reason, records);
        }
        self.announce(state);
    }

    /// Says what is to be said of losses, with no lock held.
    pub(super) fn announce(&self, mut state: MutexGuard<'_, State>) {
        let news = state.losses.news();
        drop(state);
        if let Some(loss) = news {
            guard((), || (self.announce)(loss));
        }
    }

    /// Whether the patience with the far side is over and it has not moved since.
    pub(super) fn is_stalled(&self, state: &State) -> bool {
        state.stalled_at.is_some_and(|then| then == self.far_side.so_far())
    }

    /// How many records of a segment are not out yet.
    pub(super) fn records_of(&self, segment: &Segment) -> u64 {
        let all = match &segment.content {
            Content::Records(records) => records.batch().len(),
            Content::Push(points) => points.batch().len(),
            Content::Deferred(batch) => batch.records(self.settings.signals),
        };
        all.saturating_add_signed(segment.moved.unwrap_or_default()).saturating_sub(segment.out)
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
        if let Some(onward) = &self.onward {
            onward.enter(&mut books);
        }
        books
    }

    /// What went wrong at last, here or on the way onward.
    #[must_use]
    pub(in crate::output) fn last_failure(&self) -> Option<Failure> {
        let onward = self.onward.as_ref().and_then(|onward| onward.progress().failure());
        [self.far_side.failure(), onward].into_iter().flatten().max_by_key(|failure| failure.at)
    }

    /// How many attempts did not succeed, here or on the way onward.
    #[must_use]
    pub(in crate::output) fn failed_attempts(&self) -> u64 {
        let onward = self.onward.as_ref().map_or(0, |onward| onward.progress().failed_attempts());
        self.far_side.failed_attempts() + onward
    }

    /// When something arrived at last.
    #[must_use]
    pub(in crate::output) fn last_success(&self) -> Option<SystemTime> {
        match &self.onward {
            Some(onward) => onward.last_sent(),
            None => locked(&self.state).last_success,
        }
    }

    /// How long the oldest record has been waiting.
    #[must_use]
    pub(in crate::output) fn oldest_queued(&self) -> Option<Duration> {
        locked(&self.state).since.map(|since| since.elapsed())
    }

    /// Whether the last attempt to write succeeded.
    #[must_use]
    pub(in crate::output) fn is_healthy(&self) -> bool {
        let state = locked(&self.state);
        let goes_onward = self.onward.as_ref().is_none_or(|onward| !onward.is_troubled());
        goes_onward && !state.faulty && !self.is_stalled(&state)
    }
}
