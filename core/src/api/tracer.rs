//! Spans: started under a parent, filled, ended once.
//!
//! Not for which span is current: the host language keeps that.

use super::hub::Hub;
use super::pipeline::Pipeline;
use super::recording::Recording;
use super::span_start::SpanStart;
use crate::buffer::rendered::RenderedBatch;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::record;
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::error_info::ErrorInfo;
use crate::model::ids::TraceFlags;
use crate::model::signal::Signal;
use crate::model::span::{Link, Parent, Status};
use std::sync::Arc;

/// A span, recording until it ends. Dropped without an end it is ended with `vigie.leaked`.
#[derive(Debug)]
pub struct Span {
    context: Context,
    recording: Option<Box<Recording>>,
    /// Where writes to a span that does not record go.
    void: Option<Box<(Arc<Pipeline>, Attributes)>>,
}

impl Span {
    /// Starts a span under the parent in `start`, with new identifiers.
    #[inline]
    pub(crate) fn start(hub: &Hub, name: &str, start: SpanStart<'_>) -> Self {
        let recording = Recording::prepared(hub);
        let pipeline = recording.pipeline();
        let parent = start.parent.and_then(|context| context.span);
        let trace_id = parent.map_or_else(|| pipeline.ids.trace_id(), |parent| parent.trace_id);
        let sampled = pipeline.sampler.sample(parent.as_ref(), trace_id);
        let kept = parent.map_or(TraceFlags::NOT_SAMPLED, |parent| parent.flags);
        let flags = kept.with_sampled(sampled);
        let span_id = pipeline.ids.span_id();
        let ids = SpanContext { trace_id, span_id, flags, is_remote: false };
        let parent = parent.map(|span| Parent { span_id: span.span_id, is_remote: Some(span.is_remote) });
        Self::begin(recording, name, start, ids, parent)
    }

    /// Starts a span whose identifiers and sampling were decided elsewhere.
    #[inline]
    pub(crate) fn start_as(
        hub: &Hub,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent: Option<Parent>,
    ) -> Self {
        Self::begin(Recording::prepared(hub), name, start, ids, parent)
    }

    #[inline]
    fn begin(
        mut recording: Box<Recording>,
        name: &str,
        start: SpanStart<'_>,
        ids: SpanContext,
        parent: Option<Parent>,
    ) -> Self {
        let carried = start.parent.and_then(|parent| parent.carried.clone());
        let context = Context { span: Some(ids), carried };
        let is_wanted = ids.flags.is_sampled() && !recording.pipeline().is_off();
        if is_wanted && recording.begin(name, &start, parent) {
            return Self { context, recording: Some(recording), void: None };
        }
        Self::without_recording(context, recording)
    }

    #[inline(never)]
    fn without_recording(context: Context, spare: Box<Recording>) -> Self {
        let void = Box::new((Arc::clone(spare.pipeline()), Attributes::default()));
        spare.keep();
        Self { context, recording: None, void: Some(void) }
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
        self.recording.is_some()
    }

    /// Writes attributes; the last value of a key wins at its first place.
    #[inline]
    pub fn attributes(&mut self) -> AttributeWriter<'_> {
        match &mut self.recording {
            Some(recording) => recording.attributes(),
            None => Self::void_attributes(&mut self.void),
        }
    }

    #[inline(never)]
    fn void_attributes(void: &mut Option<Box<(Arc<Pipeline>, Attributes)>>) -> AttributeWriter<'_> {
        let unconfigured = || Box::new((Arc::new(Pipeline::unconfigured()), Attributes::default()));
        let (pipeline, attributes) = &mut **void.get_or_insert_with(unconfigured);
        attributes.clear();
        super::recording::span_writer(pipeline, attributes)
    }

    /// Adds an event, at `time_ns` (since 1970-01-01 UTC) or now.
    pub fn add_event(
        &mut self,
        name: &str,
        time_ns: Option<i64>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) {
        if let Some(recording) = &mut self.recording {
            recording.add_event(name, time_ns, fill);
        }
    }

    /// Adds a link to another span.
    pub fn add_link(&mut self, link: &Link, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        if let Some(recording) = &mut self.recording {
            recording.add_link(&link.span, fill);
        }
    }

    /// Counts events and links that the host itself did not keep, beyond its own limits.
    pub fn add_dropped(&mut self, events: u32, links: u32) {
        if let Some(recording) = &mut self.recording {
            recording.add_dropped(events, links);
        }
    }

    /// Adds an `exception` event (OpenTelemetry semantic conventions); the status is left alone.
    pub fn record_exception(&mut self, error: &ErrorInfo, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let parts = [
            ("exception.type", &error.type_name),
            ("exception.message", &error.message),
            ("exception.stacktrace", &error.stack),
        ];
        self.add_event("exception", None, |writer| {
            for (key, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
                writer.key(key);
                writer.str(text);
            }
            fill(writer);
        });
    }

    /// Says how it went (OpenTelemetry "Set Status"): `Unset` is ignored, `Ok` is final, only
    /// `Error` keeps a message.
    pub fn set_status(&mut self, status: Status, message: Option<&str>) {
        if let Some(recording) = &mut self.recording {
            recording.set_status(status, message);
        }
    }

    /// Gives it another name.
    pub fn update_name(&mut self, name: &str) {
        if let Some(recording) = &mut self.recording {
            recording.update_name(name);
        }
    }

    /// Ends it, at `end_time_ns` (since 1970-01-01 UTC) or now, and hands it to the outputs;
    /// false when it had ended before or was never recorded.
    #[inline]
    pub fn end(&mut self, end_time_ns: Option<i64>) -> bool {
        self.finish(end_time_ns, |pipeline, span, scratch| {
            pipeline.lanes.deliver(Signal::Spans, false, scratch, |encoder, out| encoder.span(span, out));
        })
    }

    /// Ends it and adds it to a batch that is being rendered; false as for [`Self::end`].
    pub fn end_into(&mut self, end_time_ns: Option<i64>, batch: &mut RenderedBatch) -> bool {
        self.finish(end_time_ns, |_, span, _| {
            batch.push(Signal::Spans, |encoder, out| encoder.span(span, out))
        })
    }

    #[inline]
    fn finish(
        &mut self,
        end_time_ns: Option<i64>,
        hand_over: impl FnOnce(&Pipeline, &record::Span<'_>, &mut Vec<u8>),
    ) -> bool {
        match self.recording.take() {
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
        if self.recording.as_mut().is_some_and(|recording| recording.leak()) {
            self.end(None);
        } else {
            // Inherited through fork: the parent ends it.
            self.recording = None;
        }
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        if self.recording.is_some() {
            self.end_unended();
        }
    }
}
