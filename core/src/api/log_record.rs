//! One log record while it is being made.
//!
//! Not for its bytes: the formats under `encode` make them.

use super::categories::Categories;
use super::error_scribe::ErrorScribe;
use super::identity::Identity;
use super::pipeline::Pipeline;
use super::spare::Scratch;
use super::threads::Threads;
use super::volume::{Volume, Which};
use crate::buffer::rendered::RenderedBatch;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::text::{clean, clean_error, decode_utf8, decode_utf16, masked};
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::entities::Entities;
use crate::encode::plain::holds_brace;
use crate::encode::record::{Encoder, Log};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, FieldSet};
use crate::model::error_info::ErrorInfo;
use crate::model::severity::Severity;
use crate::model::signal::Signal;
use arc_swap::Guard;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

static ROOT: Context = Context::root();
static NO_ATTRIBUTES: Attributes = Attributes::new();

/// A record of a logger; say what it is, then [`LogRecord::emit`] it.
pub struct LogRecord<'a> {
    identity: &'a Identity,
    live: Guard<Arc<Pipeline>>,
    severity: Severity,
    is_let_through: bool,
    scratch: Box<Scratch>,
    context: &'a Context,
    timestamp_ns: Option<i64>,
    message: Cow<'a, str>,
    is_template: bool,
    filled_from: Option<&'a str>,
    error: Option<Box<ErrorInfo>>,
}

/// Without its texts, in which secrets are masked only when it is emitted.
impl fmt::Debug for LogRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogRecord").finish_non_exhaustive()
    }
}

impl<'a> LogRecord<'a> {
    #[inline(always)]
    pub(super) fn new(identity: &'a Identity, live: Guard<Arc<Pipeline>>, severity: Severity) -> Self {
        Self {
            identity,
            live,
            severity,
            is_let_through: false,
            scratch: Scratch::take(),
            context: &ROOT,
            timestamp_ns: None,
            message: Cow::Borrowed(""),
            is_template: false,
            filled_from: None,
            error: None,
        }
    }

    /// Notes that the level of another library has let it through.
    #[inline]
    #[must_use]
    pub fn let_through(mut self) -> Self {
        self.is_let_through = true;
        self
    }

    /// The context that the record belongs to; none unless told.
    #[inline]
    pub fn set_context(&mut self, context: &'a Context) {
        self.context = context;
    }

    /// When it happened, in microseconds since 1970-01-01 UTC; now unless told.
    pub fn set_timestamp_us(&mut self, timestamp_us: i64) {
        self.set_timestamp_ns(timestamp_us.saturating_mul(1_000));
    }

    /// When another library in the process says that it happened, in nanoseconds since 1970-01-01 UTC. A clock that was
    /// set for tests is asked all the same.
    #[inline]
    pub fn happened_at_ns(&mut self, timestamp_ns: i64) {
        if self.live.clock.is_system() {
            self.timestamp_ns = Some(timestamp_ns);
        }
    }

    pub(super) fn set_timestamp_ns(&mut self, timestamp_ns: i64) {
        self.timestamp_ns = Some(timestamp_ns);
    }

    /// A message template, filled from the attributes when the record is emitted.
    #[inline]
    pub fn template(&mut self, text: &'a str) {
        self.message = Cow::Borrowed(text);
        self.is_template = true;
    }

    /// [`Self::template`]; ill-formed UTF-8 becomes U+FFFD.
    pub fn template_utf8_lossy(&mut self, text: &'a [u8]) {
        self.message = decode_utf8(text, &self.live.counts);
        self.is_template = true;
    }

    /// [`Self::template`]; lone surrogates become U+FFFD.
    pub fn template_utf16_lossy(&mut self, text: &[u16]) {
        self.message = Cow::Owned(decode_utf16(text, &self.live.counts));
        self.is_template = true;
    }

    /// A finished message, which is never taken for a template.
    #[inline]
    pub fn message(&mut self, text: &'a str) {
        self.message = Cow::Borrowed(text);
        self.is_template = false;
    }

    /// [`Self::message`]; ill-formed UTF-8 becomes U+FFFD.
    pub fn message_utf8_lossy(&mut self, text: &'a [u8]) {
        self.message = decode_utf8(text, &self.live.counts);
        self.is_template = false;
    }

