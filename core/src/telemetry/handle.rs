//! Telemetry as its users hold it: the way to loggers, spans, instruments and what became of records.
//!
//! Not for its beginning and end (see `lifecycle`) nor for what only bindings ask (see `host`).

use super::books;
use super::capture::Capture;
use super::state::{self, State};
use crate::api::error_scribe::ErrorScribe;
use crate::api::hub::Hub;
use crate::api::logger::Logger;
use crate::api::meter::{Meter, MeterHome};
use crate::api::span_start::SpanStart;
use crate::api::tracer::Span;
use crate::config;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::jsonl::JsonLines;
use crate::encode::prometheus::{Escaping, Format};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, FieldSet};
use std::fmt;
use std::sync::Arc;

/// Telemetry with a configuration of its own, or the process's, see [`super::host::global`]. Cheap to clone.
#[derive(Clone)]
pub struct Telemetry {
    pub(crate) hub: Arc<Hub>,
    pub(super) state: Arc<State>,
}

/// Without what it is configured with and what it holds, where there may be secrets.
impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").finish_non_exhaustive()
    }
}

impl Telemetry {
    pub(super) fn unconfigured() -> Self {
        let state = Arc::new(State::default());
        let hub = Arc::new_cyclic(|hub| {
            Hub::new(Box::new(state::Builder { state: Arc::clone(&state), hub: hub.clone() }))
        });
        Self { hub, state }
    }

    /// Configures from the environment if nothing did so far. Never fails: where the environment
    /// holds mistakes, defaults apply and one line on standard error says so.
    pub fn ensure(&self) {
        drop(self.hub.live());
    }

    /// Whether it was shut down: what is recorded now is refused and booked.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.hub.is_closed()
    }

    /// The logger `name`; creating one is not use.
    #[must_use]
    pub fn logger(&self, name: &str) -> Logger {
        Logger::new(Arc::clone(&self.hub), name)
    }

    /// Starts a span.
    #[inline]
    #[must_use]
    pub fn start_span(&self, name: &str, start: SpanStart<'_>) -> Span {
        Span::start(&self.hub, name, start)
    }

    /// Starts a span with the attributes that `fill` writes. Rules of the setting `sample` that ask for attributes see these,
    /// and none that are set later.
    #[inline]
    #[must_use]
    pub fn start_span_with_attributes(
        &self,
        name: &str,
        start: SpanStart<'_>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) -> Span {
        Span::start_with(&self.hub, name, start, fill)
    }

    /// Attributes of a span, for one that is started later.
    pub(crate) fn span_attributes(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Attributes {
        let mut written = Attributes::default();
        fill(&mut self.hub.live().span_writer(&mut written));
        written
    }

    /// Creates instruments; creating one is not use.
    #[must_use]
    pub fn meter(&self) -> Meter {
        Meter::new(Arc::clone(&self.hub) as Arc<dyn MeterHome>)
    }

    /// `base` with the correlation keys and attributes that `fill` writes.
    #[must_use]
    pub fn context_with(&self, base: &Context, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Context {
        let pipeline = self.hub.live();
        let mut added = Attributes::default();
        fill(&mut AttributeWriter::new(&mut added, &pipeline.rules, &pipeline.counts, Target::Log));
        let mut carried = base.carried_owned();
        carried.fields = FieldSet::merged(Some(&carried.fields), &added);
        base.with_carried(carried)
    }

    /// Runs `work` with what writes attributes of errors, if exceptions that spans record become log records: an event of a
    /// span has no place for those.
    pub fn with_exception_scribe<R>(&self, work: impl FnOnce(Option<ErrorScribe<'_>>) -> R) -> R {
        let pipeline = self.hub.live();
        work(pipeline.exceptions.has_log().then(|| ErrorScribe::under(&pipeline)))
    }

    /// What TRACEPARENT, TRACESTATE and BAGGAGE said at initialisation.
    #[must_use]
    pub fn initial_context(&self) -> Context {
        self.ensure();
        self.state.initial_context()
    }

    /// The exposition of all instruments: Prometheus text 0.0.4, or OpenMetrics 1.0.
    #[must_use]
    pub fn metrics_text(&self, openmetrics: bool) -> String {
        let format = if openmetrics { Format::OpenMetrics } else { Format::Prometheus };
        self.hub.measuring().exposition_text(format, Escaping::default())
    }

    /// The metric lines as they are now, one a series, each ended by a newline: what an output that
    /// takes metrics gets at a flush. Configures if nothing did so far.
    #[must_use]
    pub fn metric_lines(&self) -> String {
        let pipeline = self.hub.live();
        let encoder = JsonLines::new(&pipeline.resource, &pipeline.rules, &pipeline.counts);
        let lines = pipeline.encoded_points(&encoder);
        // Lines are made of checked names and re-encoded strings; lossy only to need no promise here.
        String::from_utf8_lossy(&lines).into_owned()
    }

    /// Keeps a copy of every line until the capture is dropped, for users' tests.
    #[must_use]
    pub fn capture(&self) -> Capture {
        Capture::start(&self.hub)
    }

    /// The lines that outputs keep in memory for whoever asks.
    #[must_use]
    pub fn memory_lines(&self) -> Vec<String> {
        let pipeline = self.hub.peek();
        let kept = pipeline.lanes.outputs().iter().filter_map(|output| output.kept());
        kept.flat_map(|kept| kept.lines()).collect()
    }

    /// The books of every output and the process's counters, as a JSON object.
    #[must_use]
    pub fn stats_json(&self) -> String {
        books::to_json(&self.hub.peek())
    }

    /// The settings in force, if any.
    #[must_use]
    pub fn settings(&self) -> Option<Arc<config::Settings>> {
        self.state.settings()
    }
}
