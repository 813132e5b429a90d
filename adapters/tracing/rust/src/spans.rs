//! Spans of `tracing` as spans of Vigie: how they start, what is said of them later.
//!
//! Not for which is current: see `entered`.

use crate::fields::{Fields, Keys, Of, Said, is_needed_at_start};
use std::cell::Cell;
use std::sync::{Mutex, PoisonError, TryLockError};
use tracing::span::{Attributes, Record};
use vigie_core::{AttributeWriter, Context, ErrorInfo, Link, Span, SpanKind, SpanStart, Status, Telemetry};

thread_local! {
    /// Whether this thread fills a span, and so may run the code by which values describe themselves.
    static FILLS: Cell<bool> = const { Cell::new(false) };
}

/// A span that is open, kept with what `tracing` keeps of its own.
#[derive(Debug)]
pub(crate) struct Open {
    context: Context,
    span: Mutex<Span>,
}

impl Open {
    /// Starts it below `parent`.
    pub(crate) fn start(
        telemetry: &Telemetry,
        scope: &str,
        attributes: &Attributes<'_>,
        parent: Context,
    ) -> Self {
        let metadata = attributes.metadata();
        let mut early = Said::default();
        let needs = metadata.fields().iter().any(|field| is_needed_at_start(field.name()));
        let parent =
            if needs { with_correlation(telemetry, attributes, &parent, &mut early) } else { parent };
        let start = SpanStart {
            kind: early.kind.as_deref().map_or(SpanKind::Internal, |kind| telemetry.span_kind(kind)),
            parent: Some(&parent),
            scope,
            ..SpanStart::default()
        };
        let name = early.name.as_deref().unwrap_or(metadata.name());
        let record = |fields: &mut Fields<'_, '_>| attributes.record(fields);
        let span = if telemetry.decides_by_attributes() {
            let mut said = Said::default();
            let mut span = telemetry.start_span_with_attributes(name, start, |writer| {
                write(writer, &mut said, Keys::Own, record);
            });
            tell(&mut span, said);
            span
        } else {
            // Values are not asked to describe themselves for a span that is not recorded.
            let mut span = telemetry.start_span(name, start);
            fill(&mut span, Keys::Own, record);
            span
        };
        Self { context: span.context().clone(), span: Mutex::new(span) }
    }

    /// What its children and records take as their context.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Fields that were recorded after its start.
    pub(crate) fn record(&self, values: &Record<'_>) {
        self.with(|span| fill(span, Keys::All, |fields| values.record(fields)));
    }

    pub(crate) fn follows(&self, other: &Self) {
        if let Some(other) = other.context.span {
            self.with(|span| span.add_link(&Link { span: other }, |_| {}));
        }
    }

    /// It failed with `error`.
    pub(crate) fn fail(&self, error: &ErrorInfo) {
        self.with(|span| fail(span, error));
    }

    pub(crate) fn end(&self) {
        self.with(|span| span.end(None));
    }

    /// Has `work` change the span, unless this very thread changes it already: a value that is being described may trace,
    /// and what it tells of the span that it is a part of is left out.
    fn with<R>(&self, work: impl FnOnce(&mut Span) -> R) {
        let mut span = match self.span.try_lock() {
            Ok(span) => span,
            Err(TryLockError::WouldBlock) if FILLS.get() => return,
            Err(_) => self.span.lock().unwrap_or_else(PoisonError::into_inner),
        };
        work(&mut span);
    }
}

fn fill(span: &mut Span, keys: Keys, record: impl FnOnce(&mut Fields<'_, '_>)) {
    if !span.is_recording() {
        return;
    }
    let mut said = Said::default();
    span.attributes(|writer| write(writer, &mut said, keys, record));
    tell(span, said);
}

fn write(
    writer: &mut AttributeWriter<'_>,
    said: &mut Said,
    keys: Keys,
    record: impl FnOnce(&mut Fields<'_, '_>),
) {
    let around = FILLS.replace(true);
    record(&mut Fields { of: Of::Span, writer, said, keys });
    FILLS.set(around);
}

/// Tells a span what its fields said that are no attributes.
fn tell(span: &mut Span, said: Said) {
    let Said { error, name, status, status_message, .. } = said;
    if let Some(name) = name {
        span.update_name(&name);
    }
    if let Some(error) = error {
        fail(span, &error);
    }
    match status.as_deref().map(Status::parse) {
        Some(Ok(status)) => span.set_status(status, status_message.as_deref()),
        _ if status_message.is_some() => span.set_status(Status::Error, status_message.as_deref()),
        _ => {}
    }
}

fn fail(span: &mut Span, error: &ErrorInfo) {
    span.record_exception(error, None, |_| {});
    span.set_status(Status::Error, Some(&error.status_message()));
}

/// `parent` with the correlation keys among the fields, which go along to everything below.
fn with_correlation(
    telemetry: &Telemetry,
    attributes: &Attributes<'_>,
    parent: &Context,
    said: &mut Said,
) -> Context {
    telemetry.context_with(parent, |writer| {
        attributes.record(&mut Fields { of: Of::Span, writer, said, keys: Keys::Correlation });
    })
}
