//! What a span holds between start and end: encoded parts in recycled memory.
//!
//! Not for identity and parents: see `api::tracer`.

use super::hub::Hub;
use super::pipeline::Pipeline;
use super::span_start::SpanStart;
use super::spare::Scratch;
use crate::buffer::rendered::RenderedBatch;
use crate::clock::Moment;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::text::{clean, is_clean};
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::record::{Event, Linked, Span};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::signal::Signal;
use crate::model::span::{Parent, SpanKind, Status};
use std::cell::RefCell;
use std::sync::Arc;

/// Marks a span that was open when its process ended.
const INTERRUPTED: &str = "vigie.interrupted";

/// Finished recordings that a thread keeps for its next spans.
const KEPT: usize = 16;

/// A recording that grew beyond this is not kept.
const KEPT_BYTES: usize = 16 * 1024;

/// Events, and links, that a finished recording keeps the memory of, none larger than this.
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
    /// So many are its own; those behind are memory of earlier ones.
    events: Vec<Event>,
    used_events: usize,
    links: Vec<Linked>,
    used_links: usize,
    dropped_events: u32,
    dropped_links: u32,
    status: Status,
    status_message: String,
}

impl Recording {
    /// A recording under the pipeline in force, which waits for its beginning.
    #[inline]
    pub(super) fn prepared(hub: &Hub) -> Box<Self> {
        let spare = SPARE
            .try_with(|spare| spare.try_borrow_mut().ok().and_then(|mut spare| spare.pop()))
            .ok()
            .flatten();
        match spare {
            // It is mostly still the same pipeline. Then its count of owners, which all threads share, is left alone.
            Some(recording) if hub.is_live(&recording.pipeline) => recording,
            spare => Self::under(&hub.live(), spare),
        }
    }

    #[inline(never)]
    fn under(pipeline: &Arc<Pipeline>, spare: Option<Box<Self>>) -> Box<Self> {
        if let Some(mut recording) = spare {
            recording.pipeline = Arc::clone(pipeline);
            return recording;
        }
        Box::new(Self {
            pipeline: Arc::clone(pipeline),
            name: String::new(),
            scope: String::new(),
            kind: SpanKind::default(),
            parent: None,
            start: Moment::told(0),
            told_start_ns: None,
            attributes: Attributes::default(),
            events: Vec::new(),
            used_events: 0,
            links: Vec::new(),
            used_links: 0,
            dropped_events: 0,
            dropped_links: 0,
            status: Status::default(),
            status_message: String::new(),
        })
    }

    /// What it is recorded under.
    #[inline]
    pub(super) fn pipeline(&self) -> &Arc<Pipeline> {
        &self.pipeline
    }

    /// Begins; false when too many spans are open.
    #[inline]
    pub(super) fn begin(&mut self, name: &str, start: &SpanStart<'_>, parent: Option<Parent>) -> bool {
        let Pipeline { counts, rules, clock, .. } = &*self.pipeline;
        if counts.open_spans.get() >= rules.limits.open_spans {
            counts.refused_spans.one();
            return false;
        }
        counts.open_spans.one();
        self.start = match start.start_time_ns {
            Some(told) => Moment::told(told),
            None => clock.moment(),
        };
        self.name.push_str(name);
        if !start.scope.is_empty() {
            self.scope.push_str(start.scope);
        }
        self.kind = start.kind;
        self.parent = parent;
        self.told_start_ns = start.start_time_ns;
        if let Some(not_continued) = start.parent.and_then(Context::linked) {
            self.add_link(not_continued, |_| {});
        }
        for link in start.links {
            self.add_link(&link.span, |_| {});
        }
        true
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn origin(&self) -> (SpanKind, Option<Parent>) {
        (self.kind, self.parent)
    }

    pub(super) fn scope(&self) -> &str {
        &self.scope
    }

    #[inline]
    pub(super) fn attributes(&mut self) -> AttributeWriter<'_> {
        self.pipeline.span_writer(&mut self.attributes)
    }

    /// Gives it attributes that were written before it began; it has none yet.
    pub(super) fn put(&mut self, attributes: Attributes) {
        self.attributes = attributes;
    }

