//! A finished span as one JSON line, keys in the order of the schema.
//!
//! Not for collecting what goes into it: see `api::tracer`.

use super::json;
use super::key::Rules;
use super::log_line::write_span_ids;
use super::text::write_text;
use super::timestamp::write_rfc3339;
use super::truncate::{short_text_bytes, shortened};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::ids::{SpanId, write_hex};
use crate::model::span::{SpanKind, Status};
use crate::stats::Counts;

/// Stands in the place of attributes that a line has no room for.
const NOTE: &[u8] = b",\"[truncated]\":\"[truncated]\"";

/// Everything that one span line is made of.
#[derive(Debug, Clone, Copy)]
pub struct SpanLine<'a> {
    /// Limits and redaction.
    pub rules: &'a Rules,
    /// Where cuts and masks are counted.
    pub counts: &'a Counts,
    /// Start, nanoseconds since 1970-01-01 UTC.
    pub start_ns: i64,
    /// Its length in nanoseconds.
    pub duration_ns: u64,
    /// The name.
    pub name: &'a str,
    /// `,"service":"…",…,"pid":1`
    pub resource: &'a [u8],
    /// The span's own identity and what it carries.
    pub context: &'a Context,
    /// The parent, if any.
    pub parent_span_id: Option<SpanId>,
    /// The role.
    pub kind: SpanKind,
    /// How it ended.
    pub status: Status,
    /// Why it failed.
    pub status_message: &'a str,
    /// The emitting library.
    pub scope: &'a str,
    /// The attributes.
    pub attributes: &'a Attributes,
    /// Encoded events, comma-separated.
    pub events: &'a [u8],
    /// Encoded links, comma-separated.
    pub links: &'a [u8],
    /// Events and links beyond their limits.
    pub dropped: (u32, u32),
}

impl SpanLine<'_> {
    /// Appends the line with its newline, never longer than `limits.line_bytes`.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        self.write_with(out, &self.attributes.bytes);
        if out.len() - start > self.rules.limits.line_bytes {
            out.truncate(start);
            self.write_short(out);
        }
    }

    fn write_with(&self, out: &mut Vec<u8>, attributes: &[u8]) {
        self.write_identity(out);
        out.extend_from_slice(b",\"span_kind\":\"");
        out.extend_from_slice(self.kind.as_str().as_bytes());
        out.extend_from_slice(b"\",\"duration_ns\":");
        json::write_uint(out, self.duration_ns);
        out.extend_from_slice(b",\"status\":\"");
        out.extend_from_slice(self.status.as_str().as_bytes());
        out.push(b'"');
        self.write_optional_text(out, b",\"status_message\":", self.status_message);
        self.write_optional_text(out, b",\"scope\":", self.scope);
        if let Some(members) = attributes.get(1..).filter(|members| !members.is_empty()) {
            write_enclosed(out, b",\"attributes\":{", members, b'}');
        }
        if !self.events.is_empty() {
            write_enclosed(out, b",\"events\":[", self.events, b']');
        }
        if !self.links.is_empty() {
            write_enclosed(out, b",\"links\":[", self.links, b']');
        }
        self.write_dropped(out);
        out.extend_from_slice(b"}\n");
    }

    fn write_identity(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"timestamp\":\"");
        write_rfc3339(out, self.start_ns);
        out.extend_from_slice(b"\",\"kind\":\"span\",\"name\":");
        write_text(out, self.rules, self.counts, self.name);
        out.extend_from_slice(self.resource);
        if let Some(span) = &self.context.span {
            write_span_ids(out, span);
        }
        if let Some(parent) = self.parent_span_id {
            out.extend_from_slice(b",\"parent_span_id\":\"");
            write_hex(out, &parent.to_bytes());
            out.push(b'"');
        }
        if let Some(fields) = self.context.fields() {
            fields.write_correlation(out);
        }
    }

    fn write_optional_text(&self, out: &mut Vec<u8>, member: &[u8], text: &str) {
        if !text.is_empty() {
            out.extend_from_slice(member);
            write_text(out, self.rules, self.counts, text);
        }
    }

    fn write_dropped(&self, out: &mut Vec<u8>) {
        let (events, links) = self.dropped;
        let counts = [("attributes", self.attributes.dropped), ("events", events), ("links", links)];
        let mut open: &[u8] = b",\"dropped\":{";
        for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            out.extend_from_slice(open);
            json::write_str(out, name);
            out.push(b':');
            json::write_uint(out, u64::from(count));
            open = b",";
        }
        if open == b"," {
            out.push(b'}');
        }
    }

    /// The line again without events and links, with a note in place of attributes that do not fit, and
    /// with the beginnings of its texts where those alone would be too long.
    #[cold]
    fn write_short(&self, out: &mut Vec<u8>) {
        self.counts.truncated.one();
        let limit = self.rules.limits.line_bytes;
        let short = short_text_bytes(limit);
        let whole = SpanLine { events: b"", links: b"", ..*self };
        if whole.fixed_bytes(out) + short <= limit {
            return whole.write_fitting(out);
        }
        let [name, status_message, scope] =
            [self.name, self.status_message, self.scope].map(|text| shortened(text, short));
        let (name, status_message, scope) = (&*name, &*status_message, &*scope);
        SpanLine { name, status_message, scope, ..whole }.write_fitting(out);
    }

    /// What the line takes with nothing but a note for attributes.
    fn fixed_bytes(&self, scratch: &mut Vec<u8>) -> usize {
        let start = scratch.len();
        self.write_with(scratch, NOTE);
        let fixed = scratch.len() - start;
        scratch.truncate(start);
        fixed
    }

    /// The line with as many whole attributes as fit, and the note.
    fn write_fitting(&self, out: &mut Vec<u8>) {
        let room = self.rules.limits.line_bytes.saturating_sub(self.fixed_bytes(out));
        let mut kept = Vec::new();
        for entry in &self.attributes.entries {
            let member = self.attributes.member(entry);
            if kept.len() + member.len() > room {
                break;
            }
            kept.extend_from_slice(member);
        }
        kept.extend_from_slice(NOTE);
        self.write_with(out, &kept);
    }
}

fn write_enclosed(out: &mut Vec<u8>, open: &[u8], inside: &[u8], close: u8) {
    out.extend_from_slice(open);
    out.extend_from_slice(inside);
    out.push(close);
}

/// Appends one event to a comma-separated list.
pub fn write_event(
    out: &mut Vec<u8>,
    time_ns: i64,
    name: &str,
    attributes: &Attributes,
    rules: &Rules,
    counts: &Counts,
) {
    if !out.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(b"{\"timestamp\":\"");
    write_rfc3339(out, time_ns);
    out.extend_from_slice(b"\",\"name\":");
    write_text(out, rules, counts, name);
    write_own_attributes(out, attributes);
    out.push(b'}');
}

/// Appends one link to a comma-separated list.
pub fn write_link(out: &mut Vec<u8>, span: &SpanContext, attributes: &Attributes) {
    if !out.is_empty() {
        out.push(b',');
    }
    let opened = out.len();
    write_span_ids(out, span);
    // The ids begin with the comma that a line needs; an object does not.
    if let Some(comma) = out.get_mut(opened) {
        *comma = b'{';
    }
    write_own_attributes(out, attributes);
    out.push(b'}');
}

fn write_own_attributes(out: &mut Vec<u8>, attributes: &Attributes) {
    if let Some(members) = attributes.bytes.get(1..).filter(|members| !members.is_empty()) {
        write_enclosed(out, b",\"attributes\":{", members, b'}');
    }
}