    /// [`Self::message`]; lone surrogates become U+FFFD.
    pub fn message_utf16_lossy(&mut self, text: &[u16]) {
        self.message = Cow::Owned(decode_utf16(text, &self.live.counts));
        self.is_template = false;
    }

    /// The template that another library filled itself, by rules of its own, to make the finished message.
    #[inline]
    pub fn filled_from(&mut self, template: &'a str) {
        self.filled_from = Some(template);
    }

    /// Writes the call's own attributes.
    #[inline]
    pub fn attributes(&mut self) -> AttributeWriter<'_> {
        AttributeWriter::new(&mut self.scratch.own, &self.live.rules, &self.live.counts, Target::Log)
    }

    /// What writes the attributes of an error that this record will be given, of a cause or a member of it.
    #[must_use]
    pub fn error_scribe(&self) -> ErrorScribe<'_> {
        ErrorScribe::under(&self.live)
    }

    /// The error that the record tells of.
    pub fn error(&mut self, error: ErrorInfo) {
        self.error = Some(Box::new(clean_error(&self.live.rules, &self.live.counts, error)));
    }

    /// Whether it tells which thread made it, so that a host whose threads have names of their own says them by
    /// [`crate::host::name_thread`] first.
    #[inline]
    #[must_use]
    pub fn tells_thread(&self) -> bool {
        matches!(self.live.threads, Threads::Own)
    }

    /// Whether the outputs were shut down, so that the record will be refused and booked.
    #[inline]
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.live.closed
    }

    /// Hands the record to the outputs. From ERROR on it is written before this returns.
    // A call would move the record.
    #[inline(always)]
    pub fn emit(self) {
        let urgent = self.severity >= Severity::ERROR;
        self.finish(Emitted { urgent });
    }

    /// Hands the record to the outputs that lose nothing at the moment, without waiting for any.
    pub(crate) fn emit_to_healthy(self) {
        self.finish(ToHealthy);
    }

    /// Adds the record to a batch that is being rendered.
    pub fn emit_into(self, batch: &mut RenderedBatch) {
        self.finish(Rendered(batch));
    }

    // As for `emit`: several ways lead here, and a call would move the record.
    #[inline(always)]
    fn finish(self, mut way: impl Way) {
        let pipeline: &Pipeline = &self.live;
        let mut scratch = self.scratch;
        let bound = self.identity.bound(pipeline);
        if let Some(categories) = &pipeline.categories {
            let others = [bound.as_ref().map(|bound| &bound.fields), self.context.fields()];
            categorise(pipeline, categories, self.identity.name(), &mut scratch.own, others);
        }
        let is_template = self.is_template && holds_brace(&self.message);
        let message = if is_template {
            // A template is cut only after it is filled.
            masked(&pipeline.rules, &pipeline.counts, &self.message)
        } else {
            clean(&pipeline.rules, &pipeline.counts, &self.message)
        };
        let filled_from = self.filled_from.map(|template| clean(&pipeline.rules, &pipeline.counts, template));
        let thread = pipeline.threads.told();
        let mut frame = Log {
            timestamp_ns: self.timestamp_ns.unwrap_or_else(|| pipeline.clock.wall_ns()),
            severity: self.severity,
            message: &message,
            is_template,
            filled_from: filled_from.as_deref(),
            logger: self.identity.shown(),
            context: self.context,
            thread: thread.as_deref(),
            bound: bound.as_ref().map(|bound| &bound.fields),
            own: &NO_ATTRIBUTES,
            entities: None,
            error: self.error.as_deref(),
        };
        let found = pipeline
            .entities
            .as_ref()
            .map(|entities| found(pipeline, entities, &Log { own: &scratch.own, ..frame }));
        frame.entities = found.as_ref().filter(|found| !found.is_empty());
        let Scratch { own, record } = &mut *scratch;
        match &pipeline.volume {
            None => {
                let log = Log { own, ..frame };
                way.hand_over(pipeline, record, Which::Own, |encoder, out| encoder.log(&log, out));
            }
            Some(volume) => {
                let is_below =
                    pipeline.waits_for_failure(self.identity.name(), self.severity, self.is_let_through);
                way.thin_out(volume, pipeline, &frame, is_below, (own, record));
            }
        }
        scratch.give_back();
    }
}

