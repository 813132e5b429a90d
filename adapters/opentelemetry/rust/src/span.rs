//! A span of Vigie as the OpenTelemetry API knows spans.
//!
//! Not for starting one: see `tracer`.

use crate::context::{ids_of, span_of};
use crate::values::{nanoseconds, write};
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanKind, Status};
use std::borrow::Cow;
use std::time::SystemTime;

/// A span of the OpenTelemetry API that Vigie records. Everything that is said to it is recorded at once. Dropped without an
/// end it ends then, as the API has it.
#[derive(Debug)]
pub struct Span {
    /// None where telemetry is suppressed.
    own: Option<vigie_core::Span>,
    ids: SpanContext,
}

impl Span {
    pub(crate) fn new(own: vigie_core::Span) -> Self {
        Self { ids: ids_of(own.context()), own: Some(own) }
    }

    pub(crate) fn suppressed() -> Self {
        Self { ids: SpanContext::NONE, own: None }
    }

    fn finish(&mut self, end_time_ns: Option<i64>) {
        if let Some(own) = &mut self.own {
            own.end(end_time_ns);
        }
    }
}

impl opentelemetry::trace::Span for Span {
    fn add_event_with_timestamp<T>(&mut self, name: T, timestamp: SystemTime, attributes: Vec<KeyValue>)
    where
        T: Into<Cow<'static, str>>,
    {
        if let Some(own) = &mut self.own {
            let at = Some(nanoseconds(timestamp));
            own.add_event(&name.into(), at, |writer| write(writer, &attributes));
        }
    }

    fn span_context(&self) -> &SpanContext {
        &self.ids
    }

    fn is_recording(&self) -> bool {
        self.own.as_ref().is_some_and(vigie_core::Span::is_recording)
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        self.set_attributes([attribute]);
    }

    fn set_attributes(&mut self, attributes: impl IntoIterator<Item = KeyValue>) {
        if self.is_recording()
            && let Some(own) = &mut self.own
        {
            own.attributes(|writer| attributes.into_iter().for_each(|attribute| write(writer, [&attribute])));
        }
    }

    fn set_status(&mut self, status: Status) {
        if let Some(own) = &mut self.own {
            say_status(own, &status);
        }
    }

    fn update_name<T>(&mut self, new_name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        if let Some(own) = &mut self.own {
            own.update_name(&new_name.into());
        }
    }

    fn add_link(&mut self, span_context: SpanContext, attributes: Vec<KeyValue>) {
        if let Some(own) = &mut self.own {
            say_link(own, &span_context, &attributes);
        }
    }

    fn end(&mut self) {
        self.finish(None);
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        self.finish(Some(nanoseconds(timestamp)));
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        self.finish(None);
    }
}

/// Tells a span of Vigie its status (OpenTelemetry Trace API, "Set Status").
pub(crate) fn say_status(span: &mut vigie_core::Span, status: &Status) {
    match status {
        Status::Unset => {}
        Status::Ok => span.set_status(vigie_core::Status::Ok, None),
        Status::Error { description } => {
            let description = Some(description.as_ref()).filter(|text| !text.is_empty());
            span.set_status(vigie_core::Status::Error, description);
        }
    }
}

/// Tells a span of Vigie another one that it relates to; one without valid ids is none.
pub(crate) fn say_link(span: &mut vigie_core::Span, ids: &SpanContext, attributes: &[KeyValue]) {
    if let Some(other) = span_of(ids) {
        span.add_link(&vigie_core::Link { span: other }, |writer| write(writer, attributes));
    }
}

pub(crate) fn kind_of(kind: &SpanKind) -> vigie_core::SpanKind {
    match kind {
        SpanKind::Internal => vigie_core::SpanKind::Internal,
        SpanKind::Server => vigie_core::SpanKind::Server,
        SpanKind::Client => vigie_core::SpanKind::Client,
        SpanKind::Producer => vigie_core::SpanKind::Producer,
        SpanKind::Consumer => vigie_core::SpanKind::Consumer,
    }
}
