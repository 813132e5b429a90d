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
pub struct RenderedBatch(Vec<(Format, Records)>);

impl RenderedBatch {
    /// An empty batch that takes the bytes of `formats`.
    #[must_use]
    pub fn new(formats: Vec<Format>) -> Self {
        Self(formats.into_iter().map(|format| (format, Records::default())).collect())
    }

    /// Appends a record, which `encode` encodes once for each format that wants it.
    pub fn push(&mut self, signal: Signal, encode: impl Fn(&dyn Encoder, &mut Vec<u8>)) {
        for (format, records) in &mut self.0 {
            if format.wanted.has(signal) {
                records.encode(signal, |out| encode(&*format.encoder, out));
            }
        }
    }

    /// The records in the format whose encoder has this id.
    #[must_use]
    pub fn in_format(&self, id: &str) -> Option<Batch<'_>> {
        self.0.iter().find(|(format, _)| format.encoder.id() == id).map(|(_, records)| records.batch())
    }
}
