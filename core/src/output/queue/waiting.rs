//! Who waits for what: a record for room, a flush for the far side, the worker for records.

use super::state::{BATCH_BYTES, Queue, State, Worker, locked};
use crate::output::kind::Waiting;
use crate::stats::DropReason;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a small batch waits for more.
const GATHER: Duration = Duration::from_millis(10);

/// How long a record may wait for room in a local output, once.
pub(in crate::output) const WAIT_FOR_ROOM: Duration = Duration::from_millis(50);

/// What the emptying thread shall do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::output) enum Work {
    /// Empty the buffer.
    Write,
    /// End: the output is closed and empty.
    End,
}

impl Queue {
    /// Waits until `bytes` fit; nothing when they do not within the bound, the loss is booked then.
    #[cold]
    pub(super) fn wait_for_room<'s>(
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
                self.refuse(state, DropReason::Shutdown, records);
                return None;
            }
            // A batch larger than the whole buffer passes when the buffer is empty.
            if state.pending_bytes == 0 || state.pending_bytes + bytes <= self.settings.bound_bytes {
                return Some(state);
            }
            if self.settings.waiting == Waiting::Never {
                self.refuse(state, DropReason::Full, records);
                return None;
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
                self.refuse(state, DropReason::Full, records);
                return None;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The emptying thread's wait.
    pub(in crate::output) fn wait_for_work(&self) -> Work {
        let mut state = locked(&self.state);
        if std::mem::take(&mut state.lively) {
            // More is probably on its way: waiting for a whole batch at once spares the wake-up by its first record.
            state = self.gather(state);
        }
        loop {
            if state.closed && state.segments.is_empty() {
                return Work::End;
            }
            match state.not_before {
                Some(then) => {
                    let left = then.saturating_duration_since(Instant::now());
                    if left.is_zero() || state.closed {
                        state.not_before = None;
                        continue;
                    }
                    // The far side named a time: neither records nor a flush make it come sooner.
                    state.worker = Worker::Busy;
                    state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
                }
                None if state.segments.is_empty() => {
                    state.worker = Worker::Idle;
                    state.hurry = false;
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                    if !state.segments.is_empty() {
                        state = self.gather(state);
                    }
                }
                None => break,
            }
        }
        state.worker = Worker::Busy;
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
    pub(in crate::output) fn flush(&self, deadline: Instant) -> bool {
        // Where writing cannot block there is no need to wait for the worker's turn.
        self.try_pump();
        self.wait_until_out(deadline) && std::mem::take(&mut locked(&self.state).untold_losses) == 0
    }

    /// Waits until everything that entered before has left the buffer; false at the deadline.
    pub(in crate::output) fn wait_until_out(&self, deadline: Instant) -> bool {
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
}
