//! What a log record, a span and a metric point consist of when they are finished, and what turns them into bytes.
//!
//! Texts arrive here cut to their limits and with tokens masked: a format only has to write them.

use super::attributes::limits::Limits;
use super::json::escape_into;
use super::json_reader::unescaped;
use super::template;
use crate::model::attributes::{Attributes, Entry, Role, WELL_KNOWN};
use crate::model::context::{Context, FieldSet, SpanContext};
use crate::model::error_info::ErrorInfo;
use crate::model::metric::{Descriptor, PointValue};
use crate::model::severity::Severity;
use crate::model::signal::Signal;
use crate::model::span::{Parent, SpanKind, Status};
use crate::model::thread::Thread;
use std::fmt::Debug;
use std::sync::Arc;

/// A format: turns each record into bytes that can stand behind those of any other record.
///
/// A record is encoded on the thread that made it, so an encoder is used by many threads at once.
pub trait Encoder: Debug + Send + Sync {
    /// Names the format together with all settings that its bytes depend on: outputs whose encoders have the same
    /// name share each record's bytes.
    fn id(&self) -> &str;

    /// Appends a log record.
    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>);

    /// Appends a span.
    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>);

    /// Appends a metric point, or nothing where the format has no way to say it: the output gets none then.
    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>);
}

/// An encoder for the records of one signal alone: they stand together even where those of several signals are
/// rendered at once.
#[derive(Debug)]
pub(crate) struct ForSignal {
    id: String,
    encoder: Arc<dyn Encoder>,
}

impl ForSignal {
    /// The same format under a name of its own.
    pub(crate) fn new(signal: Signal, encoder: Arc<dyn Encoder>) -> Self {
        Self { id: format!("{}:{}", encoder.id(), signal.as_str()), encoder }
    }
}

impl Encoder for ForSignal {
    fn id(&self) -> &str {
        &self.id
    }

    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        self.encoder.log(log, out);
    }

    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>) {
        self.encoder.span(span, out);
    }

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        self.encoder.point(point, out);
    }
}

/// A log record.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    /// Nanoseconds since 1970-01-01 UTC.
    pub timestamp_ns: i64,
    /// The severity.
    pub severity: Severity,
    /// The message, or its template.
    pub message: &'a str,
    /// Whether `message` is a template, which is filled from the attributes.
    pub is_template: bool,
    /// The template that `message` was filled from before it came here.
    pub filled_from: Option<&'a str>,
    /// The logger's name; empty for none.
    pub logger: Name<'a>,
    /// The context in force.
    pub context: &'a Context,
    /// The thread that made it, where that is told.
    pub thread: Option<&'a Thread>,
    /// What the logger is bound to.
    pub bound: Option<&'a FieldSet>,
    /// The call's own attributes.
    pub own: &'a Attributes,
    /// What was found in its message, as the attribute `entities`, where that is asked for.
    pub entities: Option<&'a Attributes>,
    /// The error that it tells of.
    pub error: Option<&'a ErrorInfo>,
}

/// A text that many records share, looked at once.
#[derive(Debug, Clone, Copy)]
pub struct Name<'a> {
    /// The text.
    pub text: &'a str,
    /// Whether no character of it needs an escape in JSON.
    pub is_plain: bool,
}

/// A finished span.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// Start, nanoseconds since 1970-01-01 UTC.
    pub start_ns: i64,
    /// Its length in nanoseconds.
    pub duration_ns: u64,
    /// The name.
    pub name: &'a str,
    /// The span's own identity and what it carries.
    pub context: &'a Context,
    /// The parent, if any.
    pub parent: Option<Parent>,
    /// The role.
    pub kind: SpanKind,
    /// How it ended.
    pub status: Status,
    /// Why it failed; empty when nobody said.
    pub status_message: &'a str,
    /// The emitting library; empty for none.
    pub scope: &'a str,
    /// The attributes.
    pub attributes: &'a Attributes,
    /// What happened in it, in call order.
    pub events: &'a [Event],
    /// Spans that it relates to, in call order.
    pub links: &'a [Linked],
    /// Events beyond their limit.
    pub dropped_events: u32,
    /// Links beyond their limit.
    pub dropped_links: u32,
}

/// An event of a span.
#[derive(Debug, Clone, Default)]
pub struct Event {
    /// Nanoseconds since 1970-01-01 UTC.
    pub time_ns: i64,
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A link of a span.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The other span.
    pub span: SpanContext,
    /// What the link says of it.
    pub attributes: Attributes,
}

