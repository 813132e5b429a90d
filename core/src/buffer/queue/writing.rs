//! The way out of the queue: batches to the sink, and what became of each into the books.
//! Not for when that happens: the queue's callers and the worker decide.

use super::{BATCH_BYTES, Queue, Segment, locked};
use crate::buffer::sink::{Sink, Written};
use crate::stats::DropReason;

impl Queue {
    /// Writes everything that waits, on this thread. Batches stay in order of arrival.
    pub fn pump(&self) {
        let mut sink = locked(&self.sink);
        self.pump_with(&mut **sink);
    }

    /// [`Self::pump`] if no other thread is writing.
    pub fn try_pump(&self) -> bool {
        match self.sink.try_lock() {
            Ok(mut sink) if sink.is_prompt() => {
                self.pump_with(&mut **sink);
                true
            }
            _ => false,
        }
    }

    fn pump_with(&self, sink: &mut dyn Sink) {
        let (segments, pending) = {
            let mut state = locked(&self.state);
            (std::mem::take(&mut state.segments), state.pending_bytes)
        };
        if segments.is_empty() {
            return;
        }
        let mut spare = Vec::new();
        for segment in segments {
            match segment {
                Segment::Bytes { mut bytes, records } => {
                    self.book(&bytes, sink.write(&bytes), records);
                    bytes.clear();
                    spare = bytes;
                }
                Segment::Deferred(batch) => {
                    // A record that its renderer lost to a caught panic is booked as such a loss.
                    let mut missing = batch.records(self.signals);
                    for (bytes, records) in batch.rendered().runs(self.signals) {
                        missing = missing.saturating_sub(records);
                        self.book(bytes, sink.write(bytes), records);
                    }
                    self.book_lost(missing, DropReason::Io);
                }
            }
        }
        let mut state = locked(&self.state);
        // What came in meanwhile is still pending.
        state.pending_bytes = state.pending_bytes.saturating_sub(pending);
        if spare.capacity() <= 4 * BATCH_BYTES {
            state.spare = spare;
        }
        drop(state);
        self.progress.notify_all();
    }

    fn book(&self, batch: &[u8], written: Written, all: u64) {
        let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
        let delivered = match written.failure {
            None => all,
            Some(_) => lines(batch.get(..written.bytes).unwrap_or_default()),
        };
        let mut state = locked(&self.state);
        state.books.delivered += delivered;
        state.left += delivered;
        state.faulty = written.failure.is_some();
        drop(state);
        if let Some(reason) = written.failure {
            self.book_lost(all - delivered, reason);
        }
    }

    fn book_lost(&self, records: u64, reason: DropReason) {
        if records > 0 {
            let mut state = locked(&self.state);
            state.books.drop_records(reason, records);
            state.left += records;
            state.untold_losses += records;
        }
    }
}