/// Where records go.
trait Way {
    /// Hands over the record that came, or one that came out with it.
    fn hand_over(
        &mut self,
        pipeline: &Pipeline,
        scratch: &mut Vec<u8>,
        which: Which,
        encode: impl Fn(&dyn Encoder, &mut Vec<u8>),
    );

    /// Hands over what is written now that the record came.
    #[inline(never)]
    fn thin_out(
        &mut self,
        volume: &Volume,
        pipeline: &Pipeline,
        frame: &Log<'_>,
        is_below: bool,
        (own, scratch): (&mut Attributes, &mut Vec<u8>),
    ) {
        volume.pass(&pipeline.means(), frame, own, is_below, &mut |which, encode| {
            self.hand_over(pipeline, scratch, which, encode);
        });
    }
}

/// To the outputs.
struct Emitted {
    urgent: bool,
}

impl Way for Emitted {
    #[inline(always)]
    fn hand_over(
        &mut self,
        pipeline: &Pipeline,
        scratch: &mut Vec<u8>,
        which: Which,
        encode: impl Fn(&dyn Encoder, &mut Vec<u8>),
    ) {
        pipeline.lanes.deliver(Signal::Logs, self.urgent && which == Which::Own, scratch, encode);
    }
}

/// To the outputs that lose nothing at the moment.
struct ToHealthy;

impl Way for ToHealthy {
    fn hand_over(
        &mut self,
        pipeline: &Pipeline,
        _: &mut Vec<u8>,
        _: Which,
        encode: impl Fn(&dyn Encoder, &mut Vec<u8>),
    ) {
        pipeline.lanes.push_to_healthy(Signal::Logs, encode);
    }

    /// What Vigie says itself is not thinned out.
    fn thin_out(
        &mut self,
        _: &Volume,
        pipeline: &Pipeline,
        frame: &Log<'_>,
        _: bool,
        (own, scratch): (&mut Attributes, &mut Vec<u8>),
    ) {
        let log = Log { own, ..*frame };
        self.hand_over(pipeline, scratch, Which::Own, |encoder, out| encoder.log(&log, out));
    }
}

/// Into a batch.
struct Rendered<'b>(&'b mut RenderedBatch);

impl Way for Rendered<'_> {
    fn hand_over(
        &mut self,
        _: &Pipeline,
        _: &mut Vec<u8>,
        _: Which,
        encode: impl Fn(&dyn Encoder, &mut Vec<u8>),
    ) {
        self.0.push(Signal::Logs, encode);
    }

    fn thin_out(
        &mut self,
        volume: &Volume,
        pipeline: &Pipeline,
        frame: &Log<'_>,
        is_below: bool,
        (own, scratch): (&mut Attributes, &mut Vec<u8>),
    ) {
        let mut passed = 0;
        volume.pass(&pipeline.means(), frame, own, is_below, &mut |which, encode| {
            passed += 1;
            self.hand_over(pipeline, scratch, which, encode);
        });
        self.0.add_moved(Signal::Logs, passed - 1);
    }
}

/// Writes the category that the rules give, as if the record had come with it.
fn categorise(
    pipeline: &Pipeline,
    categories: &Categories,
    logger: &str,
    own: &mut Attributes,
    others: [Option<&FieldSet>; 2],
) {
    if let Some(category) = categories.of(logger, own, others) {
        let mut writer = AttributeWriter::new(own, &pipeline.rules, &pipeline.counts, Target::Log);
        writer.attr("category", category);
    }
}

/// What the message holds, as one attribute.
#[cold]
fn found(pipeline: &Pipeline, entities: &Entities, log: &Log<'_>) -> Attributes {
    let mut found = Attributes::default();
    let message = log.body(&pipeline.rules.limits);
    entities.write(
        &message,
        &mut AttributeWriter::new(&mut found, &pipeline.rules, &pipeline.counts, Target::Nested),
    );
    found
}
