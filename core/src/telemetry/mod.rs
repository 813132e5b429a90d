//! Telemetry as a whole: set-up, life cycle, and the way to loggers, spans and instruments.
//!
//! Nothing here encodes or writes; it puts the lower floors together.

mod books;
mod build;
mod capture;
mod lifecycle;
mod metric_push;
mod propagate;
mod state;

use crate::api::hub::Hub;
use crate::api::logger::Logger;
use crate::api::meter::{Meter, MeterHome};
use crate::api::tracer::{Span, SpanStart};
use crate::buffer::deferred::Deferred;
use crate::buffer::rendered::RenderedBatch;
use crate::config::{Config, Environment};
use crate::encode::attribute_writer::{AttributeWriter, Target};
use crate::encode::key::Key;
use crate::encode::prometheus::Format;
use crate::error::Result;
use crate::model::attributes::Attributes;
use crate::model::context::{Context, FieldSet, SpanContext};
use crate::model::ids::{SpanId, TraceId};
use crate::{config, generation};
use state::State;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

pub use capture::Capture;

/// A batch that a binding collected and that is rendered on a worker thread.
pub trait DeferredBatch: Send {
    /// Makes the lines, through the same loggers and spans as everybody.
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch);

    /// How many log records and how many spans it holds.
    fn records(&self) -> (u64, u64);

    /// About how many bytes it takes.
    fn size_hint_bytes(&self) -> usize;
}

/// Telemetry with a configuration of its own, or the process's, see [`global`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Telemetry {
    hub: Arc<Hub>,
    state: Arc<State>,
}

static GLOBAL: LazyLock<Telemetry> = LazyLock::new(Telemetry::unconfigured);

/// The process-wide telemetry. Until `init` or the first record it has no configuration, reads
/// nothing and starts nothing.
#[must_use]
pub fn global() -> &'static Telemetry {
    &GLOBAL
}

/// Tells Vigie that this process is a forked child. Async-signal-safe: one atomic increment.
pub fn after_fork_in_child() {
    generation::advance();
}

impl Telemetry {
    fn unconfigured() -> Self {
        let state = Arc::new(State::default());
        let hub = Arc::new_cyclic(|hub| {
            Hub::new(Box::new(state::Builder { state: Arc::clone(&state), hub: hub.clone() }))
        });
        Self { hub, state }
    }

    /// Telemetry of its own, configured.
    ///
    /// # Errors
    /// Every mistake of the configuration at once, or an output that cannot be opened.
    pub fn new(config: Config) -> Result<Self> {
        let (settings, environment) = config.resolve()?;
        let telemetry = Self::unconfigured();
        telemetry.start(settings, &environment)?;
        Ok(telemetry)
    }

    /// Configures from the environment if nothing did so far. Never fails: where the environment
    /// holds mistakes, defaults apply and one line on standard error says so.
    pub fn ensure(&self) {
        drop(self.hub.live());
    }

    /// [`Self::ensure`] with a host's own copy of the environment.
    pub fn ensure_with(&self, environment: Environment) {
        self.use_environment(environment);
        self.ensure();
    }

    /// Has first use read a host's own copy of the environment in place of the process's.
    pub fn use_environment(&self, environment: Environment) {
        self.state.set_host_environment(environment);
    }

    /// Has `hook` run once, right after the first configuration, on the thread that caused it.
    ///
    /// For bindings: their process hooks are part of the first use, not of loading.
    pub fn on_configured(&self, hook: impl Fn() + Send + Sync + 'static) {
        self.hub.on_configured(Box::new(hook));
    }

    /// Counts strings that a face made well-formed before the writer saw them.
    pub fn count_sanitized(&self, strings: u64) {
        self.hub.peek().counts.sanitized_utf8.add(strings);
    }

    /// The setting `limits.open_spans`, for faces that keep open spans on behalf of their callers.
    #[must_use]
    pub fn open_spans_limit(&self) -> u64 {
        self.hub.live().rules.limits.open_spans
    }

    /// Changes after fork and when telemetry opens anew after shutdown.
    #[must_use]
    pub fn generation(&self) -> u64 {
        generation::current()
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
        Span::start(&self.hub.live(), name, start)
    }

