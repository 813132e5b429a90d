//! The output that drops after encoding.
//!
//! Not for switching telemetry off: `disabled` does that before anything is encoded.

use crate::buffer::sink::{Sink, Written};

/// Takes everything and keeps nothing.
#[derive(Debug)]
pub struct NullSink;

impl Sink for NullSink {
    fn write(&mut self, batch: &[u8]) -> Written {
        Written { bytes: batch.len(), failure: None }
    }

    fn is_prompt(&self) -> bool {
        true
    }
}
