//! Spans that are still open, noted beside an output for whoever comes after a crash.
//!
//! Not for spans that have ended: those are records like any other.

mod file;
mod parts;

use crate::buffer::records::Batch;
use std::fmt::Debug;

pub(in crate::output) use file::NoteFile;
pub(in crate::output) use parts::Parts;

/// Where an output keeps the records of spans that are open, in its own format.
pub trait Notes: Debug + Send + Sync {
    /// What `source` noted before gives way to these records; without any, nothing of it is kept.
    fn replace(&self, source: u64, records: &Batch<'_>);

    /// Nothing is noted there any more: other outputs take over.
    fn end(&self);
}
