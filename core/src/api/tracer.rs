//! Spans: started under a parent, filled, ended once.
//!
//! Not for which span is current: the host language keeps that.

use super::hub::Hub;
use super::pipeline::Pipeline;
use super::record_builder::AttributeValue;
use super::recording::Recording;
use super::root::Root;
use super::sampler::{Asked, Mark};
use super::span_start::SpanStart;
use crate::buffer::rendered::RenderedBatch;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::record;
use crate::model::attributes::Attributes;
use crate::model::context::{Carried, Context, SpanContext};
use crate::model::ids::TraceId;
use crate::model::signal::Signal;
use crate::model::span::{Link, Parent, SpanKind, Status};
use std::fmt;
use std::sync::Arc;

/// A span, recording until it ends. Dropped without an end it is ended with `vigie.leaked`.
pub struct Span {
    context: Context,
    content: Content,
    /// Where writes to a span that does not record go.
    void: Option<Box<(Arc<Pipeline>, Attributes)>>,
}

/// Without its texts, in which secrets are masked only when it is handed over.
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Span").finish_non_exhaustive()
    }
}

/// What a span holds.
enum Content {
    /// It has ended, or never recorded.
    Nothing,
    Own(Box<Recording>),
    /// What is noted when it stays open.
    Root(Arc<Root>),
}

impl Content {
    /// Runs `work` on what there is.
    #[inline]
    fn with<R>(&mut self, work: impl FnOnce(&mut Recording) -> R) -> Option<R> {
        match self {
            Self::Own(recording) => Some(work(recording)),
            Self::Root(root) => root.lock()?.as_deref_mut().map(work),
            Self::Nothing => None,
        }
    }

    /// What there is, and nothing from then on.
    #[inline]
    fn take(&mut self) -> Option<Box<Recording>> {
        match std::mem::replace(self, Self::Nothing) {
            Self::Own(recording) => Some(recording),
            Self::Root(root) => root.end(),
            Self::Nothing => None,
        }
    }
}

impl Span {
    /// Starts a span under the parent in `start`, with new identifiers.
    #[inline]
    pub(crate) fn start(hub: &Hub, name: &str, start: SpanStart<'_>) -> Self {
        Self::started(Recording::prepared(hub), name, start, None)
    }

    /// Starts a span with the attributes that `fill` writes.
    #[inline]
    pub(crate) fn start_with(
        hub: &Hub,
        name: &str,
        start: SpanStart<'_>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) -> Self {
        let recording = Recording::prepared(hub);
        if recording.pipeline().sampler.reads_attributes() {
            let mut given = Attributes::default();
            fill(&mut recording.pipeline().span_writer(&mut given));
            return Self::start_by(recording, name, start, given);
        }
        let mut span = Self::started(recording, name, start, None);
        span.attributes(fill);
        span
    }

    #[inline(never)]
    fn start_by(recording: Box<Recording>, name: &str, start: SpanStart<'_>, given: Attributes) -> Self {
        let mut span = Self::started(recording, name, start, Some(&given));
        span.content.with(|recording| recording.put(given));
        span
    }

    #[inline]
    fn started(
        recording: Box<Recording>,
        name: &str,
        start: SpanStart<'_>,
        attributes: Option<&Attributes>,
    ) -> Self {
        let pipeline = recording.pipeline();
        let parent = start.parent.and_then(|context| context.span);
        let trace_id = parent.map_or_else(|| pipeline.ids.trace_id(), |parent| parent.trace_id);
        let (sampled, marked) = match pipeline.sampler.plainly(parent.as_ref(), trace_id) {
            Some(sampled) => (sampled, None),
            None => decided(pipeline, trace_id, name, &start, attributes),
        };
        let kept = parent.map_or_else(|| pipeline.ids.trace_flags(), |parent| parent.flags);
        let flags = kept.with_sampled(sampled);
        let span_id = pipeline.ids.span_id();
        let ids = SpanContext { trace_id, span_id, flags, is_remote: false };
        let parent = parent.map(|span| Parent { span_id: span.span_id, is_remote: Some(span.is_remote) });
        let mut span = Self::begin(recording, name, start, ids, parent, false);
        if let Some(carried) = marked {
            span.context.carried = carried;
        }
        if parent.is_none_or(|parent| parent.is_remote == Some(true)) {
            span.keep_in_mind();
        }
        span
    }

