//! What only bindings ask of telemetry: the process-wide one, hosts with an environment, clocks, batches and forks of
//! their own.

use super::handle::Telemetry;
use crate::api::span_start::SpanStart;
use crate::api::tracer::Span;
use crate::buffer::deferred::Deferred;
use crate::config::Environment;
use crate::encode::attributes::truncate::shortened;
use crate::encode::attributes::writer::AttributeWriter;
use crate::generation;
use crate::model::context::{Carried, Context, SpanContext};
use crate::model::ids::{SpanId, TraceId};
use crate::model::propagation::tracestate;
use crate::model::span::SpanKind;
use crate::platform;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

pub use super::propagate::Reader;
pub use crate::api::current::{ContextKeeper, keep_contexts};
pub use crate::api::loggers::Loggers;
pub use crate::api::sampler::{Asked, Sampler};
pub use crate::api::threads::{name_thread, on_behalf_of};
pub use crate::aside::{Aside, on_wait};
pub use crate::buffer::rendered::RenderedBatch;
pub use crate::document::instant::nanoseconds as instant_ns;
pub use crate::encode::attributes::key::Key;
pub use crate::encode::timestamp::rfc3339_of_data;
pub use crate::guard::guard;
pub use crate::lent::{show, with_text};
pub use crate::mapped::on_map;
pub use crate::model::span::Parent;
pub use crate::model::thread::Thread;
pub use crate::platform::complain;

/// The same context with the members of a `tracestate`; one that is not valid is none.
#[must_use]
pub fn with_trace_state(context: &Context, list: &str) -> Context {
    context.with_carried(Carried { trace_state: tracestate::parse(list), ..context.carried_owned() })
}

/// A batch that a binding collected and that is rendered on a worker thread.
pub trait DeferredBatch: Send {
    /// Makes the records, through the same loggers and spans as everybody.
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch);

    /// How many log records and how many spans it holds.
    fn records(&self) -> (u64, u64);

    /// About how many bytes it takes.
    fn size_hint_bytes(&self) -> usize;
}

static GLOBAL: LazyLock<Telemetry> = LazyLock::new(Telemetry::unconfigured);

/// The process-wide telemetry. Until `init` or the first record it has no configuration, reads
/// nothing and starts nothing.
#[must_use]
pub fn global() -> &'static Telemetry {
    &GLOBAL
}

/// Tells Vigie that this process is a forked child. It takes no lock and asks for no memory: an atomic increment, a store for
/// each logger where levels may be changed from outside, and the listeners of the parent are closed.
pub fn after_fork_in_child() {
    generation::advance();
    if GLOBAL.levels_are_watched() {
        GLOBAL.hub.forget_levels();
    }
    platform::close_inherited();
}

impl Telemetry {
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

    /// Its loggers by the targets that records of another library bring along.
    #[must_use]
    pub fn loggers(&self) -> Loggers {
        Loggers::new(Arc::clone(&self.hub))
    }

    /// Counts strings that a face made well-formed before the writer saw them.
    pub fn count_sanitized(&self, strings: u64) {
        self.hub.peek().counts.sanitized_utf8.add(strings);
    }

    /// The kind that `text` names, in any case. What names none is an internal span's, is counted, and the first of it
    /// is shown on standard error.
    #[must_use]
    pub fn span_kind(&self, text: &str) -> SpanKind {
        SpanKind::parse(text).unwrap_or_else(|_| self.unknown_span_kind(text))
    }

    #[cold]
    fn unknown_span_kind(&self, text: &str) -> SpanKind {
        const SHOWN_BYTES: usize = 64;
        if self.hub.live().counts.unknown_span_kinds.is_first() {
            let shown = shortened(text, SHOWN_BYTES);
            platform::complain(&format!(
                "span kind: {shown:?}, so internal; accepted: {}. More of it is only counted",
                SpanKind::ACCEPTED
            ));
        }
        SpanKind::Internal
    }

