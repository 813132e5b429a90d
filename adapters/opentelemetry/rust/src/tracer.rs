//! Starts spans for the OpenTelemetry API.
//!
//! Not for a span that is open: see `span`.

use crate::context::to_vigie;
use crate::span::{Span, kind_of, say_link};
use crate::values::{nanoseconds, write};
use opentelemetry::trace::SpanBuilder;
use opentelemetry::{Context, InstrumentationScope};
use vigie_core::{SpanStart, Telemetry};

/// A tracer provider of the OpenTelemetry API over Vigie.
#[derive(Debug, Clone)]
pub struct TracerProvider {
    telemetry: Telemetry,
}

impl TracerProvider {
    /// The provider over `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone() }
    }
}

impl opentelemetry::trace::TracerProvider for TracerProvider {
    type Tracer = Tracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> Tracer {
        Tracer { telemetry: self.telemetry.clone(), scope }
    }
}

/// A tracer of the OpenTelemetry API whose spans Vigie records.
#[derive(Debug, Clone)]
pub struct Tracer {
    telemetry: Telemetry,
    scope: InstrumentationScope,
}

impl opentelemetry::trace::Tracer for Tracer {
    type Span = Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        if parent.is_telemetry_suppressed() {
            return Span::suppressed();
        }
        let parent = to_vigie(parent);
        let start = SpanStart {
            kind: builder.span_kind.as_ref().map(kind_of).unwrap_or_default(),
            parent: Some(&parent),
            start_time_ns: builder.start_time.map(nanoseconds),
            scope: self.scope.name(),
            links: &[],
        };
        let mut span = self.telemetry.start_span_with_attributes(&builder.name, start, |writer| {
            write(writer, builder.attributes.iter().flatten());
        });
        for link in builder.links.iter().flatten() {
            say_link(&mut span, &link.span_context, &link.attributes);
        }
        for event in builder.events.iter().flatten() {
            let at = Some(nanoseconds(event.timestamp));
            span.add_event(&event.name, at, |writer| write(writer, &event.attributes));
        }
        Span::new(span)
    }
}
