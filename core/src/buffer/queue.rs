//! The bounded byte buffer of one output and the books of what went through it.
//!
//! Not for the thread that empties it: see `export::worker`.

mod writing;

use super::deferred::Deferred;
use super::sink::Sink;
use crate::aside::step_aside;
use crate::model::signal::SignalSet;
use crate::stats::{Books, DropReason};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// From this size on a batch is written without waiting for more.
pub const BATCH_BYTES: usize = 128 * 1024;

/// How long a small batch waits for more.
pub const GATHER: Duration = Duration::from_millis(10);

/// How long a record may wait for room in a local output, once.
pub const WAIT_FOR_ROOM: Duration = Duration::from_millis(50);

#[derive(Debug)]
enum Segment {
    Bytes { bytes: Vec<u8>, records: u64 },
    Deferred(Arc<Deferred>),
}

/// What the emptying thread shall do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Empty the buffer.
    Write,
    /// The time that it asked to be woken at has come.
    Due,
    /// End: the output is closed and empty.
    End,
}

/// What the emptying thread is doing, so that a record wakes it only when that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worker {
    Busy,
    Idle,
    Gathering,
}

#[derive(Debug)]
struct State {
    segments: Vec<Segment>,
    spare: Vec<u8>,
    pending_bytes: usize,
    books: Books,
    /// Records that entered the buffer, and those of them that left it.
    entered: u64,
    left: u64,
    /// Records lost since the last flush told so.
    untold_losses: u64,
    worker: Worker,
    /// The worker has just written.
    lively: bool,
    hurry: bool,
    faulty: bool,
    closed: bool,
}