    /// Counts attributes beyond the limit that a face does not hand over.
    pub fn count_truncated(&self, attributes: u64) {
        self.hub.peek().counts.truncated.add(attributes);
    }

    /// Counts what a face was given as a measurement and is no number at all.
    pub fn count_invalid_measurement(&self) {
        self.hub.peek().counts.invalid_measurements.one();
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

    /// Whether the attributes that a span is started with may decide about it.
    #[must_use]
    pub fn decides_by_attributes(&self) -> bool {
        self.hub.live().sampler.reads_attributes()
    }

    /// Decides about a span that a face starts itself. `fill` writes the attributes that it is started with, where rules ask for
    /// them. Whether it is sampled, and its `tracestate` where that is not the one of its parent: empty for none.
    #[must_use]
    pub fn decide(
        &self,
        asked: Asked<'_>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) -> (bool, Option<Box<str>>) {
        let given = self.decides_by_attributes().then(|| self.span_attributes(fill));
        let pipeline = self.hub.live();
        let sampled = pipeline.sampler.sample(&Asked { attributes: given.as_ref(), ..asked });
        let state = sampled.mark.written(asked.parent.and_then(Context::trace_state));
        (sampled.is_sampled && !pipeline.is_off(), state.map(Option::unwrap_or_default))
    }

    /// Starts a span whose identifiers were made elsewhere; `ids.flags` says whether it is recorded.
    #[must_use]
    pub fn start_span_with(
        &self,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent: Option<Parent>,
    ) -> Span {
        Span::start_as(&self.hub, name, start, ids, parent, false)
    }

    /// The same for a span that a face shows to others than the outputs: it is recorded even where it is not sampled, and then
    /// goes to no output (OpenTelemetry trace SDK, "RECORD_ONLY").
    #[must_use]
    pub fn start_shown_span_with(
        &self,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent: Option<Parent>,
    ) -> Span {
        Span::start_as(&self.hub, name, start, ids, parent, true)
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

    /// [`Self::flush`] for the last time: what is not written by then ends with the process, and one line on standard
    /// error for each output says how much that is.
    pub fn flush_at_exit(&self, timeout: Duration) {
        if let Some(pipeline) = self.own_pipeline() {
            pipeline.note_open_roots();
        }
        if self.flush(timeout) {
            return;
        }
        for output in self.hub.peek().lanes.outputs() {
            let queued = output.books().queued;
            if queued > 0 {
                let label = output.label();
                platform::complain(&format!("output {label} has ended; records not written: {queued}"));
            }
        }
    }

    /// Accepts a batch for rendering on a worker thread; an urgent one is written before this returns,
    /// within bounds.
    pub fn submit(&self, batch: Box<dyn DeferredBatch>, urgent: bool) {
        let (logs, spans) = batch.records();
        let size = batch.size_hint_bytes();
        let telemetry = self.clone();
        let renderer = Box::new(move |out: &mut RenderedBatch| batch.render(&telemetry, out));
        let pipeline = self.hub.live();
        let has_trail = pipeline.volume.as_ref().is_some_and(|volume| volume.trail_level().is_some());
        let make = |formats| Deferred::new(renderer, formats, logs, spans, size).bringing_logs(has_trail);
        pipeline.lanes.deliver_deferred(urgent, make);
    }

    /// Notes spans that are still open, as they shall be found after a crash, in the place of those that `source` noted
    /// before. They are rendered before this returns.
    pub fn note_open_spans(&self, source: u64, batch: Box<dyn DeferredBatch>) {
        let pipeline = self.hub.peek();
        if pipeline.is_current() {
            pipeline.lanes.note(source, |out| batch.render(self, out));
        }
    }

    /// Notes nothing any more of what `source` noted.
    pub fn forget_open_spans(&self, source: u64) {
        let pipeline = self.hub.peek();
        if pipeline.is_current() {
            pipeline.lanes.note(source, |_| {});
        }
    }
}