    /// Has it noted as long as it is open, if any output keeps notes.
    #[inline]
    fn keep_in_mind(&mut self) {
        if let Content::Own(recording) = &self.content
            && let Some(noting) = &recording.pipeline().noting
        {
            noting.start();
            if let Some(recording) = self.content.take() {
                self.content = Content::Root(Root::begun(&self.context, recording));
            }
        }
    }

    /// Starts a span whose identifiers and sampling were decided elsewhere. One that is shown to others than the outputs is
    /// recorded even if it is not sampled.
    #[inline]
    pub(crate) fn start_as(
        hub: &Hub,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent: Option<Parent>,
        is_shown: bool,
    ) -> Self {
        Self::begin(Recording::prepared(hub), name, start, ids, parent, is_shown)
    }

    #[inline]
    fn begin(
        mut recording: Box<Recording>,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent: Option<Parent>,
        is_shown: bool,
    ) -> Self {
        let carried = start.parent.and_then(Context::carried_below);
        let context = Context { span: Some(ids), carried };
        if recording.pipeline().records(ids.flags, is_shown) && recording.begin(name, &start, parent) {
            return Self { context, content: Content::Own(recording), void: None };
        }
        Self::without_recording(context, recording)
    }

    #[inline(never)]
    fn without_recording(context: Context, spare: Box<Recording>) -> Self {
        let void = Box::new((Arc::clone(spare.pipeline()), Attributes::default()));
        spare.keep();
        Self { context, content: Content::Nothing, void: Some(void) }
    }

    /// What children and log records take as their context.
    #[inline]
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Whether what is said to it will be kept.
    #[inline]
    #[must_use]
    pub fn is_recording(&self) -> bool {
        !matches!(self.content, Content::Nothing)
    }

    /// Its name; empty where nothing is kept, and behind its end.
    #[must_use]
    pub fn name(&mut self) -> String {
        self.content.with(|recording| recording.name().to_owned()).unwrap_or_default()
    }

    /// Its kind, and the span above it; None where nothing is kept, and behind its end.
    #[must_use]
    pub fn origin(&mut self) -> Option<(SpanKind, Option<Parent>)> {
        self.content.with(|recording| recording.origin())
    }