    /// Starts a span whose identifiers were made elsewhere; `ids.flags` says whether it is recorded.
    #[must_use]
    pub fn start_span_with(
        &self,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent_span_id: Option<SpanId>,
    ) -> Span {
        Span::start_as(&self.hub.live(), name, start, ids, parent_span_id)
    }

    /// One reading of the clock, nanoseconds since 1970-01-01 UTC, for hosts that stamp records themselves.
    /// Under `testing` it moves the clock by a step, as every reading does.
    #[must_use]
    pub fn clock_reading_ns(&self) -> i64 {
        self.hub.live().clock.wall_ns()
    }

    /// A new span id, and before it a new trace id for a root span, for hosts that make spans themselves.
    #[must_use]
    pub fn new_ids(&self, is_root: bool) -> (Option<TraceId>, SpanId) {
        let pipeline = self.hub.live();
        (is_root.then(|| pipeline.ids.trace_id()), pipeline.ids.span_id())
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

    /// What TRACEPARENT, TRACESTATE and BAGGAGE said at initialisation.
    #[must_use]
    pub fn initial_context(&self) -> Context {
        self.ensure();
        self.state.initial_context()
    }

    /// Lends what [`Self::initial_context`] gives; the empty one as long as nothing is configured.
    pub fn with_initial_context<T>(&self, use_it: impl FnOnce(&Context) -> T) -> T {
        self.state.with_initial_context(use_it)
    }

    /// Resolves a key; valid while [`Self::rules_epoch`] stays what it is.
    #[must_use]
    pub fn key(&self, text: &str) -> Arc<Key> {
        Arc::new(self.hub.peek().rules.key(text))
    }

    /// Changes whenever resolved keys become stale.
    #[inline]
    #[must_use]
    pub fn rules_epoch(&self) -> u64 {
        self.hub.rules_epoch()
    }

    /// Accepts a batch for rendering on a worker thread; an urgent one is written before this returns,
    /// within bounds.
    pub fn submit(&self, batch: Box<dyn DeferredBatch>, urgent: bool) {
        let (logs, spans) = batch.records();
        let size = batch.size_hint_bytes();
        let telemetry = self.clone();
        let renderer = Box::new(move |out: &mut RenderedBatch| batch.render(&telemetry, out));
        self.hub.live().deliver_deferred(Deferred::new(renderer, logs, spans, size), urgent);
    }

    /// The exposition of all instruments: Prometheus text 0.0.4, or OpenMetrics 1.0.
    #[must_use]
    pub fn metrics_text(&self, openmetrics: bool) -> String {
        let format = if openmetrics { Format::OpenMetrics } else { Format::Prometheus };
        let pipeline = self.hub.measuring();
        pipeline.registry.collect();
        pipeline.exposition.text(format, &pipeline.registry.instruments())
    }

    /// The metric lines as they are now, one a series, each ended by a newline: what an output that
    /// takes metrics gets at a flush. Configures if nothing did so far.
    #[must_use]
    pub fn metric_lines(&self) -> String {
        let mut lines = Vec::new();
        metric_push::write(&self.hub.live(), &mut |line| lines.extend_from_slice(line));
        // Lines are made of checked names and re-encoded strings; lossy only to need no promise here.
        String::from_utf8_lossy(&lines).into_owned()
    }

    /// Pushes metric lines and waits until everything accepted before is out. False when that took
    /// longer than `timeout` or records were lost since the last flush.
    pub fn flush(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let Some(pipeline) = self.own_pipeline() else { return true };
        metric_push::push(&pipeline);
        pipeline.flush(deadline)
    }

    /// Keeps a copy of every line until the capture is dropped, for users' tests.
    #[must_use]
    pub fn capture(&self) -> Capture {
        Capture::start(&self.hub)
    }

    /// The lines that `{"to": "memory"}` outputs hold.
    #[must_use]
    pub fn memory_lines(&self) -> Vec<String> {
        self.hub
            .peek()
            .outputs
            .iter()
            .filter_map(|output| output.memory())
            .flat_map(|store| store.lines())
            .collect()
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
