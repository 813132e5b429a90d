//! What a spool sends through, and who it does that for.

use crate::model::signal::Signal;
use crate::output::exporter::Exporter;

/// A far side that can also speak for a process that is gone.
pub(in crate::output) trait Relay: Exporter {
    /// What its batches need beside their bytes to be sent by another process.
    fn origin(&self) -> Vec<u8>;

    /// From now on batches are those of a process that left this behind.
    fn speak_for(&mut self, origin: &[u8]);

    /// Appends a record in the form in which it is exported, with its id where the far side has a place for one: the
    /// same record has the same one whenever it comes.
    fn identify(&self, signal: Signal, record: &[u8], id: &str, out: &mut Vec<u8>);
}

/// Who an output is, as far as it matters whose records it may send.
#[derive(Clone, Debug)]
pub(in crate::output) struct Identity {
    /// How the books call it.
    pub(super) label: String,
    /// Where its records go and how they are encoded: an output with the same key may send them.
    pub(super) key: String,
}

impl Identity {
    /// An output that sends records of a format to a destination, which may hold a secret and is not written down.
    pub(in crate::output) fn new(label: String, format: &str, destination: &str) -> Self {
        Self { label, key: format!("{format} {:08x}", crc32fast::hash(destination.as_bytes())) }
    }
}
