//! Finished spans of the official SDK into Vigie.

use super::{flush, taken};
use crate::context::span_of;
use crate::span::{kind_of, say_link, say_status};
use crate::values::{nanoseconds, write};
use opentelemetry::SpanId;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::SpanData;
use std::time::Duration;
use vigie_core::host::{Parent, with_trace_state};
use vigie_core::{Context, SpanStart, Telemetry};

/// How long a flush waits that was given no time.
const FLUSH: Duration = Duration::from_secs(5);

/// An exporter of finished spans into Vigie. It never waits for a network, so that `SimpleSpanProcessor` is enough.
///
/// The resource is that of Vigie's configuration: [`config`](super::config) makes one of the SDK's.
#[derive(Debug, Clone)]
pub struct SpanExporter {
    telemetry: Telemetry,
}

impl SpanExporter {
    /// The exporter into `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone() }
    }
}

impl opentelemetry_sdk::trace::SpanExporter for SpanExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter().for_each(|span| record(&self.telemetry, span));
        taken(&self.telemetry)
    }

    fn force_flush(&self) -> OTelSdkResult {
        flush(&self.telemetry, FLUSH)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        flush(&self.telemetry, timeout)
    }
}

fn record(telemetry: &Telemetry, data: &SpanData) {
    let Some(ids) = span_of(&data.span_context) else { return };
    let around = with_trace_state(&Context::root(), &data.span_context.trace_state().header());
    let start = SpanStart {
        kind: kind_of(&data.span_kind),
        parent: Some(&around),
        start_time_ns: Some(nanoseconds(data.start_time)),
        scope: data.instrumentation_scope.name(),
        links: &[],
    };
    let parent = Parent { span_id: data.parent_span_id, is_remote: Some(data.parent_span_is_remote) };
    let parent = Some(parent).filter(|parent| parent.span_id != SpanId::INVALID);
    let mut span = telemetry.start_span_with(&data.name, start, ids, parent);
    span.attributes(|writer| write(writer, &data.attributes));
    for event in data.events.iter() {
        let at = Some(nanoseconds(event.timestamp));
        span.add_event(&event.name, at, |writer| write(writer, &event.attributes));
    }
    for link in data.links.iter() {
        say_link(&mut span, &link.span_context, &link.attributes);
    }
    span.add_dropped(data.events.dropped_count, data.links.dropped_count);
    telemetry.count_truncated(u64::from(data.dropped_attributes_count));
    say_status(&mut span, &data.status);
    span.end(Some(nanoseconds(data.end_time)));
}
