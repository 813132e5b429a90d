//! How much of a record is kept.
//!
//! Not for where the cuts happen: the attribute writer and the formats make them.

use std::time::Duration;

/// Hard bound of `depth`, so that no configuration can exhaust a stack.
pub const HARD_DEPTH: usize = 64;

/// The document's `limits`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Attributes of a record and members of a map.
    pub attributes: usize,
    /// Containers inside one another, at most [`HARD_DEPTH`].
    pub depth: usize,
    /// Values of a record, containers included.
    pub nodes: usize,
    /// Bytes of a key.
    pub key_bytes: usize,
    /// Bytes of a string.
    pub string_bytes: usize,
    /// Bytes of a line, its newline included.
    pub line_bytes: usize,
    /// Events of a span.
    pub events: usize,
    /// Links of a span.
    pub links: usize,
    /// Spans open at a time.
    pub open_spans: u64,
    /// Series of one instrument.
    pub series_per_instrument: usize,
    /// Series of the process.
    pub series_per_process: usize,
    /// Bytes that wait in one output's buffer.
    pub buffer_bytes: usize,
    /// How long shutdown may take.
    pub shutdown: Duration,
}

/// How far behind the limit on strings redaction looks, so that a secret which the limit would cut is known as one.
const LOOK_AHEAD_BYTES: usize = 16 * 1024;

impl Limits {
    /// How much of a text is looked at, in bytes or in whatever units are not shorter: a host need not hand over more.
    #[must_use]
    pub const fn text_bytes(&self) -> usize {
        self.string_bytes + LOOK_AHEAD_BYTES
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attributes: 128,
            depth: 32,
            nodes: 4096,
            key_bytes: 256,
            string_bytes: 64 * 1024,
            line_bytes: 256 * 1024,
            events: 128,
            links: 128,
            open_spans: 10_000,
            series_per_instrument: 2_000,
            series_per_process: 20_000,
            buffer_bytes: 4 * 1024 * 1024,
            shutdown: Duration::from_secs(5),
        }
    }
}
