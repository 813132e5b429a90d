//! What became of runs.

use crate::stats::Count;

/// What became of runs so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunCounts {
    /// Runs that are open.
    pub open: u64,
    /// Runs ended because nothing was heard of them for too long.
    pub swept: u64,
    /// Runs ended because the run that they were a part of ended.
    pub orphaned: u64,
    /// Runs not recorded because too many were open.
    pub refused: u64,
    /// Runs without a span because their outermost run has so many.
    pub left_out: u64,
    /// Callbacks that named a run that is not open, or started one that is.
    pub unmatched: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) swept: Count,
    pub(super) orphaned: Count,
    pub(super) refused: Count,
    pub(super) left_out: Count,
    pub(super) unmatched: Count,
}

impl Counts {
    pub(super) fn read(&self, open: usize) -> RunCounts {
        RunCounts {
            open: open as u64,
            swept: self.swept.get(),
            orphaned: self.orphaned.get(),
            refused: self.refused.get(),
            left_out: self.left_out.get(),
            unmatched: self.unmatched.get(),
        }
    }
}
