//! The way out of the queue: batches to the exporter, and what became of each into the books.
//!
//! Not for when that happens: the queue's callers and the worker decide.

use super::state::{Content, Queue, Segment, State, locked};
use crate::buffer::deferred::Deferred;
use crate::buffer::records::{Batch, Records};
use crate::guard::guard;
use crate::output::exporter::{Export, Exporter, Pace};
use crate::stats::DropReason;
use std::sync::MutexGuard;
use std::time::{Duration, Instant, SystemTime};

/// What became of a segment.
enum Sent {
    /// It is out or lost, and booked.
    Done(Option<Records>),
    /// What is left of it has to be sent again after a while.
    Again(Segment, Duration),
}

/// How far a segment got.
struct Way {
    out: u64,
    again: Option<u64>,
    held_bytes: usize,
    moved: Option<i64>,
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
            match self.send(exporter, segment) {
                Sent::Done(Some(records)) => spare = records,
                Sent::Done(None) => {}
                Sent::Again(segment, after) => {
                    again = Some((segment, after));
                    break;
                }
            }
        }
        let mut state = locked(&self.state);
        if spare.capacity_bytes() <= 4 * self.pace.enough_bytes {
            state.spare = spare;
        }
        if again.is_none() {
            // What came meanwhile has waited for less long than this write took.
            state.since = (!state.segments.is_empty()).then(Instant::now);
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
            let all: u64 = kept.iter().map(|segment| self.records_of(segment)).sum();
            let records = if state.abandoned { std::mem::take(&mut state.in_flight) } else { all };
            state.books.drop_records(DropReason::Shutdown, records);
            state.left += records;
            state.losses.lost(DropReason::Shutdown, records);
            return;
        }
        state.not_before = Some(Instant::now() + after);
        state.push_waits |= kept.iter().any(|segment| matches!(segment.content, Content::Push(_)));
        state.segments.splice(0..0, kept);
    }

    fn send(&self, exporter: &mut dyn Exporter, segment: Segment) -> Sent {
        let Segment { content, out, again, held_bytes, moved } = segment;
        let mut way = Way { out, again, held_bytes, moved };
        let after = match &content {
            Content::Records(records) => self.send_run(exporter, &records.batch(), 0, &mut way),
            Content::Push(points) => self.send_run(exporter, &points.batch(), 0, &mut way),
            Content::Deferred(batch) => self.send_deferred(exporter, batch, &mut way),
        };
        if let Some(after) = after {
            let Way { out, again, held_bytes, moved } = way;
            return Sent::Again(Segment { content, out, again, held_bytes, moved }, after);
        }
        // There is room again before the rest is out.
        self.freed(way.held_bytes);
        match content {
            Content::Records(mut records) => {
                records.clear();
                Sent::Done(Some(records))
            }
            _ => Sent::Done(None),
        }
    }

    fn send_deferred(
        &self,
        exporter: &mut dyn Exporter,
        batch: &Deferred,
        way: &mut Way,
    ) -> Option<Duration> {
        let runs = self.rendered_runs(batch);
        let moved = *way.moved.get_or_insert_with(|| self.book_moved(batch));
        let mut before = 0;
        for run in runs {
            let after = self.send_run(exporter, &run, before, way);
            if after.is_some() {
                return after;
            }
            before += run.len();
        }
        // A record that its renderer lost to a caught panic is booked as such a loss.
        let records = batch.records(self.settings.signals).saturating_add_signed(moved);
        self.book(0, records.saturating_sub(before), DropReason::Io);
        None
    }

    /// Books that a batch is more records, or less, than was said of it when it came.
    fn book_moved(&self, batch: &Deferred) -> i64 {
        let moved = batch.rendered().moved(self.settings.signals);
        let mut state = locked(&self.state);
        state.books.accepted = state.books.accepted.saturating_add_signed(moved);
        let records = moved.unsigned_abs();
        // Whoever waits for what had come when it began waits for no more and no less.
        if moved > 0 {
            state.entered += records;
        } else {
            state.left += records;
        }
        moved
    }

    /// Exports what is not out yet of consecutive records; `before` are those of the same segment before them.
    fn send_run(
        &self,
        exporter: &mut dyn Exporter,
        run: &Batch<'_>,
        before: u64,
        way: &mut Way,
    ) -> Option<Duration> {
        let (_, mut rest) = run.split_at(way.out.saturating_sub(before));
        if rest.is_empty() {
            return None;
        }
        if let Some(records) = way.again.take() {
            let (same, behind) = rest.split_at(records);
            rest = behind;
            let after = self.send_piece(exporter, &same, way);
            if after.is_some() {
                return after;
            }
        }
        let Pace { most_records, most_bytes, .. } = self.pace;
        rest.pieces(most_records, most_bytes).find_map(|piece| self.send_piece(exporter, &piece, way))
    }

    fn send_piece(&self, exporter: &mut dyn Exporter, piece: &Batch<'_>, way: &mut Way) -> Option<Duration> {
        if self.far_side.is_ended() && !self.may_wait() {
            // A network gets no new batch after the end: each could take its whole time.
            return Some(Duration::ZERO);
        }
        match self.export(exporter, piece) {
            Export::Retry(after) => {
                way.again = Some(piece.len());
                return Some(after);
            }
            Export::Split if piece.len() > 1 => {
                let (first, second) = piece.split_at(piece.len() / 2);
                return self
                    .send_piece(exporter, &first, way)
                    .or_else(|| self.send_piece(exporter, &second, way));
            }
            _ => {}
        }
        way.out += piece.len();
        let freed = piece.bytes().len().min(way.held_bytes);
        way.held_bytes -= freed;
        self.freed(freed);
        None
    }

    fn freed(&self, bytes: usize) {
        if bytes > 0 {
            let mut state = locked(&self.state);
            state.pending_bytes = state.pending_bytes.saturating_sub(bytes);
            drop(state);
            self.progress.notify_all();
        }
    }

    /// Exports a batch and books it, unless it shall come again.
    fn export(&self, exporter: &mut dyn Exporter, batch: &Batch<'_>) -> Export {
        let all = batch.len();
        locked(&self.state).in_flight = all;
        let outcome = guard(None, || Some(exporter.export(batch, &self.far_side))).unwrap_or_else(|| {
            // It may have got anywhere with this batch, which is lost for it; the next one finds it at work again.
            self.far_side.failed("a panic inside of the exporter");
            Export::Refused(DropReason::Io)
        });
        if matches!(outcome, Export::Delivered | Export::Partial { delivered: 1.., .. }) {
            self.far_side.moved();
        }
        if outcome != Export::Delivered {
            self.far_side.attempt_failed();
        }
        let mut state = locked(&self.state);
        state.faulty = outcome != Export::Delivered;
        if !matches!(outcome, Export::Retry(_)) {
            state.in_flight = 0;
        }
        drop(state);
        match outcome {
            Export::Delivered => self.book(all, 0, DropReason::Io),
            Export::Partial { delivered, reason } => {
                let delivered = delivered.min(all);
                self.book(delivered, all - delivered, reason);
            }
            Export::Refused(reason) => self.book(0, all, reason),
            Export::Split if all == 1 => self.book(0, all, DropReason::TooLarge),
            Export::Split | Export::Retry(_) => {}
        }
        outcome
    }

    fn book(&self, delivered: u64, lost: u64, reason: DropReason) {
        let mut state = locked(&self.state);
        state.books.delivered += delivered;
        if delivered > 0 {
            state.last_success = Some(SystemTime::now());
        }
        state.books.drop_records(reason, lost);
        state.left += delivered + lost;
        state.untold_losses += lost;
        if lost > 0 {
            state.losses.lost(reason, lost);
            self.announce(state);
        }
    }
}
