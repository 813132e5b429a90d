//! The far side of an output: what takes its batches, and what it may answer.

use crate::buffer::records::Batch;
use crate::stats::DropReason;
use serde_json::{Map, Value};
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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

/// What an exporter and the threads that wait for it tell each other while a batch is on its way.
#[derive(Debug, Default)]
pub struct Progress {
    moves: AtomicU64,
    ended: AtomicBool,
}

impl Progress {
    /// The far side has accepted something, if only a part of the batch. Who waits for it goes on waiting.
    pub fn moved(&self) {
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the output was closed: an exporter that waits for its far side gives up what is not accepted by now.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// A number that changes whenever the far side moves.
    pub(super) fn so_far(&self) -> u64 {
        self.moves.load(Ordering::Relaxed)
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
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

    /// Whether exporting never waits for a reader, so that the thread that records may do it itself.
    fn is_prompt(&self) -> bool {
        false
    }

    /// What others ask of it, if anybody does.
    fn endpoint(&self) -> Option<Arc<dyn Endpoint>> {
        None
    }

    /// How many of the records that it called delivered are kept for later, for example on a disk.
    fn spooled(&self) -> u64 {
        0
    }
}
