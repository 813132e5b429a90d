//! What a span holds between start and end: encoded parts in recycled memory.
//!
//! Not for identity and parents: see `api::tracer`.

use super::pipeline::Pipeline;
use super::spare::Scratch;
use super::tracer::SpanStart;
use crate::clock::Moment;
use crate::encode::attribute_writer::{AttributeWriter, Target};
use crate::encode::span_line::{self, SpanLine};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::ids::SpanId;
use crate::model::span::{SpanKind, Status};
use std::cell::RefCell;
use std::sync::Arc;

/// Finished recordings that a thread keeps for its next spans.
const KEPT: usize = 16;

/// A recording that grew beyond this is not kept.
const KEPT_BYTES: usize = 16 * 1024;

thread_local! {
    #[expect(clippy::vec_box, reason = "the boxes themselves are what is recycled")]
    static SPARE: RefCell<Vec<Box<Recording>>> = const { RefCell::new(Vec::new()) };
}

/// A span's content.
#[derive(Debug)]
pub(super) struct Recording {
    pipeline: Arc<Pipeline>,
    name: String,
    scope: String,
    kind: SpanKind,
    parent_span_id: Option<SpanId>,
    start: Moment,
    /// Start as told by the caller; then a duration is end minus start on the wall clock.
    told_start_ns: Option<i64>,
    attributes: Attributes,
    events: Vec<u8>,
    links: Vec<u8>,
    event_count: usize,
    link_count: usize,
    dropped: (u32, u32),
    status: Status,
    status_message: String,
}

impl Recording {
    /// Nothing when too many spans are open.
    #[inline]
    pub(super) fn start(
        pipeline: &Arc<Pipeline>,
        name: &str,
        start: SpanStart<'_>,
        parent_span_id: Option<SpanId>,
    ) -> Option<Box<Self>> {
        if pipeline.counts.open_spans.get() >= pipeline.rules.limits.open_spans {
            pipeline.counts.refused_spans.one();
            return None;
        }
        pipeline.counts.open_spans.one();
        let moment = match start.start_time_ns {
            Some(told) => Moment::told(told),
            None => pipeline.clock.moment(),
        };
        let mut recording = Self::spare_or_new(pipeline, moment);
        recording.name.push_str(name);
        recording.scope.push_str(start.scope);
        recording.kind = start.kind;
        recording.parent_span_id = parent_span_id;
        recording.told_start_ns = start.start_time_ns;
        for link in start.links {
            recording.add_link(&link.span, |_| {});
        }
        Some(recording)
    }

    #[inline]
    fn spare_or_new(pipeline: &Arc<Pipeline>, start: Moment) -> Box<Self> {
        let spare = SPARE
            .try_with(|spare| spare.try_borrow_mut().ok().and_then(|mut spare| spare.pop()))
            .ok()
            .flatten();
        match spare {
            Some(mut recording) => {
                // Mostly the same one: then its count of owners, which all threads share, is left alone.
                if !Arc::ptr_eq(&recording.pipeline, pipeline) {
                    recording.pipeline = Arc::clone(pipeline);
                }
                recording.start = start;
                recording
            }
            None => Box::new(Self {
                pipeline: Arc::clone(pipeline),
                name: String::new(),
                scope: String::new(),
                kind: SpanKind::default(),
                parent_span_id: None,
                start,
                told_start_ns: None,
                attributes: Attributes::default(),
                events: Vec::new(),
                links: Vec::new(),
                event_count: 0,
                link_count: 0,
                dropped: (0, 0),
                status: Status::default(),
                status_message: String::new(),
            }),
        }
    }

