//! What the thread that keeps records and the one that sends them have in common.

use super::directory::Directory;
use super::id::SegmentId;
use super::relay::Identity;
use super::segment::Segment;
use crate::output::onward::Onward;
use crate::platform;
use crate::stats::DropReason;
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// From this size on a segment takes no further record.
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;
/// How much all segments of an output take together; the oldest give way.
const SPOOL_BYTES: u64 = 64 * 1024 * 1024;

/// So long nothing more is said of losses.
const QUIET: Duration = Duration::from_secs(10);

/// The segments of one output.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) directory: Directory,
    pub(super) identity: Identity,
    pub(super) onward: Arc<Onward>,
    own_origin: Vec<u8>,
    complained: Mutex<Option<Instant>>,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The oldest first; the last one may be growing.
    segments: VecDeque<Segment>,
    /// The one that the sender reads at the moment.
    in_use: Option<PathBuf>,
    ended: bool,
}

/// What the sender shall read.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) path: PathBuf,
    pub(super) file: Arc<std::fs::File>,
    pub(super) origin: Arc<[u8]>,
    pub(super) id: SegmentId,
    pub(super) from: u64,
    pub(super) end: u64,
}

impl Shared {
    pub(super) fn new(directory: Directory, identity: Identity, own_origin: Vec<u8>) -> Self {
        Self {
            directory,
            identity,
            onward: Arc::default(),
            own_origin,
            complained: Mutex::default(),
            state: Mutex::default(),
            work: Condvar::new(),
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books kept records as lost, and says so now and then.
    pub(super) fn lost(&self, reason: DropReason, records: u64) {
        if records == 0 {
            return;
        }
        self.onward.lost(reason, records);
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        if complained.is_none_or(|then| then.elapsed() >= QUIET) {
            *complained = Some(Instant::now());
            let (label, reason) = (&self.identity.label, reason.as_str());
            platform::complain(&format!("output {label} loses records ({reason}), {records} at once"));
        }
    }

    /// Appends frames to the segment that grows.
    ///
    /// # Errors
    /// When the disk takes none.
    pub(super) fn append(&self, frames: &[u8], records: u64) -> io::Result<()> {
        let mut state = self.locked();
        if state.segments.back().is_none_or(|last| last.is_full || last.end >= SEGMENT_BYTES) {
            if let Some(last) = state.segments.back_mut() {
                last.is_full = true;
            }
            let fresh = self.directory.create(&self.identity.key, &self.own_origin)?;
            state.segments.push_back(fresh);
        }
        if let Some(last) = state.segments.back_mut() {
            last.append(frames, records)?;
        }
        self.onward.kept(records);
        self.make_room(&mut state);
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// Lets the oldest segments go while all are too large together.
    fn make_room(&self, state: &mut State) {
        let State { segments, in_use, .. } = state;
        while segments.iter().map(|segment| segment.end).sum::<u64>() > SPOOL_BYTES {
            let oldest = segments
                .iter()
                .position(|segment| segment.is_full && in_use.as_ref() != Some(&segment.path))
                .and_then(|at| segments.remove(at));
            let Some(oldest) = oldest else { return };
            self.lost(DropReason::Full, oldest.waiting);
            self.onward.progress().failed("the spool is full: its oldest records gave way");
            self.directory.remove(&oldest);
        }
    }

    /// Takes over what processes that are gone left; true when there was any.
    pub(super) fn adopt(&self) -> bool {
        let adopted = self.directory.adopt(&self.identity.key);
        let any = !adopted.is_empty();
        let mut state = self.locked();
        for (segment, damages) in adopted.into_iter().rev() {
            self.onward.adopted(segment.waiting + damages);
            if damages > 0 {
                self.lost(DropReason::Damaged, damages);
                self.onward
                    .progress()
                    .failed(format!("{}: {damages} damaged records", segment.path.display()));
            }
            state.segments.push_front(segment);
        }
        self.make_room(&mut state);
        drop(state);
        if any {
            self.work.notify_one();
        }
        any
    }

    /// What is to be sent next; nothing when there is none within `patience`, or at the end.
    pub(super) fn next(&self, patience: Duration) -> Option<Task> {
        let deadline = Instant::now() + patience;
        let mut state = self.locked();
        state.in_use = None;
        loop {
            self.clear(&mut state);
            if let Some(segment) = state.segments.iter().find(|segment| segment.sent < segment.end) {
                let task = Task {
                    path: segment.path.clone(),
                    file: Arc::clone(&segment.file),
                    origin: Arc::clone(&segment.origin),
                    id: segment.id,
                    from: segment.sent,
                    end: segment.end,
                };
                state.in_use = Some(task.path.clone());
                return Some(task);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.ended || left.is_zero() {
                return None;
            }
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Removes what is done with or too old.
    fn clear(&self, state: &mut State) {
        let mut kept = VecDeque::with_capacity(state.segments.len());
        for segment in state.segments.drain(..) {
            if segment.is_done() {
                self.directory.remove(&segment);
            } else if segment.is_full && Directory::is_too_old(&segment) {
                self.lost(DropReason::Expired, segment.waiting);
                self.directory.remove(&segment);
            } else {
                kept.push_back(segment);
            }
        }
        state.segments = kept;
    }

    /// Notes how far a task was done.
    pub(super) fn note(&self, task: &Task, offset: u64, records: u64) {
        let mut state = self.locked();
        if let Some(segment) = state.segments.iter_mut().find(|segment| segment.path == task.path) {
            segment.note_sent(offset, records);
        }
    }

    /// Waits before the far side is tried again; less when the end comes.
    pub(super) fn pause(&self, time: Duration) {
        let deadline = Instant::now() + time;
        let mut state = self.locked();
        while !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn is_ended(&self) -> bool {
        self.locked().ended
    }

    /// Nothing comes any more; what is left stays on the disk.
    pub(super) fn end(&self) {
        self.locked().ended = true;
        self.work.notify_all();
    }

    /// Leaves the segments to whoever comes next.
    pub(super) fn leave(&self) {
        let mut state = self.locked();
        for mut segment in state.segments.drain(..) {
            segment.is_full = true;
            if segment.is_done() {
                self.directory.remove(&segment);
            } else {
                self.directory.release(segment);
            }
        }
    }
}
