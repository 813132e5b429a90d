//! Lines of OTLP's JSON: each record as a whole request on a line of its own, as the specification's file exporter
//! writes them and a collector's file receiver reads them.

use super::{Encoding, Requests, encoder};
use crate::encode::attributes::key::Rules;
use crate::encode::record::{Encoder, Log, Point, Span};
use crate::model::resource::Resource;
use crate::model::signal::Signal;
use crate::stats::Counts;
use std::sync::Arc;

/// The encoder of such lines.
#[derive(Debug)]
pub(crate) struct OtlpLines {
    pieces: Arc<dyn Encoder>,
    requests: Requests,
}

impl OtlpLines {
    /// For a process that is `resource`.
    pub(crate) fn new(resource: &Resource, rules: &Arc<Rules>, counts: &Arc<Counts>) -> Self {
        let pieces = encoder(Encoding::Json, rules, counts);
        Self { pieces, requests: Requests::new(Encoding::Json, resource) }
    }

    fn line(&self, signal: Signal, out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
        let mut piece = Vec::new();
        fill(&mut piece);
        self.requests.write_body(signal, std::iter::once(piece.as_slice()), out);
        out.push(b'\n');
    }
}

impl Encoder for OtlpLines {
    fn id(&self) -> &str {
        "otlp-json-lines"
    }

    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        self.line(Signal::Logs, out, |piece| self.pieces.log(log, piece));
    }

    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>) {
        self.line(Signal::Spans, out, |piece| self.pieces.span(span, piece));
    }

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        self.line(Signal::Metrics, out, |piece| self.pieces.point(point, piece));
    }
}
