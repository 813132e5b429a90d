//! When the pieces of a streamed answer came: the first, the last and their number, however many there are.

use std::time::Duration;

/// When the chunks of a run came.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct ChunkTimes {
    /// How many came.
    pub count: u64,
    /// From the start of the run to the first and to the last chunk; zero without one.
    first: Duration,
    last: Duration,
}

impl ChunkTimes {
    /// From the start of the run to the first chunk; `None` without one.
    #[must_use]
    pub fn first(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.first)
    }

    /// The mean time from one chunk to the next; `None` below two chunks.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        let gaps = u32::try_from(self.count.checked_sub(1)?).unwrap_or(u32::MAX);
        self.last.saturating_sub(self.first).checked_div(gaps)
    }

    /// Another one came, `since_start` after the start of the run.
    pub(super) fn add(&mut self, since_start: Duration) {
        if self.count == 0 {
            self.first = since_start;
        }
        self.last = since_start;
        self.count += 1;
    }
}
