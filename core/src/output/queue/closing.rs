//! The end of the queue.

use super::state::{Queue, locked};
use crate::stats::DropReason;
use std::time::{Duration, Instant};

/// How often it is looked whether the exporter is free.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

impl Queue {
    /// Ends the output: what still waits is booked as lost to shutdown, the worker ends. What is on its way to the far
    /// side is seen to by [`Self::wait_for_end`].
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
    }

    /// Waits for what was on its way when the output was closed, and says what was lost.
    pub(in crate::output) fn wait_for_end(&self, deadline: Instant) {
        drop(self.wait_for_exporter(deadline));
        self.close_exporter(deadline);
        let mut state = locked(&self.state);
        let behind = (state.entered - state.left).saturating_sub(state.in_flight);
        if behind > 0 {
            // They were to follow what the exporter still waits for.
            state.abandoned = true;
            state.books.drop_records(DropReason::Shutdown, behind);
            state.left += behind;
            state.losses.lost(DropReason::Shutdown, behind);
        }
        state.losses.end();
        self.announce(state);
    }

    /// Ends the exporter. The thread that wrote last has it for a moment still after all is booked.
    fn close_exporter(&self, deadline: Instant) {
        loop {
            if let Ok(mut exporter) = self.exporter.try_lock() {
                return exporter.close();
            }
            if Instant::now() >= deadline {
                return;
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}
