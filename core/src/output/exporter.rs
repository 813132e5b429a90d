//! What an output needs of its far side.

use crate::buffer::records::Batch;
use crate::stats::DropReason;
use std::time::Duration;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// All of it arrived.
    Delivered,
    /// Some of it arrived, the others are lost.
    Partial {
        /// How many records arrived.
        delivered: u64,
        /// Why the others did not.
        reason: DropReason,
    },
    /// Nothing of it arrived yet: the same batch comes again after this time.
    Retry(Duration),
    /// Nothing of it arrived, and it shall not come again.
    Refused(DropReason),
}

/// The far side of an output. Used by one thread at a time.
pub trait Exporter: Send {
    /// Hands a batch of whole records on; returns when it is known what became of it.
    fn export(&mut self, batch: &Batch<'_>) -> Export;

    /// Whether exporting never waits for a reader, so that the thread that records may do it itself.
    fn is_prompt(&self) -> bool {
        false
    }

    /// How many of the records that it called delivered are kept for later, on a disk for one.
    fn spooled(&self) -> u64 {
        0
    }
}
