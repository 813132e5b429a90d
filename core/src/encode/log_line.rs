//! A log record as one JSON line, keys in the order of the schema.
//!
//! Not for collecting what goes into it: see `api::logger`.

use super::json;
use super::key::{Rules, hash};
use super::redact::mask_tokens;
use super::text::write_text;
use super::timestamp::write_rfc3339;
use super::truncate::{TRUNCATED, short_text_bytes, shortened};
use crate::model::attributes::{Attributes, Entry, KIND, RESERVED, Role, WELL_KNOWN};
use crate::model::context::{Context, FieldSet, SpanContext, write_member};
use crate::model::ids::write_hex;
use crate::model::severity::Severity;
use crate::model::template;
use crate::stats::Counts;
use std::borrow::Cow;

/// Everything that one log line is made of.
#[derive(Debug)]
pub struct LogLine<'a> {
    /// Limits and redaction.
    pub rules: &'a Rules,
    /// Where cuts and masks are counted.
    pub counts: &'a Counts,
    /// Nanoseconds since 1970-01-01 UTC.
    pub timestamp_ns: i64,
    /// The severity.
    pub severity: Severity,
    /// The message or its template.
    pub message: &'a str,
    /// Whether `message` is a template.
    pub is_template: bool,
    /// `,"logger":"…"`, or nothing.
    pub logger: &'a [u8],
    /// `,"service":"…",…,"pid":1`
    pub resource: &'a [u8],
    /// The context in force.
    pub context: &'a Context,
    /// What the logger is bound to.
    pub bound: Option<&'a FieldSet>,
    /// The call's own attributes.
    pub own: &'a Attributes,
    /// The encoded error object, or nothing.
    pub error: &'a [u8],
}