    pub(super) fn add_event(
        &mut self,
        name: &str,
        time_ns: Option<i64>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) {
        let Pipeline { rules, counts, clock, .. } = &*self.pipeline;
        if self.used_events >= rules.limits.events {
            return self.add_dropped(1, 0);
        }
        if self.used_events == self.events.len() {
            self.events.push(Event::default());
        }
        let Some(event) = self.events.get_mut(self.used_events) else { return };
        event.time_ns = time_ns.unwrap_or_else(|| clock.wall_ns());
        event.name.clear();
        event.name.push_str(&clean(rules, counts, name));
        event.attributes.clear();
        fill(&mut AttributeWriter::new(&mut event.attributes, rules, counts, Target::Nested));
        self.used_events += 1;
    }

    pub(super) fn add_link(&mut self, span: &SpanContext, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let Pipeline { rules, counts, .. } = &*self.pipeline;
        if self.used_links >= rules.limits.links {
            return self.add_dropped(0, 1);
        }
        if self.used_links == self.links.len() {
            self.links.push(Linked { span: *span, attributes: Attributes::default() });
        }
        let Some(link) = self.links.get_mut(self.used_links) else { return };
        link.span = *span;
        link.attributes.clear();
        fill(&mut AttributeWriter::new(&mut link.attributes, rules, counts, Target::Nested));
        self.used_links += 1;
    }

    /// Counts events and links that are not kept.
    pub(super) fn add_dropped(&mut self, events: u32, links: u32) {
        self.dropped_events = self.dropped_events.saturating_add(events);
        self.dropped_links = self.dropped_links.saturating_add(links);
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

    /// When it began.
    pub(super) fn start(&self) -> Moment {
        self.start
    }

    /// Adds it as it would be if its process had been killed now.
    pub(super) fn note(&self, context: &Context, batch: &mut RenderedBatch) {
        let Pipeline { rules, counts, .. } = &*self.pipeline;
        let mut attributes = Attributes::default();
        // The mark is the first, so that no limit cuts it off.
        let mut writer = AttributeWriter::new(&mut attributes, rules, counts, Target::Span);
        writer.key(INTERRUPTED);
        writer.bool(true);
        drop(writer);
        attributes.append(&self.attributes);
        self.hand_over(context, self.duration_ns(None), |span| {
            let span = Span { status: Status::Error, attributes: &attributes, ..*span };
            batch.push(Signal::Spans, |encoder, out| encoder.span(&span, out));
        });
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
        let texts = [&self.name, &self.status_message, &self.scope];
        if texts.into_iter().all(|text| is_clean(rules, text)) {
            return take(&self.finished(context, duration_ns, texts.map(String::as_str)));
        }
        let [name, status_message, scope] = texts.map(|text| clean(rules, counts, text));
        take(&self.finished(context, duration_ns, [&name, &status_message, &scope]));
    }

    #[inline]
    fn finished<'a>(
        &'a self,
        context: &'a Context,
        duration_ns: u64,
        [name, status_message, scope]: [&'a str; 3],
    ) -> Span<'a> {
        Span {
            start_ns: self.start.wall_ns,
            duration_ns,
            name,
            context,
            parent: self.parent,
            kind: self.kind,
            status: self.status,
            status_message,
            scope,
            attributes: &self.attributes,
            events: self.events.get(..self.used_events).unwrap_or_default(),
            links: self.links.get(..self.used_links).unwrap_or_default(),
            dropped_events: self.dropped_events,
            dropped_links: self.dropped_links,
        }
    }

    #[inline]
    fn recycle(mut self: Box<Self>) {
        if self.used_events + self.used_links > 0 {
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
        self.keep();
    }

    /// Keeps it, empty as it is, for the thread's next spans.
    #[inline]
    pub(super) fn keep(self: Box<Self>) {
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
        self.events.truncate(KEPT_NESTED);
        for event in self.events.iter_mut().take(self.used_events) {
            if event.attributes.bytes.capacity() + event.name.capacity() > KEPT_NESTED_BYTES {
                *event = Event::default();
            }
        }
        self.links.truncate(KEPT_NESTED);
        for link in self.links.iter_mut().take(self.used_links) {
            if link.attributes.bytes.capacity() > KEPT_NESTED_BYTES {
                link.attributes = Attributes::default();
            }
        }
        (self.used_events, self.used_links) = (0, 0);
    }
}