    /// Writes attributes; the last value of a key wins at its first place. `fill` runs in any case.
    #[inline]
    pub fn attributes<R>(&mut self, fill: impl FnOnce(&mut AttributeWriter<'_>) -> R) -> R {
        match &mut self.content {
            Content::Own(recording) => fill(&mut recording.attributes()),
            _ => self.other_attributes(fill),
        }
    }

    /// Writes one attribute.
    #[inline]
    pub fn attr(&mut self, key: &str, value: impl AttributeValue) {
        self.attributes(|writer| writer.attr(key, value));
    }

    #[inline(never)]
    fn other_attributes<R>(&mut self, fill: impl FnOnce(&mut AttributeWriter<'_>) -> R) -> R {
        if let Content::Root(root) = &self.content
            && let Some(mut content) = root.lock()
            && let Some(recording) = content.as_mut()
        {
            return fill(&mut recording.attributes());
        }
        let unconfigured = || Box::new((Arc::new(Pipeline::unconfigured()), Attributes::default()));
        let (pipeline, attributes) = &mut **self.void.get_or_insert_with(unconfigured);
        attributes.clear();
        fill(&mut pipeline.span_writer(attributes))
    }

    /// Adds an event, at `time_ns` (since 1970-01-01 UTC) or now.
    pub fn add_event(
        &mut self,
        name: &str,
        time_ns: Option<i64>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) {
        self.content.with(|recording| recording.add_event(name, time_ns, fill));
    }

    /// Adds a link to another span.
    pub fn add_link(&mut self, link: &Link, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        self.content.with(|recording| recording.add_link(&link.span, fill));
    }

    /// Counts events and links that the host itself did not keep, beyond its own limits.
    pub fn add_dropped(&mut self, events: u32, links: u32) {
        self.content.with(|recording| recording.add_dropped(events, links));
    }

    /// Runs `work` on what it holds, if it records.
    pub(super) fn with_recording<R>(&mut self, work: impl FnOnce(&mut Recording) -> R) -> Option<R> {
        self.content.with(work)
    }

    /// Says how it went (OpenTelemetry "Set Status"): `Unset` is ignored, `Ok` is final, only
    /// `Error` keeps a message.
    pub fn set_status(&mut self, status: Status, message: Option<&str>) {
        self.content.with(|recording| recording.set_status(status, message));
    }

    /// Gives it another name.
    pub fn update_name(&mut self, name: &str) {
        self.content.with(|recording| recording.update_name(name));
    }

    /// Ends it, at `end_time_ns` (since 1970-01-01 UTC) or now, and hands it to the outputs;
    /// false when it had ended before or was never recorded.
    #[inline]
    pub fn end(&mut self, end_time_ns: Option<i64>) -> bool {
        self.finish(end_time_ns, |pipeline, span, scratch| {
            pipeline.pass(span, |signal, encode| pipeline.lanes.deliver(signal, false, scratch, encode));
        })
    }

    /// Ends it and adds it to a batch that is being rendered; false as for [`Self::end`].
    pub fn end_into(&mut self, end_time_ns: Option<i64>, batch: &mut RenderedBatch) -> bool {
        self.finish(end_time_ns, |pipeline, span, _| {
            if batch.is_of_notes() {
                // It has not ended, whatever is noted of that.
                return batch.push(Signal::Spans, |encoder, out| encoder.span(span, out));
            }
            // It is one of the records that the batch is of.
            batch.add_moved(Signal::Spans, -1);
            pipeline.pass(span, |signal, encode| {
                batch.push(signal, encode);
                batch.add_moved(signal, 1);
            });
        })
    }

    #[inline]
    fn finish(
        &mut self,
        end_time_ns: Option<i64>,
        hand_over: impl FnOnce(&Pipeline, &record::Span<'_>, &mut Vec<u8>),
    ) -> bool {
        match self.content.take() {
            Some(recording) => {
                recording.end(&self.context, end_time_ns, hand_over);
                true
            }
            None => false,
        }
    }
}

impl Span {
    #[cold]
    #[inline(never)]
    fn end_unended(&mut self) {
        if self.content.with(Recording::leak) == Some(true) {
            self.end(None);
        } else {
            // Inherited through fork: the parent ends it.
            self.content = Content::Nothing;
        }
    }
}

/// The decision about a span where its id and its parent do not make it: whether it is sampled, and what it carries then, where
/// that is not what its context carries.
#[inline(never)]
#[expect(clippy::option_option, reason = "a span may come to carry nothing")]
fn decided(
    pipeline: &Pipeline,
    trace_id: TraceId,
    name: &str,
    start: &SpanStart<'_>,
    attributes: Option<&Attributes>,
) -> (bool, Option<Option<Arc<Carried>>>) {
    let asked = Asked { parent: start.parent, trace_id, name, kind: start.kind, attributes };
    let sampled = pipeline.sampler.sample(&asked);
    let marked = match sampled.mark {
        Mark::Kept => None,
        mark => Some(mark.on(start.parent.and_then(Context::carried_below))),
    };
    (sampled.is_sampled, marked)
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        if self.is_recording() {
            self.end_unended();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::telemetry::Telemetry;

    #[test]
    fn where_no_output_keeps_notes_a_span_belongs_to_its_owner_alone() {
        let config = Config::new("shop").output(serde_json::json!({"to": "memory"}));
        let telemetry = Telemetry::new(config).unwrap();
        let span = telemetry.start_span("request", SpanStart::default());
        assert!(matches!(span.content, Content::Own(_)));
    }
}
