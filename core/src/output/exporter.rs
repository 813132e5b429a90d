//! The far side of an output: what takes its batches, and what it may answer.

use super::notes::Notes;
use super::onward::Onward;
use super::progress::Progress;
use crate::buffer::records::Batch;
use crate::stats::DropReason;
use serde_json::{Map, Value};
use std::fmt::Debug;
use std::sync::Arc;
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
    /// Nothing of it arrived, since it is too large as a whole: it comes again in halves. A single record is lost.
    Split,
}

/// How a far side wants to be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long a small batch waits for more.
    pub gather: Duration,
    /// From this size on nothing is waited for.
    pub enough_bytes: usize,
    /// How many records a batch may have.
    pub most_records: u64,
    /// How many bytes a batch may have; a larger record is a batch alone.
    pub most_bytes: usize,
}

impl Default for Pace {
    /// Of a far side on this machine: soon, and all that there is.
    fn default() -> Self {
        Self {
            gather: Duration::from_millis(10),
            enough_bytes: 128 * 1024,
            most_records: u64::MAX,
            most_bytes: usize::MAX,
        }
    }
}

/// The part of an output that its far side asks, at any time and on other threads than the exporter is used by.
pub trait Endpoint: Debug + Send + Sync {
    /// Ends it: nobody is answered from now on, and what it held of the system is given back.
    fn close(&self);

    /// Whether it can be asked.
    fn is_healthy(&self) -> bool;

    /// What `stats()` says of it beside the books.
    fn report(&self) -> Map<String, Value>;
}

/// The far side of an output. Used by one thread at a time.
pub trait Exporter: Send {
    /// Hands a batch of whole records on; returns when it is known what became of it. Where the far side takes it
    /// in parts, `progress` is told of each.
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export;

    /// How it wants to be served. Asked once.
    fn pace(&self) -> Pace {
        Pace::default()
    }

    /// Whether exporting never waits for a reader, so that the thread that records may do it itself.
    fn is_prompt(&self) -> bool {
        false
    }

    /// Whether the far side says of a batch that it has arrived. Without that, what was sent counts as delivered.
    fn is_answered(&self) -> bool {
        true
    }

    /// What others ask of it, if anybody does.
    fn endpoint(&self) -> Option<Arc<dyn Endpoint>> {
        None
    }

    /// Where it is told what becomes of records that it called delivered and keeps, for example on a disk. Asked once.
    fn onward(&self) -> Option<Arc<Onward>> {
        None
    }

    /// Where spans that are still open are noted for whoever comes after a crash, if anywhere. Asked once.
    fn notes(&self) -> Option<Arc<dyn Notes>> {
        None
    }

    /// Nothing is exported any more.
    fn close(&mut self) {}
}
