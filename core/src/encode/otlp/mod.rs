//! The OpenTelemetry protocol (OTLP 1.x) as protobuf and as JSON: records in pieces, and what makes a request of them.
//!
//! A record is a *piece*: complete, encoded by the thread that made it, never decoded again. A request is its pieces
//! sorted by scope or metric, and copied.

mod attributes;
mod error;
mod fields;
mod form;
mod group;
mod json;
mod lines;
mod log;
mod point;
mod protobuf;
mod requests;
mod resource;
mod room;
mod span;

pub use form::Encoding;
pub(crate) use lines::OtlpLines;
pub use requests::Requests;

use super::attributes::key::Rules;
use super::attributes::limits::Limits;
use super::record::{Encoder, Log, Point, Span};
use crate::stats::Counts;
use form::Form;
use json::Json;
use protobuf::Protobuf;
use std::marker::PhantomData;
use std::sync::Arc;

/// What every record's encoding needs to know.
#[derive(Debug)]
struct Pieces<F> {
    rules: Arc<Rules>,
    counts: Arc<Counts>,
    form: PhantomData<F>,
}

/// The encoder of records as pieces of requests in `encoding`; what it cuts is counted in `counts`.
#[must_use]
pub fn encoder(encoding: Encoding, rules: &Arc<Rules>, counts: &Arc<Counts>) -> Arc<dyn Encoder> {
    match encoding {
        Encoding::Protobuf => Pieces::<Protobuf>::shared(rules, counts),
        Encoding::Json => Pieces::<Json>::shared(rules, counts),
    }
}

impl<F: Form> Pieces<F> {
    fn shared(rules: &Arc<Rules>, counts: &Arc<Counts>) -> Arc<dyn Encoder> {
        Arc::new(Self { rules: Arc::clone(rules), counts: Arc::clone(counts), form: PhantomData })
    }

    fn limits(&self) -> &Limits {
        &self.rules.limits
    }
}

impl<F: Form> Encoder for Pieces<F> {
    fn id(&self) -> &str {
        F::ID
    }

    #[inline]
    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        if log::write::<F>(self.limits(), log, out) {
            self.counts.truncated.one();
        }
    }

    #[inline]
    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>) {
        if span::write::<F>(self.limits(), span, out) {
            self.counts.truncated.one();
        }
    }

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        point::write::<F>(point, out);
    }
}
