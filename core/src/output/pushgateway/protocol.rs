//! What is pushed: the exposition of the moment, whole each time.

use crate::buffer::records::Batch;
use crate::encode::prometheus::{Escaping, Format};
use crate::encode::record::{Encoder, Log, Point, Span};
use crate::output::exporter::Export;
use crate::output::http::{Method, Protocol, Reply};
use crate::output::kind::Collection;
use crate::output::progress::Progress;
use std::sync::Arc;

/// Stands for each point in the queue and the books. A push that had to wait shows what is true when it is sent, not what
/// was true when it was asked for.
#[derive(Debug)]
pub(super) struct Mark;

impl Encoder for Mark {
    fn id(&self) -> &'static str {
        "pushgateway"
    }

    fn log(&self, _: &Log<'_>, _: &mut Vec<u8>) {}

    fn span(&self, _: &Span<'_>, _: &mut Vec<u8>) {}

    fn point(&self, _: &Point<'_>, out: &mut Vec<u8>) {
        out.push(b'\n');
    }
}

/// Requests of the whole exposition.
#[derive(Debug)]
pub(super) struct Exposed {
    method: Method,
    metrics: Arc<dyn Collection>,
}

impl Exposed {
    pub(super) fn new(method: Method, metrics: Arc<dyn Collection>) -> Self {
        Self { method, metrics }
    }
}

impl Protocol for Exposed {
    fn method(&self) -> Method {
        self.method
    }

    fn is_whole(&self) -> bool {
        true
    }

    fn content_type(&self) -> &'static str {
        "text/plain; version=0.0.4; charset=utf-8"
    }

    fn wanted(&self) -> &'static str {
        "a Pushgateway takes metrics below /metrics/job/..., which is added to the address, and has no path of its own \
         as a rule"
    }

    fn request(&mut self, _: &Batch<'_>, out: &mut Vec<u8>) {
        let text = self.metrics.exposition(Format::Prometheus, Escaping::Underscores);
        out.extend_from_slice(text.as_bytes());
    }

    fn accepted(&mut self, _: &Reply, _: &Batch<'_>, _: &Progress) -> Export {
        Export::Delivered
    }
}
