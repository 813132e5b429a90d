//! What a queue needs of the far side of an output.
//!
//! Not for the implementations: see `export`.

use crate::stats::DropReason;

/// How much of a batch arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Bytes that arrived, always a whole number of lines.
    pub bytes: usize,
    /// Why the rest did not, when it did not.
    pub failure: Option<DropReason>,
}

/// The far side of an output. Used by one thread at a time.
pub trait Sink: Send {
    /// Writes a batch of whole lines; returns when it is written or cannot be.
    fn write(&mut self, batch: &[u8]) -> Written;

    /// Whether writing never waits for a reader, so that a caller may write itself.
    fn is_prompt(&self) -> bool;
}
