//! What a span holds between start and end: encoded parts in recycled memory.
//!
//! Not for identity and parents: see `api::tracer`.

use super::pipeline::Pipeline;
use super::span_start::SpanStart;
use super::spare::Scratch;
use crate::clock::Moment;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::text::clean;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::record::{Event, Linked, Span};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::span::{Parent, SpanKind, Status};
use std::cell::RefCell;
use std::sync::Arc;

/// Finished recordings that a thread keeps for its next spans.
const KEPT: usize = 16;

/// A recording that grew beyond this is not kept.
const KEPT_BYTES: usize = 16 * 1024;

/// Attribute sets of events and links that a finished recording keeps, none larger than this.
const KEPT_NESTED: usize = 4;
const KEPT_NESTED_BYTES: usize = 1024;

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
    parent: Option<Parent>,
    start: Moment,
    /// Start as told by the caller; then a duration is end minus start on the wall clock.
    told_start_ns: Option<i64>,
    attributes: Attributes,
    events: Vec<Event>,
    links: Vec<Linked>,
    /// Attribute sets of earlier events and links, for the next ones.
    spare_attributes: Vec<Attributes>,
    dropped_events: u32,
    dropped_links: u32,
    status: Status,
    status_message: String,
}

impl Recording {
    /// A fresh recording, or nothing when too many spans are open.
    #[inline]
    pub(super) fn start(
        pipeline: &Arc<Pipeline>,
        name: &str,
        start: SpanStart<'_>,
        parent: Option<Parent>,
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
        recording.parent = parent;
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
                // It is mostly the same one. Then its count of owners, which all threads share, is left alone.
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
                parent: None,
                start,
                told_start_ns: None,
                attributes: Attributes::default(),
                events: Vec::new(),
                links: Vec::new(),
                spare_attributes: Vec::new(),
                dropped_events: 0,
                dropped_links: 0,
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
        if self.events.len() >= self.pipeline.rules.limits.events {
            return self.add_dropped(1, 0);
        }
        let time_ns = time_ns.unwrap_or_else(|| self.pipeline.clock.wall_ns());
        let attributes = self.nested_attributes(fill);
        let name = clean(&self.pipeline.rules, &self.pipeline.counts, name).into_owned();
        self.events.push(Event { time_ns, name, attributes });
    }

    pub(super) fn add_link(&mut self, span: &SpanContext, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        if self.links.len() >= self.pipeline.rules.limits.links {
            return self.add_dropped(0, 1);
        }
        let attributes = self.nested_attributes(fill);
        self.links.push(Linked { span: *span, attributes });
    }

    /// Counts events and links that are not kept.
    pub(super) fn add_dropped(&mut self, events: u32, links: u32) {
        self.dropped_events = self.dropped_events.saturating_add(events);
        self.dropped_links = self.dropped_links.saturating_add(links);
        self.pipeline.counts.span_items_dropped.add(u64::from(events) + u64::from(links));
    }

    fn nested_attributes(&mut self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Attributes {
        let mut attributes = self.spare_attributes.pop().unwrap_or_default();
        let Pipeline { rules, counts, .. } = &*self.pipeline;
        fill(&mut AttributeWriter::new(&mut attributes, rules, counts, Target::Nested));
        attributes
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

    /// Hands the finished span over and recycles the memory.
    #[inline]
    pub(super) fn end(
        self: Box<Self>,
        context: &Context,
        end_time_ns: Option<i64>,
        hand_over: impl FnOnce(&Pipeline, &Span<'_>, &mut Vec<u8>),
    ) {
        self.pipeline.counts.open_spans.sub(1);
        // A span that was started before fork and ended in the child is the parent's to record.
        if self.pipeline.is_current() || self.pipeline.process_id == std::process::id() {
            let mut scratch = Scratch::take();
            self.hand_over(context, self.duration_ns(end_time_ns), |span| {
                hand_over(&self.pipeline, span, &mut scratch.record);
            });
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
    fn hand_over(&self, context: &Context, duration_ns: u64, take: impl FnOnce(&Span<'_>)) {
        let Pipeline { rules, counts, .. } = &*self.pipeline;
        take(&Span {
            start_ns: self.start.wall_ns,
            duration_ns,
            name: &clean(rules, counts, &self.name),
            context,
            parent: self.parent,
            kind: self.kind,
            status: self.status,
            status_message: &clean(rules, counts, &self.status_message),
            scope: &clean(rules, counts, &self.scope),
            attributes: &self.attributes,
            events: &self.events,
            links: &self.links,
            dropped_events: self.dropped_events,
            dropped_links: self.dropped_links,
        });
    }

    #[inline]
    fn recycle(mut self: Box<Self>) {
        if !self.events.is_empty() || !self.links.is_empty() {
            self.keep_nested();
        }
        if self.attributes.bytes.capacity() > KEPT_BYTES {
            return;
        }
        self.name.clear();
        self.scope.clear();
        self.attributes.clear();
        (self.dropped_events, self.dropped_links) = (0, 0);
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

    /// Keeps the memory of a few events and links.
    fn keep_nested(&mut self) {
        let events = self.events.drain(..).map(|event| event.attributes);
        let links = self.links.drain(..).map(|link| link.attributes);
        for mut attributes in events.chain(links) {
            if self.spare_attributes.len() < KEPT_NESTED && attributes.bytes.capacity() <= KEPT_NESTED_BYTES {
                attributes.clear();
                self.spare_attributes.push(attributes);
            }
        }
        self.events.shrink_to(KEPT_NESTED);
        self.links.shrink_to(KEPT_NESTED);
    }
}

/// Writes a span's attributes.
#[inline]
pub(super) fn span_writer<'a>(pipeline: &'a Pipeline, attributes: &'a mut Attributes) -> AttributeWriter<'a> {
    AttributeWriter::new(attributes, &pipeline.rules, &pipeline.counts, Target::Span)
}
