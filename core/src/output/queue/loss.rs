//! When records of an output begin to be lost, and when that is over.

use crate::stats::DropReason;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Losses are over when nothing was lost for so long: an output at its limit does not tell of each single gap.
pub(super) const QUIET: Duration = Duration::from_secs(1);

/// Where in a series of losses a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The first record is lost.
    Begins,
    /// The output works again.
    Over,
    /// The output ended meanwhile.
    Closed,
}

/// What is said of a series of losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) phase: Phase,
    pub(crate) reason: DropReason,
    /// How many records so far.
    pub(crate) records: u64,
}

/// Is told of losses, on a thread that holds no lock of ours.
pub(crate) type Announce = Arc<dyn Fn(Loss) + Send + Sync>;

/// The series of losses that goes on, if any, and what was not said of it yet.
#[derive(Debug, Default)]
pub(super) struct Losses {
    going_on: Option<(DropReason, u64, Instant)>,
    news: Option<Loss>,
}

impl Losses {
    /// Records are lost.
    pub(super) fn lost(&mut self, reason: DropReason, records: u64) {
        if records == 0 {
            return;
        }
        let now = Instant::now();
        match &mut self.going_on {
            Some((_, lost, last)) => (*lost, *last) = (*lost + records, now),
            None => {
                self.going_on = Some((reason, records, now));
                self.news = Some(Loss { phase: Phase::Begins, reason, records });
            }
        }
    }

    /// Whether there is a series that goes on.
    pub(super) fn go_on(&self) -> bool {
        self.going_on.is_some()
    }

    /// The output works; the series is over if nothing was lost for a while.
    pub(super) fn works(&mut self) {
        if self.going_on.is_some_and(|(_, _, last)| last.elapsed() >= QUIET) {
            self.finish(Phase::Over);
        }
    }

    /// The output has ended.
    pub(super) fn end(&mut self) {
        self.finish(Phase::Closed);
    }

    fn finish(&mut self, phase: Phase) {
        if let Some((reason, records, _)) = self.going_on.take() {
            self.news = Some(Loss { phase, reason, records });
        }
    }

    /// What was not said yet.
    pub(super) fn news(&mut self) -> Option<Loss> {
        self.news.take()
    }
}
