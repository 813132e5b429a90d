//! The way into the queue.

use super::state::{Content, Queue, Segment, State, Worker, locked};
use crate::aside::step_aside;
use crate::buffer::deferred::Deferred;
use crate::buffer::records::Records;
use crate::model::signal::Signal;
use crate::stats::DropReason;
use std::sync::{Arc, MutexGuard};
use std::time::Instant;

impl Queue {
    /// Accepts a finished record; when the buffer is full the caller waits, where and as long as that is allowed.
    #[inline]
    pub(in crate::output) fn append(&self, signal: Signal, record: &[u8]) {
        let mut state = locked(&self.state);
        state.books.accepted += 1;
        if state.closed || state.pending_bytes + record.len() > self.settings.bound_bytes {
            drop(state);
            return step_aside((), || {
                if let Some(state) = self.wait_for_room(locked(&self.state), record.len(), 1) {
                    self.put(state, signal, record);
                }
            });
        }
        self.put(state, signal, record);
    }

    #[inline]
    fn put(&self, mut state: MutexGuard<'_, State>, signal: Signal, record: &[u8]) {
        if let Some(Segment { content: Content::Records(records), held_bytes, .. }) =
            state.segments.last_mut()
        {
            records.push(signal, record);
            *held_bytes += record.len();
        } else {
            let mut records = std::mem::take(&mut state.spare);
            records.push(signal, record);
            state.segments.push(Segment::new(Content::Records(records), record.len()));
        }
        self.entered(state, record.len(), 1);
    }

    /// Books records of an output that discards everything: they count as delivered.
    #[inline]
    pub(in crate::output) fn discard(&self, records: u64) {
        let mut state = locked(&self.state);
        state.books.accepted += records;
        if state.closed {
            self.refuse(state, DropReason::Shutdown, records);
        } else {
            state.books.delivered += records;
        }
    }

    /// Accepts a batch that is rendered later.
    pub(in crate::output) fn append_deferred(&self, batch: &Arc<Deferred>) {
        if !batch.concerns(self.settings.signals) {
            return;
        }
        let records = batch.records(self.settings.signals);
        let size = batch.size_hint_bytes();
        let mut state = locked(&self.state);
        state.books.accepted += records;
        if state.closed || state.pending_bytes + size > self.settings.bound_bytes {
            drop(state);
            return step_aside((), || {
                if let Some(state) = self.wait_for_room(locked(&self.state), size, records) {
                    self.put_deferred(state, batch, size, records);
                }
            });
        }
        self.put_deferred(state, batch, size, records);
    }

    fn put_deferred(
        &self,
        mut state: MutexGuard<'_, State>,
        batch: &Arc<Deferred>,
        size: usize,
        records: u64,
    ) {
        state.segments.push(Segment::new(Content::Deferred(Arc::clone(batch)), size));
        self.entered(state, size, records);
    }

    /// Accepts records, metric points for one, and never waits: one such collection may stand beside a full buffer,
    /// so that an output that stalls holds up nobody else's. A second one is refused then.
    pub(in crate::output) fn append_push(&self, points: &Arc<Records>) {
        let (size, records) = (points.len_bytes(), points.batch().len());
        let mut state = locked(&self.state);
        state.books.accepted += records;
        let full = state.pending_bytes + size > self.settings.bound_bytes;
        if state.closed {
            self.refuse(state, DropReason::Shutdown, records);
        } else if full && state.push_waits {
            self.refuse(state, DropReason::Full, records);
        } else {
            state.push_waits = true;
            state.segments.push(Segment::new(Content::Push(Arc::clone(points)), size));
            self.entered(state, size, records);
        }
    }

    /// Books what was put in and wakes the worker where that helps.
    #[inline]
    fn entered(&self, mut state: MutexGuard<'_, State>, bytes: usize, records: u64) {
        state.pending_bytes += bytes;
        state.entered += records;
        if state.since.is_none() {
            state.since = Some(Instant::now());
        }
        let wake = match state.worker {
            Worker::Idle => true,
            Worker::Gathering => state.pending_bytes >= self.pace.enough_bytes,
            Worker::Busy => false,
        };
        if wake {
            // Until the worker looks, further records need not wake it again.
            state.worker = Worker::Busy;
            drop(state);
            self.work.notify_one();
        }
    }
}
