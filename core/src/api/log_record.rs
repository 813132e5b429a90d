//! One log record while it is being made.
//!
//! Not for its bytes: the formats under `encode` make them.

use super::error_scribe::ErrorScribe;
use super::identity::Identity;
use super::pipeline::Pipeline;
use super::spare::Scratch;
use crate::buffer::rendered::RenderedBatch;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::text::{clean, clean_error, decode_utf8, decode_utf16, masked};
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::plain::holds_brace;
use crate::encode::record::Log;
use crate::model::context::Context;
use crate::model::error_info::ErrorInfo;
use crate::model::severity::Severity;
use crate::model::signal::Signal;
use arc_swap::Guard;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

static ROOT: Context = Context::root();

/// A record of a logger; say what it is, then [`LogRecord::emit`] it.
pub struct LogRecord<'a> {
    identity: &'a Identity,
    live: Guard<Arc<Pipeline>>,
    severity: Severity,
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
            scratch: Scratch::take(),
            context: &ROOT,
            timestamp_ns: None,
            message: Cow::Borrowed(""),
            is_template: false,
            filled_from: None,
            error: None,
        }
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
        self.finish(|pipeline, log, scratch| {
            pipeline.lanes.deliver(Signal::Logs, urgent, scratch, |encoder, out| encoder.log(log, out));
        });
    }

    /// Hands the record to the outputs that lose nothing at the moment, without waiting for any.
    pub(crate) fn emit_to_healthy(self) {
        self.finish(|pipeline, log, _| {
            pipeline.lanes.push_to_healthy(Signal::Logs, |encoder, out| encoder.log(log, out));
        });
    }

    /// Adds the record to a batch that is being rendered.
    pub fn emit_into(self, batch: &mut RenderedBatch) {
        self.finish(|_, log, _| batch.push(Signal::Logs, |encoder, out| encoder.log(log, out)));
    }

    // As for `emit`: two ways lead here, and a call would move the record.
    #[inline(always)]
    fn finish(self, hand_over: impl FnOnce(&Pipeline, &Log<'_>, &mut Vec<u8>)) {
        let pipeline: &Pipeline = &self.live;
        let mut scratch = self.scratch;
        let bound = self.identity.bound(pipeline);
        let is_template = self.is_template && holds_brace(&self.message);
        let message = if is_template {
            // A template is cut only after it is filled.
            masked(&pipeline.rules, &pipeline.counts, &self.message)
        } else {
            clean(&pipeline.rules, &pipeline.counts, &self.message)
        };
        let filled_from = self.filled_from.map(|template| clean(&pipeline.rules, &pipeline.counts, template));
        let log = Log {
            timestamp_ns: self.timestamp_ns.unwrap_or_else(|| pipeline.clock.wall_ns()),
            severity: self.severity,
            message: &message,
            is_template,
            filled_from: filled_from.as_deref(),
            logger: self.identity.shown(),
            context: self.context,
            bound: bound.as_ref().map(|bound| &bound.fields),
            own: &scratch.own,
            error: self.error.as_deref(),
        };
        hand_over(pipeline, &log, &mut scratch.record);
        scratch.give_back();
    }
}