    #[inline]
    pub(super) fn attributes(&mut self) -> AttributeWriter<'_> {
        span_writer(&self.pipeline, &mut self.attributes)
    }

    pub(super) fn add_event(
        &mut self,
        name: &str,
        time_ns: Option<i64>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) {
        let pipeline = &self.pipeline;
        if self.event_count >= pipeline.rules.limits.events {
            return self.add_dropped(1, 0);
        }
        self.event_count += 1;
        let time_ns = time_ns.unwrap_or_else(|| pipeline.clock.wall_ns());
        let mut attributes = Attributes::default();
        fill(&mut nested_writer(pipeline, &mut attributes));
        span_line::write_event(
            &mut self.events,
            time_ns,
            name,
            &attributes,
            &pipeline.rules,
            &pipeline.counts,
        );
    }

    pub(super) fn add_link(&mut self, span: &SpanContext, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let pipeline = &self.pipeline;
        if self.link_count >= pipeline.rules.limits.links {
            return self.add_dropped(0, 1);
        }
        self.link_count += 1;
        let mut attributes = Attributes::default();
        fill(&mut nested_writer(pipeline, &mut attributes));
        span_line::write_link(&mut self.links, span, &attributes);
    }

    pub(super) fn add_dropped(&mut self, events: u32, links: u32) {
        let (known_events, known_links) = self.dropped;
        self.dropped = (known_events.saturating_add(events), known_links.saturating_add(links));
        self.pipeline.counts.span_items_dropped.add(u64::from(events) + u64::from(links));
    }

    pub(super) fn set_status(&mut self, status: Status, message: Option<&str>) {
        if status == Status::Unset || self.status == Status::Ok {
            return;
        }
        self.status = status;
        self.status_message.clear();
        if status == Status::Error {
            self.status_message.push_str(message.unwrap_or_default());
        }
    }

    pub(super) fn update_name(&mut self, name: &str) {
        self.name.clear();
        self.name.push_str(name);
    }

    /// Marks a span that nobody ended; false when it belongs to the process that forked this one.
    pub(super) fn leak(&mut self) -> bool {
        if self.pipeline.process_id != std::process::id() {
            return false;
        }
        self.pipeline.counts.leaked_spans.one();
        let mut writer = self.attributes();
        writer.key("vigie.leaked");
        writer.bool(true);
        true
    }

    /// Writes the line and recycles the memory.
    #[inline]
    pub(super) fn end(
        self: Box<Self>,
        context: &Context,
        end_time_ns: Option<i64>,
        deliver: impl FnOnce(&Pipeline, &[u8]),
    ) {
        self.pipeline.counts.open_spans.sub(1);
        // A span that was started before fork and ended in the child is the parent's to record.
        if self.pipeline.is_current() || self.pipeline.process_id == std::process::id() {
            let mut scratch = Scratch::take();
            self.line(context, self.duration_ns(end_time_ns)).write(&mut scratch.line);
            deliver(&self.pipeline, &scratch.line);
            scratch.give_back();
        }
        self.recycle();
    }

    #[inline]
    fn duration_ns(&self, end_time_ns: Option<i64>) -> u64 {
        match (end_time_ns, self.told_start_ns) {
            (None, None) => self.pipeline.clock.since_ns(&self.start),
            (end, _) => {
                let end = end.unwrap_or_else(|| self.pipeline.clock.wall_ns());
                u64::try_from(end.saturating_sub(self.start.wall_ns)).unwrap_or(0)
            }
        }
    }

    #[inline]
    fn line<'a>(&'a self, context: &'a Context, duration_ns: u64) -> SpanLine<'a> {
        SpanLine {
            rules: &self.pipeline.rules,
            counts: &self.pipeline.counts,
            start_ns: self.start.wall_ns,
            duration_ns,
            name: &self.name,
            resource: &self.pipeline.resource,
            context,
            parent_span_id: self.parent_span_id,
            kind: self.kind,
            status: self.status,
            status_message: &self.status_message,
            scope: &self.scope,
            attributes: &self.attributes,
            events: &self.events,
            links: &self.links,
            dropped: self.dropped,
        }
    }

    #[inline]
    fn recycle(mut self: Box<Self>) {
        let held = self.attributes.bytes.capacity() + self.events.capacity() + self.links.capacity();
        if held > KEPT_BYTES {
            return;
        }
        self.name.clear();
        self.scope.clear();
        self.attributes.clear();
        self.events.clear();
        self.links.clear();
        (self.event_count, self.link_count, self.dropped) = (0, 0, (0, 0));
        self.status = Status::Unset;
        self.status_message.clear();
        let _ = SPARE.try_with(|spare| {
            if let Ok(mut spare) = spare.try_borrow_mut()
                && spare.len() < KEPT
            {
                spare.push(self);
            }
        });
    }
}

/// Writes a span's attributes.
#[inline]
pub(super) fn span_writer<'a>(pipeline: &'a Pipeline, attributes: &'a mut Attributes) -> AttributeWriter<'a> {
    AttributeWriter::new(attributes, &pipeline.rules, &pipeline.counts, Target::Span)
}

fn nested_writer<'a>(pipeline: &'a Pipeline, attributes: &'a mut Attributes) -> AttributeWriter<'a> {
    AttributeWriter::new(attributes, &pipeline.rules, &pipeline.counts, Target::Nested)
}
