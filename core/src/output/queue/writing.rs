//! The way out of the queue: batches to the exporter, and what became of each into the books.
//!
//! Not for when that happens: the queue's callers and the worker decide.

use super::state::{BATCH_BYTES, Queue, Segment, State, locked};
use crate::buffer::records::{Batch, Records};
use crate::output::exporter::{Export, Exporter};
use crate::stats::DropReason;
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

/// What became of a segment.
enum Sent {
    /// It is out or lost, and booked.
    Done(Option<Records>),
    /// It has to be sent again after a while.
    Again(Segment, Duration),
}

impl Queue {
    /// Writes everything that waits, on this thread. Batches stay in order of arrival.
    pub(in crate::output) fn pump(&self) {
        let mut exporter = locked(&self.exporter);
        self.pump_with(&mut **exporter);
    }

    /// [`Self::pump`] if no other thread is writing and writing cannot block.
    pub(in crate::output) fn try_pump(&self) -> bool {
        match self.exporter.try_lock() {
            Ok(mut exporter) if exporter.is_prompt() && locked(&self.state).not_before.is_none() => {
                self.pump_with(&mut **exporter);
                true
            }
            _ => false,
        }
    }

    fn pump_with(&self, exporter: &mut dyn Exporter) {
        let segments = {
            let mut state = locked(&self.state);
            state.push_waits = false;
            std::mem::take(&mut state.segments)
        };
        if segments.is_empty() {
            return;
        }
        let mut spare = Records::default();
        let mut again = None;
        let mut segments = segments.into_iter();
        for segment in &mut segments {
            let size = segment.size_bytes();
            let sent = self.send(exporter, segment);
            if !matches!(sent, Sent::Again(..)) {
                // There is room again before the rest is out.
                let mut state = locked(&self.state);
                state.pending_bytes = state.pending_bytes.saturating_sub(size);
                drop(state);
                self.progress.notify_all();
            }
            match sent {
                Sent::Done(Some(records)) => spare = records,
                Sent::Done(None) => {}
                Sent::Again(segment, after) => {
                    again = Some((segment, after));
                    break;
                }
            }
        }
        let mut state = locked(&self.state);
        if spare.capacity_bytes() <= 4 * BATCH_BYTES {
            state.spare = spare;
        }
        if let Some((segment, after)) = again {
            self.put_back(state, std::iter::once(segment).chain(segments).collect(), after);
        } else {
            if !state.faulty {
                state.losses.works();
            }
            self.announce(state);
        }
        self.progress.notify_all();
    }

    /// Keeps segments for another attempt, before all that came in meanwhile.
    fn put_back(&self, mut state: MutexGuard<'_, State>, kept: Vec<Segment>, after: Duration) {
        state.faulty = true;
        if state.closed {
            let records: u64 = kept.iter().map(|segment| self.records_of(segment)).sum();
            state.books.drop_records(DropReason::Shutdown, records);
            state.left += records;
            state.losses.lost(DropReason::Shutdown, records);
            return;
        }
        state.not_before = Some(Instant::now() + after);
        state.push_waits |= kept.iter().any(|segment| matches!(segment, Segment::Push(_)));
        state.segments.splice(0..0, kept);
    }

    fn send(&self, exporter: &mut dyn Exporter, segment: Segment) -> Sent {
        match segment {
            Segment::Records(mut records) => match self.export(exporter, &records.batch()) {
                Some(after) => Sent::Again(Segment::Records(records), after),
                None => {
                    records.clear();
                    Sent::Done(Some(records))
                }
            },
            Segment::Push(points) => match self.export(exporter, &points.batch()) {
                Some(after) => Sent::Again(Segment::Push(points), after),
                None => Sent::Done(None),
            },
            Segment::Deferred(batch, done) => {
                let runs = self.rendered_runs(&batch);
                for (position, run) in runs.iter().enumerate().skip(done) {
                    if let Some(after) = self.export(exporter, run) {
                        return Sent::Again(Segment::Deferred(batch, position), after);
                    }
                }
                // A record that its renderer lost to a caught panic is booked as such a loss.
                let rendered: u64 = runs.iter().map(Batch::len).sum();
                let missing = batch.records(self.settings.signals).saturating_sub(rendered);
                self.book(0, missing, DropReason::Io);
                Sent::Done(None)
            }
        }
    }

    /// Exports a batch and books it; when it shall come again, nothing is booked and the time until then is returned.
    fn export(&self, exporter: &mut dyn Exporter, batch: &Batch<'_>) -> Option<Duration> {
        let all = batch.len();
        let outcome = exporter.export(batch, &self.far_side);
        if matches!(outcome, Export::Delivered | Export::Partial { delivered: 1.., .. }) {
            self.far_side.moved();
        }
        let mut state = locked(&self.state);
        state.faulty = outcome != Export::Delivered;
        state.books.spooled = exporter.spooled();
        drop(state);
        match outcome {
            Export::Delivered => self.book(all, 0, DropReason::Io),
            Export::Partial { delivered, reason } => {
                let delivered = delivered.min(all);
                self.book(delivered, all - delivered, reason);
            }
            Export::Refused(reason) => self.book(0, all, reason),
            Export::Retry(after) => return Some(after),
        }
        None
    }

    fn book(&self, delivered: u64, lost: u64, reason: DropReason) {
        let mut state = locked(&self.state);
        state.books.delivered += delivered;
        state.books.drop_records(reason, lost);
        state.left += delivered + lost;
        state.untold_losses += lost;
        if lost > 0 {
            state.losses.lost(reason, lost);
            self.announce(state);
        }
    }
}

impl Segment {
    fn size_bytes(&self) -> usize {
        match self {
            Self::Records(records) => records.len_bytes(),
            Self::Push(points) => points.len_bytes(),
            Self::Deferred(batch, _) => batch.size_hint_bytes(),
        }
    }
}
