//! Who waits for what: a record for room, a flush for the far side, the worker for records.

use super::loss::QUIET;
use super::state::{Queue, State, Worker, locked};
use crate::stats::DropReason;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a thread that waits looks whether the far side has moved.
const NAP: Duration = Duration::from_millis(20);

/// A flush waits at least so long for a far side that does not move, and so long for one that is known to stall.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);
const STALLED_PATIENCE: Duration = Duration::from_millis(250);

/// How long one thread has seen the far side accept nothing. Only naps count, and no more than they were meant to
/// take: a process that was stopped or starved for a while finds its reader where it left it.
struct Patience {
    limit: Duration,
    seen: u64,
    waited: Duration,
}

impl Patience {
    fn new(limit: Duration, seen: u64) -> Self {
        Self { limit, seen, waited: Duration::ZERO }
    }

    /// What is left of it, at most a nap; nothing when it is over.
    fn next_nap(&mut self, so_far: u64) -> Option<Duration> {
        if so_far != self.seen {
            (self.seen, self.waited) = (so_far, Duration::ZERO);
        }
        let nap = NAP.min(self.limit.saturating_sub(self.waited));
        (!nap.is_zero()).then_some(nap)
    }

    fn napped(&mut self, nap: Duration, began: Instant) {
        self.waited += nap.min(began.elapsed());
    }
}

/// What the emptying thread shall do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::output) enum Work {
    /// Empty the buffer.
    Write,
    /// End: the output is closed and empty.
    End,
}

impl Queue {
    /// Whether a thread that records may ever wait for this output.
    #[inline]
    pub(in crate::output) fn may_wait(&self) -> bool {
        self.settings.stall.is_some()
    }

    /// Waits until `bytes` fit, as long as the far side moves; nothing when it does not, the loss is booked then.
    #[cold]
    pub(super) fn wait_for_room<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        bytes: usize,
        records: u64,
    ) -> Option<MutexGuard<'s, State>> {
        let mut patience = Patience::new(self.settings.stall.unwrap_or_default(), self.far_side.so_far());
        state.hurry = true;
        if state.worker != Worker::Busy {
            // One that writes, or that its far side has put off, would wake for nothing, and each record costs a wake-up.
            self.work.notify_one();
        }
        loop {
            if state.closed {
                self.refuse(state, DropReason::Shutdown, records);
                return None;
            }
            // A batch larger than the whole buffer passes when the buffer is empty.
            if state.pending_bytes == 0 || state.pending_bytes + bytes <= self.settings.bound_bytes {
                return Some(state);
            }
            if self.may_wait() && !self.is_stalled(&state) {
                // Where nobody is writing and a write is prompt, this thread writes: it has the processor, while
                // the worker may wait for one.
                drop(state);
                let pumped = self.try_pump();
                state = locked(&self.state);
                if pumped {
                    continue;
                }
            }
            match patience.next_nap(self.far_side.so_far()).filter(|_| !self.is_stalled(&state)) {
                Some(nap) => state = self.nap(state, nap, &mut patience),
                None => {
                    state.stalled_at = Some(self.far_side.so_far());
                    self.refuse(state, DropReason::Full, records);
                    return None;
                }
            }
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
                    state = self.wait_idle(state);
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
        let pace = &self.pace;
        let deadline = Instant::now() + pace.gather;
        while !state.hurry && !state.closed && state.pending_bytes < pace.enough_bytes {
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

    /// The worker's wait for records. While losses go on it comes back to say when they are over.
    fn wait_idle<'s>(&'s self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        if !state.losses.go_on() {
            return self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state = self.work.wait_timeout(state, QUIET).unwrap_or_else(PoisonError::into_inner).0;
        if state.faulty || self.is_stalled(&state) {
            return state;
        }
        state.losses.works();
        self.announce(state);
        locked(&self.state)
    }

    fn nap<'s>(
        &'s self,
        state: MutexGuard<'s, State>,
        nap: Duration,
        patience: &mut Patience,
    ) -> MutexGuard<'s, State> {
        let began = Instant::now();
        let state = self.progress.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0;
        patience.napped(nap, began);
        state
    }

    /// Lets what waits go out now rather than with more.
    pub(in crate::output) fn hurry(&self) {
        let mut state = locked(&self.state);
        if !state.segments.is_empty() {
            state.hurry = true;
            drop(state);
            self.work.notify_one();
        }
    }

    /// Waits until everything that entered before is out; false when the deadline came first, the far side has
    /// stopped or records were lost since the last flush.
    pub(in crate::output) fn flush(&self, deadline: Instant) -> bool {
        // Where writing cannot block there is no need to wait for the worker's turn.
        self.try_pump();
        let patience = match self.settings.stall {
            None => Duration::MAX,
            Some(_) if self.is_stalled(&locked(&self.state)) => STALLED_PATIENCE,
            Some(stall) => stall.max(FLUSH_PATIENCE),
        };
        let is_out = self.wait_until_out(deadline, patience);
        if let Some(onward) = self.onward.as_ref().filter(|_| is_out) {
            // It is safe by now; where the far side takes it, it shall also have arrived.
            onward.wait_until_sent(deadline);
        }
        is_out && std::mem::take(&mut locked(&self.state).untold_losses) == 0
    }

    /// Waits for a record that was just put in and is urgent, where anybody may wait: not for a far side that
    /// stalls, and not without end for one that is slow.
    #[cold]
    pub(in crate::output) fn wait_for_urgent(&self) {
        if let Some(stall) = self.settings.stall
            && !self.is_stalled(&locked(&self.state))
        {
            self.wait_until_out(Instant::now() + 2 * stall, stall);
        }
    }

    /// Waits until everything that entered before has left the buffer; false at the deadline, or when the far side
    /// did not move for as long as `patience`.
    fn wait_until_out(&self, deadline: Instant, patience: Duration) -> bool {
        let mut state = locked(&self.state);
        let mut patience = Patience::new(patience, self.far_side.so_far());
        let target = state.entered;
        while state.left < target {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let Some(nap) = patience.next_nap(self.far_side.so_far()) else {
                state.stalled_at = Some(self.far_side.so_far());
                return false;
            };
            state.hurry = true;
            self.work.notify_one();
            // The worker may have gone idle between two looks; ask again soon rather than never.
            state = self.nap(state, nap.min(left), &mut patience);
        }
        true
    }

    /// Waits until nothing that entered is on its way.
    pub(super) fn wait_for_exporter(&self, deadline: Instant) -> MutexGuard<'_, State> {
        let mut state = locked(&self.state);
        while state.left < state.entered {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }
}
