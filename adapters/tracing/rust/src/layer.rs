//! What `tracing` tells a layer, handed to Vigie.
//!
//! Not for what is told at all: see `levels`.

use crate::entered;
use crate::fields::{Fields, Keys, Of, Said};
use crate::levels::severity_of;
use crate::spans::Open;
use std::sync::Arc;
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as Around;
use tracing_subscriber::registry::LookupSpan;
use vigie_core::host::{Loggers, guard, with_text};
use vigie_core::{Context, Severity, Telemetry};

/// How the names of events begin that were given none.
const UNNAMED: &str = "event ";

/// Makes Vigie's spans and log records of `tracing`'s spans and events. Made by [`layer`](crate::layer).
///
/// Nothing of it panics: what a value throws while it is shown is caught and counted in the books' `internal_panics`.
#[derive(Debug)]
pub struct VigieLayer {
    telemetry: Telemetry,
    loggers: Arc<Loggers>,
}

impl VigieLayer {
    pub(crate) fn new(telemetry: Telemetry, loggers: Arc<Loggers>) -> Self {
        Self { telemetry, loggers }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for VigieLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, around: Around<'_, S>) {
        guard((), || {
            let parent = context_of(attributes.parent(), attributes.is_root(), &around);
            let open = self.loggers.with(attributes.metadata().target(), |logger| {
                Open::start(&self.telemetry, logger.name(), attributes, parent)
            });
            if let Some(span) = around.span(id) {
                span.extensions_mut().replace(Arc::new(open));
            }
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, around: Around<'_, S>) {
        guard((), || {
            if let Some(open) = open_in(&around, id) {
                open.record(values);
            }
        });
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, around: Around<'_, S>) {
        guard((), || {
            if let (Some(open), Some(other)) = (open_in(&around, id), open_in(&around, follows)) {
                open.follows(&other);
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, around: Around<'_, S>) {
        guard((), || match event.normalized_metadata() {
            None => self.record(event, event.metadata().target(), Of::Event, &around),
            Some(said) => self.record(event, said.target(), Of::LogEvent, &around),
        });
    }

    fn on_enter(&self, id: &Id, around: Around<'_, S>) {
        guard((), || {
            if let Some(open) = open_in(&around, id) {
                entered::enter(id, open.context().clone());
            }
        });
    }

    fn on_exit(&self, id: &Id, _around: Around<'_, S>) {
        guard((), || entered::exit(id));
    }

    fn on_close(&self, id: Id, around: Around<'_, S>) {
        guard((), || {
            if let Some(open) = open_in(&around, &id) {
                open.end();
            }
        });
    }
}

impl VigieLayer {
    fn record<S>(&self, event: &Event<'_>, target: &str, of: Of, around: &Around<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let severity = severity_of(event.metadata());
        let context = context_of(event.parent(), event.is_root(), around);
        with_text(|text| {
            let mut said = Said { message: std::mem::take(text), ..Said::default() };
            self.loggers.with(target, |logger| {
                let Some(mut record) = logger.record(severity) else { return };
                let mut writer = record.attributes();
                let name = event.metadata().name();
                if of == Of::Event && !name.starts_with(UNNAMED) {
                    writer.attr("event", name);
                }
                event.record(&mut Fields { of, writer: &mut writer, said: &mut said, keys: Keys::All });
                drop(writer);
                if let Some(error) = &said.error {
                    record.error(error.clone());
                }
                record.set_context(&context);
                record.message(&said.message);
                record.emit();
            });
            if let (Some(error), Severity::ERROR) = (&said.error, severity) {
                // It is how `#[instrument(err)]` says that the span failed.
                let span = around.event_span(event);
                if let Some(open) = span.and_then(|span| open_in(around, &span.id())) {
                    open.fail(error);
                }
            }
            *text = said.message;
        });
    }
}

/// The context that a span starts in or an event happens in: its parent's where it was given one, none for a root, and
/// mostly the current one, which may be of Vigie's own face or of another bridge.
fn context_of<S>(parent: Option<&Id>, is_root: bool, around: &Around<'_, S>) -> Context
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if is_root {
        return Context::root();
    }
    let given = parent.and_then(|id| open_in(around, id));
    given.map_or_else(Context::current, |open| open.context().clone())
}

/// What is kept of an open span. Nothing is done while `tracing` holds its lock.
fn open_in<S>(around: &Around<'_, S>, id: &Id) -> Option<Arc<Open>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    around.span(id)?.extensions().get::<Arc<Open>>().cloned()
}