/// One series of an instrument as it was at collection.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// Nanoseconds since 1970-01-01 UTC.
    pub timestamp_ns: i64,
    /// When the series began, nanoseconds since 1970-01-01 UTC.
    pub start_ns: i64,
    /// The instrument.
    pub instrument: &'a Descriptor,
    /// What tells the series from the others of its instrument, sorted by key.
    pub attributes: &'a Attributes,
    /// What was measured.
    pub value: PointValue<'a>,
}

impl Log<'_> {
    /// The encoded value of the attribute `name` (see [`super::values`]): the call's own, then the logger's, then
    /// the context's.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&[u8]> {
        let sets = [self.bound, self.context.fields()];
        let known = WELL_KNOWN.iter().position(|known| *known == name);
        find(self.own, name).or_else(|| {
            sets.into_iter().flatten().find_map(|set| match known {
                Some(place) => set.well_known_value(place),
                None => find(&set.plain, name),
            })
        })
    }

    /// Appends the message as the inside of a JSON string, a template filled, at most `limit_bytes` of it; true
    /// when it differs from its template.
    pub(super) fn write_message(&self, limit_bytes: usize, out: &mut Vec<u8>) -> bool {
        if self.is_template {
            return template::render(self.message, limit_bytes, escape_into, |name| self.find(name), out);
        }
        escape_into(out, self.message);
        self.filled_from.is_some()
    }

    /// The template of a message that [`Self::write_message`] says has one.
    pub(crate) fn template(&self) -> &str {
        self.filled_from.unwrap_or(self.message)
    }

    /// The message as text, a template filled.
    #[must_use]
    pub fn body(&self, limits: &Limits) -> String {
        let mut escaped = Vec::new();
        self.write_message(limits.string_bytes, &mut escaped);
        unescaped(&escaped).into_owned()
    }

    /// Shows the sets that all attributes are in, each key in one of them.
    #[inline]
    pub(crate) fn each_set(&self, mut show: impl FnMut(&Attributes)) {
        let ambient = self.context.fields();
        let sets = [
            ambient.map(|set| &set.well_known),
            ambient.map(|set| &set.plain),
            self.bound.map(|set| &set.well_known),
            self.bound.map(|set| &set.plain),
            Some(self.own),
        ];
        let (mut seen, mut may_overlap) = (0, false);
        for set in sets.into_iter().flatten() {
            may_overlap |= seen & set.seen() != 0;
            seen |= set.seen();
        }
        if may_overlap && overlap(&sets) {
            let merged = self.attributes();
            [&merged.well_known, &merged.plain].into_iter().for_each(show);
        } else {
            sets.into_iter().flatten().filter(|set| !set.is_empty()).for_each(&mut show);
        }
    }

    /// All attributes in one set: the last value of a key wins at its first place.
    #[must_use]
    pub fn attributes(&self) -> FieldSet {
        let ambient = self.context.fields();
        let mut merged = ambient.cloned().unwrap_or_default();
        if let Some(bound) = self.bound {
            merged = FieldSet::merged(Some(&merged), &bound.plain);
            merged = FieldSet::merged(Some(&merged), &bound.well_known);
        }
        FieldSet::merged(Some(&merged), self.own)
    }
}

/// Whether any key may stand in two of the sets.
fn overlap(sets: &[Option<&Attributes>]) -> bool {
    let mut behind = sets;
    while let [first, rest @ ..] = behind {
        behind = rest;
        if first.is_some_and(|first| rest.iter().flatten().any(|set| first.shares_key(set))) {
            return true;
        }
    }
    false
}

/// The value of the attribute `name`, also when a reserved name gave it an underscore.
fn find<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a [u8]> {
    let is_kept = |entry: &&Entry| entry.role != Role::Reserved;
    let kept = attributes.entries.iter().filter(is_kept).find(|entry| attributes.is_named(entry, name));
    kept.or_else(|| renamed(attributes, name)).map(|entry| attributes.value(entry))
}

fn renamed<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a Entry> {
    let mut renamed = attributes.entries.iter().filter(|entry| entry.role == Role::Reserved).peekable();
    renamed.peek()?;
    let written = format!("{name}_");
    renamed.find(|entry| attributes.is_named(entry, &written))
}
