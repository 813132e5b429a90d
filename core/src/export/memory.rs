//! Lines kept in memory, for tests and for `capture`.
//!
//! Not a buffer on the way elsewhere: see `buffer::queue`.

use crate::buffer::sink::{Sink, Written};
use crate::stats::DropReason;
use std::sync::{Arc, Mutex, PoisonError};

/// What memory outputs keep at most; a forgotten one must not eat the process.
const BOUND_BYTES: usize = 32 * 1024 * 1024;

/// The lines of one memory output.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Vec<u8>>>);

impl MemoryStore {
    /// All lines so far, without their newlines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

/// Appends to a [`MemoryStore`].
#[derive(Debug)]
pub struct MemorySink(pub MemoryStore);

impl Sink for MemorySink {
    fn write(&mut self, batch: &[u8]) -> Written {
        let mut bytes = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes.len() + batch.len() > BOUND_BYTES {
            return Written { bytes: 0, failure: Some(DropReason::Full) };
        }
        bytes.extend_from_slice(batch);
        Written { bytes: batch.len(), failure: None }
    }

    fn is_prompt(&self) -> bool {
        true
    }
}
