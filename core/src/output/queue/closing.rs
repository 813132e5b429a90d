//! The end of the queue.

use super::state::{Queue, locked};
use crate::stats::DropReason;
use std::time::Duration;

/// How long the end of an output waits for what is being written.
const LAST_BATCH: Duration = Duration::from_millis(300);

impl Queue {
    /// Ends the output: what still waits is booked as lost to shutdown, the worker ends.
    pub(in crate::output) fn close(&self) {
        let mut state = locked(&self.state);
        state.closed = true;
        self.far_side.end();
        let waiting: u64 =
            std::mem::take(&mut state.segments).iter().map(|segment| self.records_of(segment)).sum();
        state.books.drop_records(DropReason::Shutdown, waiting);
        state.left += waiting;
        state.losses.lost(DropReason::Shutdown, waiting);
        drop(state);
        self.work.notify_all();
        self.progress.notify_all();
        let mut state = self.wait_for_exporter(LAST_BATCH);
        state.losses.end();
        self.announce(state);
    }
}