/// The buffer of one output.
pub struct Queue {
    state: Mutex<State>,
    work: Condvar,
    progress: Condvar,
    sink: Mutex<Box<dyn Sink>>,
    signals: SignalSet,
    bound_bytes: usize,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("state", &self.state).finish_non_exhaustive()
    }
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// An empty queue of at most `bound_bytes` in front of `sink`, for an output of `signals`.
    #[must_use]
    pub fn new(sink: Box<dyn Sink>, signals: SignalSet, bound_bytes: usize) -> Self {
        let state = State {
            segments: Vec::new(),
            spare: Vec::new(),
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
        };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            progress: Condvar::new(),
            sink: Mutex::new(sink),
            signals,
            bound_bytes,
        }
    }

    /// Accepts finished lines; when the buffer is full the caller waits, within bounds.
    #[inline]
    pub fn append(&self, lines: &[u8], records: u64) {
        let mut state = locked(&self.state);
        state.books.accepted += records;
        if state.closed || state.pending_bytes + lines.len() > self.bound_bytes {
            drop(state);
            return step_aside((), || {
                if let Some(state) = self.wait_for_room(locked(&self.state), lines.len(), records) {
                    self.put(state, lines, records);
                }
            });
        }
        self.put(state, lines, records);
    }

    #[inline]
    fn put(&self, mut state: MutexGuard<'_, State>, lines: &[u8], records: u64) {
        match state.segments.last_mut() {
            Some(Segment::Bytes { bytes, records: held }) => {
                bytes.extend_from_slice(lines);
                *held += records;
            }
            _ => {
                let mut bytes = std::mem::take(&mut state.spare);
                bytes.extend_from_slice(lines);
                state.segments.push(Segment::Bytes { bytes, records });
            }
        }
        self.entered(state, lines.len(), records);
    }

    /// Books records whose lines nobody wants as delivered.
    #[inline]
    pub fn discard(&self, records: u64) {
        let mut state = locked(&self.state);
        state.books.accepted += records;
        if state.closed {
            self.refuse(state, DropReason::Shutdown, records);
        } else {
            state.books.delivered += records;
        }
    }

    /// Accepts a batch that is rendered later.
    pub fn append_deferred(&self, batch: &Arc<Deferred>) {
        let records = batch.records(self.signals);
        if records == 0 {
            return;
        }
        let size = batch.size_hint_bytes();
        let mut state = locked(&self.state);
        state.books.accepted += records;
        if state.closed || state.pending_bytes + size > self.bound_bytes {
            match self.wait_for_room(state, size, records) {
                Some(waited) => state = waited,
                None => return,
            }
        }
        state.segments.push(Segment::Deferred(Arc::clone(batch)));
        self.entered(state, size, records);
    }

    /// Books what was put in and wakes the worker where that helps.
    #[inline]
    fn entered(&self, mut state: MutexGuard<'_, State>, bytes: usize, records: u64) {
        state.pending_bytes += bytes;
        state.entered += records;
        let wake = match state.worker {
            Worker::Idle => true,
            Worker::Gathering => state.pending_bytes >= BATCH_BYTES,
            Worker::Busy => false,
        };
        if wake {
            // Until the worker looks, further records need not wake it again.
            state.worker = Worker::Busy;
            drop(state);
            self.work.notify_one();
        }
    }

    /// Waits until `bytes` fit; nothing when they do not within the bound, the loss is booked then.
    #[cold]
    fn wait_for_room<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        bytes: usize,
        records: u64,
    ) -> Option<MutexGuard<'s, State>> {
        let deadline = Instant::now() + WAIT_FOR_ROOM;
        state.hurry = true;
        self.work.notify_one();
        loop {
            if state.closed {
                return self.refuse(state, DropReason::Shutdown, records);
            }
            // A batch larger than the whole buffer passes when the buffer is empty.
            if state.pending_bytes == 0 || state.pending_bytes + bytes <= self.bound_bytes {
                return Some(state);
            }
            if !state.faulty {
                // Where nobody is writing and a write is prompt, this thread writes: it has the processor, while
                // the worker may wait for one longer than a record may wait for the worker.
                drop(state);
                let pumped = self.try_pump();
                state = locked(&self.state);
                if pumped {
                    continue;
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.faulty || left.is_zero() {
                state.faulty = true;
                return self.refuse(state, DropReason::Full, records);
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn refuse<'s>(
        &self,
        mut state: MutexGuard<'s, State>,
        reason: DropReason,
        records: u64,
    ) -> Option<MutexGuard<'s, State>> {
        state.books.drop_records(reason, records);
        state.untold_losses += records;
        None
    }

    /// The emptying thread's wait, until `due` at the longest.
    pub fn wait_for_work(&self, due: Option<Instant>) -> Work {
        let mut state = locked(&self.state);
        if std::mem::take(&mut state.lively) {
            // More is probably on its way: waiting for a whole batch at once spares the wake-up by its first record.
            state = self.gather(state);
        }
        while state.segments.is_empty() {
            if state.closed {
                return Work::End;
            }
            state.worker = Worker::Idle;
            state.hurry = false;
            state = match due.map(|due| due.saturating_duration_since(Instant::now())) {
                None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    state.worker = Worker::Busy;
                    return Work::Due;
                }
                Some(left) => self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
            if !state.segments.is_empty() {
                state = self.gather(state);
            }
        }
        state.lively = true;
        Work::Write
    }

    /// Gives a small batch a moment to grow.
    fn gather<'s>(&'s self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let deadline = Instant::now() + GATHER;
        while !state.hurry && !state.closed && state.pending_bytes < BATCH_BYTES {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state.worker = Worker::Gathering;
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.worker = Worker::Busy;
        state.hurry = false;
        state
    }

    /// Waits until everything that entered before is out; false when the deadline came first or
    /// records were lost since the last flush.
    pub fn flush(&self, deadline: Instant) -> bool {
        // Where writing cannot block there is no need to wait for the worker's turn.
        self.try_pump();
        self.wait_until_out(deadline) && std::mem::take(&mut locked(&self.state).untold_losses) == 0
    }

    /// Waits until everything that entered before has left the buffer; false at the deadline.
    pub fn wait_until_out(&self, deadline: Instant) -> bool {
        let mut state = locked(&self.state);
        let target = state.entered;
        while state.left < target {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state.hurry = true;
            self.work.notify_one();
            // The worker may have gone idle between two looks; ask again soon rather than never.
            let nap = left.min(Duration::from_millis(20));
            state = self.progress.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Ends the output: what still waits is booked as lost to shutdown, the worker ends.
    pub fn close(&self) {
        let mut state = locked(&self.state);
        state.closed = true;
        let waiting: u64 = state
            .segments
            .drain(..)
            .map(|segment| match segment {
                Segment::Bytes { records, .. } => records,
                Segment::Deferred(batch) => batch.records(self.signals),
            })
            .sum();
        state.books.drop_records(DropReason::Shutdown, waiting);
        state.left += waiting;
        drop(state);
        self.work.notify_all();
        self.progress.notify_all();
    }

    /// The books now; what is neither delivered nor dropped is queued.
    #[must_use]
    pub fn books(&self) -> Books {
        let mut books = locked(&self.state).books.clone();
        books.queued = books.accepted - books.delivered - books.dropped_total();
        books
    }

    /// Whether the last write succeeded.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        !locked(&self.state).faulty
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