impl LogLine<'_> {
    /// Appends the line with its newline, never longer than `limits.line_bytes`.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let template = self.write_head(out, self.message, self.rules.limits.string_bytes);
        self.write_template(out, template, self.message);
        self.write_attributes(out);
        self.write_error(out, self.error);
        out.extend_from_slice(b"}\n");
        if out.len() - start > self.rules.limits.line_bytes {
            out.truncate(start);
            self.write_short(out);
        }
    }

    /// Up to the attributes, with a rendered message of `limit` bytes at most; true when the message
    /// differs from its template.
    #[inline]
    fn write_head(&self, out: &mut Vec<u8>, message: &str, limit: usize) -> bool {
        out.extend_from_slice(b"{\"timestamp\":\"");
        write_rfc3339(out, self.timestamp_ns);
        out.extend_from_slice(b"\",\"level\":\"");
        out.extend_from_slice(self.severity.text().as_bytes());
        out.extend_from_slice(b"\",\"message\":");
        let changed = self.write_message(out, message, limit);
        out.extend_from_slice(self.logger);
        out.extend_from_slice(self.resource);
        if let Some(span) = &self.context.span {
            write_span_ids(out, span);
        }
        self.write_well_known(out);
        changed
    }

    #[inline]
    fn write_message(&self, out: &mut Vec<u8>, message: &str, limit: usize) -> bool {
        if !self.is_template || memchr::memchr2(b'{', b'}', message.as_bytes()).is_none() {
            write_text(out, self.rules, self.counts, message);
            return false;
        }
        let masked = mask_tokens(message);
        out.push(b'"');
        let changed = template::render(
            masked.as_deref().unwrap_or(message),
            limit,
            json::escape_into,
            |name| self.find(name),
            out,
        );
        out.push(b'"');
        changed
    }

    #[inline]
    fn write_template(&self, out: &mut Vec<u8>, changed: bool, message: &str) {
        if changed {
            out.extend_from_slice(b",\"template\":");
            write_text(out, self.rules, self.counts, message);
        }
    }

    /// The value of a hole's name: the call's own, then the logger's, then the context's.
    fn find(&self, name: &str) -> Option<&[u8]> {
        let sets = [self.bound, self.context.fields()];
        let known = WELL_KNOWN.iter().position(|known| *known == name);
        find(self.own, name).or_else(|| {
            sets.into_iter().flatten().find_map(|set| match known {
                Some(place) => set.well_known.get(place)?.as_deref(),
                None => find(&set.plain, name),
            })
        })
    }

    #[inline]
    fn write_well_known(&self, out: &mut Vec<u8>) {
        let ambient = self.context.fields().filter(|set| set.has_well_known());
        let bound = self.bound.filter(|set| set.has_well_known());
        match (ambient, bound, self.own.has_well_known) {
            (None, None, false) => {}
            (Some(only), None, false) | (None, Some(only), false) => {
                out.extend_from_slice(&only.well_known_members);
            }
            _ => self.merge_well_known(out, ambient, bound),
        }
    }

    fn merge_well_known(&self, out: &mut Vec<u8>, ambient: Option<&FieldSet>, bound: Option<&FieldSet>) {
        for (place, name) in WELL_KNOWN.iter().enumerate() {
            let own = self.own.entries.iter().find(|entry| is_place(entry, place));
            let of = |set: Option<&'_ FieldSet>| set.and_then(|set| set.well_known.get(place)?.clone());
            if let Some(entry) = own {
                write_member(out, name, self.own.value(entry));
            } else if let Some(value) = of(bound).or_else(|| of(ambient)) {
                write_member(out, name, &value);
            }
        }
    }

    #[inline]
    fn write_attributes(&self, out: &mut Vec<u8>) {
        let ambient = self.context.fields().map(|set| &set.plain).filter(|plain| !plain.is_empty());
        let bound = self.bound.map(|set| &set.plain).filter(|plain| !plain.is_empty());
        let nesting = self.open_nesting(out);
        if ambient.is_none() && bound.is_none() && !self.own.has_well_known {
            out.extend_from_slice(&self.own.bytes);
        } else if self.overlaps(ambient, bound) {
            out.extend_from_slice(&self.merged().plain.bytes);
        } else {
            for plain in [ambient, bound].into_iter().flatten() {
                out.extend_from_slice(&plain.bytes);
            }
            self.write_own_plain(out);
        }
        close_nesting(out, nesting);
    }

    fn write_own_plain(&self, out: &mut Vec<u8>) {
        if self.own.has_well_known {
            for entry in self.own.entries.iter().filter(|entry| !matches!(entry.role, Role::WellKnown(_))) {
                out.extend_from_slice(self.own.member(entry));
            }
        } else {
            out.extend_from_slice(&self.own.bytes);
        }
    }

    /// Whether any two of the three sources may share a key.
    #[inline]
    fn overlaps(&self, ambient: Option<&Attributes>, bound: Option<&Attributes>) -> bool {
        let share = |one: &Attributes, other: &Attributes| {
            one.entries.iter().any(|a| other.entries.iter().any(|b| a.hash == b.hash))
        };
        match (ambient, bound) {
            (Some(one), Some(other)) if share(one, other) => true,
            _ => [ambient, bound].into_iter().flatten().any(|set| share(set, self.own)),
        }
    }

    /// All three sources in one: the last value of a key wins at its first place.
    fn merged(&self) -> FieldSet {
        let ambient = self.context.fields();
        let with_bound = match self.bound {
            Some(bound) => FieldSet::merged(ambient, &bound.plain),
            None => ambient.cloned().unwrap_or_default(),
        };
        FieldSet::merged(Some(&with_bound), self.own)
    }

    fn open_nesting(&self, out: &mut Vec<u8>) -> Option<Nesting> {
        let key = self.rules.attributes_key.as_deref()?;
        let start = out.len();
        out.push(b',');
        json::write_str(out, key);
        out.extend_from_slice(b":{");
        Some(Nesting { start, inside: out.len() })
    }

    #[inline]
    fn write_error(&self, out: &mut Vec<u8>, error: &[u8]) {
        if !error.is_empty() {
            out.extend_from_slice(b",\"error\":");
            out.extend_from_slice(error);
        }
    }

    /// The line again, with as many whole attributes as fit and a note in place of the others.
    #[cold]
    fn write_short(&self, out: &mut Vec<u8>) {
        const NOTE: &[u8] = b",\"[truncated]\":\"[truncated]\"";
        self.counts.truncated.one();
        let limit = out.len() + self.rules.limits.line_bytes;
        let (message, rendered_bytes, error) = self.shortened(out);
        let changed = self.write_head(out, &message, rendered_bytes);
        self.write_template(out, changed, &message);
        let nesting = self.open_nesting(out);
        let tail = NOTE.len() + error.len() + b",\"error\":".len() + b"}}\n".len();
        let merged = self.merged().plain;
        // A note that an earlier limit left is the note that follows anyway.
        for entry in merged.entries.iter().filter(|entry| !merged.is_named(entry, TRUNCATED)) {
            let member = merged.member(entry);
            if out.len() + member.len() + tail > limit {
                break;
            }
            out.extend_from_slice(member);
        }
        out.extend_from_slice(NOTE);
        close_nesting(out, nesting);
        self.write_error(out, error);
        out.extend_from_slice(b"}\n");
    }

    /// Message, the limit of its rendering, and error: as they are if the line has room for them, else
    /// their beginnings.
    fn shortened(&self, scratch: &mut Vec<u8>) -> (Cow<'_, str>, usize, &[u8]) {
        let limits = &self.rules.limits;
        let start = scratch.len();
        let changed = self.write_head(scratch, self.message, limits.string_bytes);
        self.write_template(scratch, changed, self.message);
        let fixed = scratch.len() - start + self.error.len();
        scratch.truncate(start);
        let short = short_text_bytes(limits.line_bytes);
        if fixed + short <= limits.line_bytes {
            return (Cow::Borrowed(self.message), limits.string_bytes, self.error);
        }
        let error: &[u8] = if self.error.is_empty() { b"" } else { b"{\"type\":\"[truncated]\"}" };
        (shortened(self.message, short), short, error)
    }
}

/// An object that attributes are being written into.
struct Nesting {
    start: usize,
    inside: usize,
}

/// Closes the object; the members' first comma goes, and an empty object goes altogether.
fn close_nesting(out: &mut Vec<u8>, nesting: Option<Nesting>) {
    let Some(Nesting { start, inside }) = nesting else { return };
    if out.len() == inside {
        out.truncate(start);
    } else {
        out.remove(inside);
        out.push(b'}');
    }
}

fn is_place(entry: &Entry, place: usize) -> bool {
    matches!(entry.role, Role::WellKnown(own) if usize::from(own) == place)
}

/// The value of the attribute `name`, also when a reserved name gave it an underscore.
fn find<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a [u8]> {
    let by = |name: &str| {
        let hash = hash(name);
        attributes
            .entries
            .iter()
            .find(|entry| entry.hash == hash && attributes.is_named(entry, name))
            .map(|entry| attributes.value(entry))
    };
    by(name).or_else(|| (name == KIND || RESERVED.contains(&name)).then(|| by(&format!("{name}_"))).flatten())
}

/// Appends `,"trace_id":"…","span_id":"…"`.
#[inline]
pub(crate) fn write_span_ids(out: &mut Vec<u8>, span: &SpanContext) {
    out.extend_from_slice(b",\"trace_id\":\"");
    write_hex(out, &span.trace_id.to_bytes());
    out.extend_from_slice(b"\",\"span_id\":\"");
    write_hex(out, &span.span_id.to_bytes());
    out.push(b'"');
}
