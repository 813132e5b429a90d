//! Finished records of several signals, in order, once for each format in use.

use super::records::{Batch, Records};
use crate::encode::record::Encoder;
use crate::model::signal::{Signal, SignalSet};
use std::sync::Arc;

/// A format in use, and the signals that any of its outputs takes.
#[derive(Debug, Clone)]
pub struct Format {
    /// Makes the bytes.
    pub encoder: Arc<dyn Encoder>,
    /// What they are made of.
    pub wanted: SignalSet,
}

/// Finished records in every format in use.
#[derive(Debug, Default)]
pub struct RenderedBatch {
    records: Vec<(Format, Records)>,
    is_of_notes: bool,
    moved_logs: i64,
    moved_spans: i64,
}

impl RenderedBatch {
    /// An empty batch that takes the bytes of `formats`.
    #[must_use]
    pub fn new(formats: Vec<Format>) -> Self {
        let records = formats.into_iter().map(|format| (format, Records::default())).collect();
        Self { records, ..Self::default() }
    }

    /// Likewise, for notes of spans that are open, which are no records yet.
    #[must_use]
    pub fn of_notes(formats: Vec<Format>) -> Self {
        Self { is_of_notes: true, ..Self::new(formats) }
    }

    /// Whether it holds notes.
    #[must_use]
    pub fn is_of_notes(&self) -> bool {
        self.is_of_notes
    }

    /// Counts records that are here though they came before those that this batch is of, less those of these that are not:
    /// they wait elsewhere, or nobody wants them.
    pub fn add_moved(&mut self, signal: Signal, records: i64) {
        match signal {
            Signal::Logs => self.moved_logs += records,
            Signal::Spans => self.moved_spans += records,
            Signal::Metrics => {}
        }
    }

    /// How many there are for an output that takes `wanted`.
    #[must_use]
    pub fn moved(&self, wanted: SignalSet) -> i64 {
        let of = |signal, count| if wanted.has(signal) { count } else { 0 };
        of(Signal::Logs, self.moved_logs) + of(Signal::Spans, self.moved_spans)
    }

    /// Appends a record, which `encode` encodes once for each format that wants it.
    pub fn push(&mut self, signal: Signal, encode: impl Fn(&dyn Encoder, &mut Vec<u8>)) {
        for (format, records) in &mut self.records {
            if format.wanted.has(signal) {
                records.encode(signal, |out| encode(&*format.encoder, out));
            }
        }
    }

    /// The records in the format whose encoder has this id.
    #[must_use]
    pub fn in_format(&self, id: &str) -> Option<Batch<'_>> {
        self.records.iter().find(|(format, _)| format.encoder.id() == id).map(|(_, records)| records.batch())
    }
}
