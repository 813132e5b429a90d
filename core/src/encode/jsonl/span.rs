//! A finished span as one JSON line, keys in the order of the schema.

use super::lines::{JsonLines, write_span_ids, write_span_ids_with_parent};
use crate::encode::attributes::truncate::{short_text_bytes, shortened};
use crate::encode::json;
use crate::encode::pieces::put;
use crate::encode::record::{Event, Linked, Span};
use crate::encode::timestamp::{rfc3339, write_rfc3339};
use crate::model::attributes::Attributes;
use crate::model::span::{SpanKind, Status};

/// Stands in the place of attributes that a line has no room for.
const NOTE: &[u8] = b",\"[truncated]\":\"[truncated]\"";

/// A span on its way into a line.
pub(super) struct SpanLine<'a> {
    pub(super) lines: &'a JsonLines,
    pub(super) span: &'a Span<'a>,
}

impl SpanLine<'_> {
    /// Appends the line with its newline, never longer than `limits.line_bytes`.
    #[inline]
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        self.write_with(out, &self.span.attributes.bytes);
        if out.len() - start > self.lines.rules.limits.line_bytes {
            out.truncate(start);
            self.write_short(out);
        }
    }

    fn write_with(&self, out: &mut Vec<u8>, attributes: &[u8]) {
        self.write_identity(out);
        write_kind(out, self.span.kind);
        json::write_uint(out, self.span.duration_ns);
        write_status(out, self.span.status);
        write_optional_text(out, b",\"status_message\":", self.span.status_message);
        write_optional_text(out, b",\"scope\":", self.span.scope);
        if let Some(members) = attributes.get(1..).filter(|members| !members.is_empty()) {
            write_enclosed(out, b",\"attributes\":{", members, b'}');
        }
        if !self.span.events.is_empty() {
            write_list(out, b",\"events\":[", self.span.events, write_event);
        }
        if !self.span.links.is_empty() {
            write_list(out, b",\"links\":[", self.span.links, write_link);
        }
        self.write_dropped(out);
        out.extend_from_slice(b"}\n");
    }

    fn write_identity(&self, out: &mut Vec<u8>) {
        let mut head = *b"{\"timestamp\":\"---------------------------\",\"kind\":\"span\",\"name\":";
        put(&mut head, b"{\"timestamp\":\"".len(), &rfc3339(self.span.start_ns));
        out.extend_from_slice(&head);
        json::write_str(out, self.span.name);
        out.extend_from_slice(&self.lines.resource);
        match (&self.span.context.span, self.span.parent) {
            (Some(span), Some(parent)) => write_span_ids_with_parent(out, span, parent.span_id),
            (Some(span), None) => write_span_ids(out, span),
            (None, _) => {}
        }
        if let Some(fields) = self.span.context.fields() {
            out.extend_from_slice(fields.correlation_members());
        }
    }

    fn write_dropped(&self, out: &mut Vec<u8>) {
        let Span { attributes, dropped_events, dropped_links, .. } = *self.span;
        if attributes.dropped | dropped_events | dropped_links == 0 {
            return;
        }
        let counts =
            [("attributes", attributes.dropped), ("events", dropped_events), ("links", dropped_links)];
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

    /// Appends the line again without events and links, with a note in place of attributes that do not fit, and
    /// with the beginnings of its texts where those alone would be too long.
    #[cold]
    fn write_short(&self, out: &mut Vec<u8>) {
        self.lines.counts.truncated.one();
        let limit = self.lines.rules.limits.line_bytes;
        let short = short_text_bytes(limit);
        let bare = Span { events: &[], links: &[], ..*self.span };
        let whole = SpanLine { span: &bare, ..*self };
        if whole.fixed_bytes(out) + short <= limit {
            return whole.write_fitting(out);
        }
        let [name, status_message, scope] =
            [bare.name, bare.status_message, bare.scope].map(|text| shortened(text, short));
        let (name, status_message, scope) = (&*name, &*status_message, &*scope);
        let span = Span { name, status_message, scope, ..bare };
        SpanLine { span: &span, ..*self }.write_fitting(out);
    }

    /// How many bytes the line takes with nothing but a note for attributes.
    fn fixed_bytes(&self, scratch: &mut Vec<u8>) -> usize {
        let start = scratch.len();
        self.write_with(scratch, NOTE);
        let fixed = scratch.len() - start;
        scratch.truncate(start);
        fixed
    }

    /// Appends the line with as many whole attributes as fit, and the note.
    fn write_fitting(&self, out: &mut Vec<u8>) {
        let room = self.lines.rules.limits.line_bytes.saturating_sub(self.fixed_bytes(out));
        let mut kept = Vec::new();
        for entry in &self.span.attributes.entries {
            let member = self.span.attributes.member(entry);
            if kept.len() + member.len() > room {
                break;
            }
            kept.extend_from_slice(member);
        }
        kept.extend_from_slice(NOTE);
        self.write_with(out, &kept);
    }
}

/// Appends `,"span_kind":"…","duration_ns":`.
// A text of known length is copied without a call.
#[inline]
fn write_kind(out: &mut Vec<u8>, kind: SpanKind) {
    match kind {
        SpanKind::Internal => out.extend_from_slice(b",\"span_kind\":\"internal\",\"duration_ns\":"),
        other => {
            out.extend_from_slice(b",\"span_kind\":\"");
            out.extend_from_slice(other.as_str().as_bytes());
            out.extend_from_slice(b"\",\"duration_ns\":");
        }
    }
}

/// Appends `,"status":"…"`.
#[inline]
fn write_status(out: &mut Vec<u8>, status: Status) {
    match status {
        Status::Unset => out.extend_from_slice(b",\"status\":\"unset\""),
        other => {
            out.extend_from_slice(b",\"status\":\"");
            out.extend_from_slice(other.as_str().as_bytes());
            out.push(b'"');
        }
    }
}

#[inline]
fn write_optional_text(out: &mut Vec<u8>, member: &[u8], text: &str) {
    if !text.is_empty() {
        out.extend_from_slice(member);
        json::write_str(out, text);
    }
}

fn write_enclosed(out: &mut Vec<u8>, open: &[u8], inside: &[u8], close: u8) {
    out.extend_from_slice(open);
    out.extend_from_slice(inside);
    out.push(close);
}

/// Appends a list that is not empty.
pub(in crate::encode) fn write_list<T>(
    out: &mut Vec<u8>,
    open: &[u8],
    items: &[T],
    write: fn(&mut Vec<u8>, &T),
) {
    let mut before = open;
    for item in items {
        out.extend_from_slice(before);
        write(out, item);
        before = b",";
    }
    out.push(b']');
}

/// Appends an event as an object.
pub(in crate::encode) fn write_event(out: &mut Vec<u8>, event: &Event) {
    out.extend_from_slice(b"{\"timestamp\":\"");
    write_rfc3339(out, event.time_ns);
    out.extend_from_slice(b"\",\"name\":");
    json::write_str(out, &event.name);
    write_own_attributes(out, &event.attributes);
    out.push(b'}');
}

/// Appends a link as an object.
pub(in crate::encode) fn write_link(out: &mut Vec<u8>, link: &Linked) {
    let opened = out.len();
    write_span_ids(out, &link.span);
    // The ids begin with the comma that a line needs; an object does not.
    if let Some(comma) = out.get_mut(opened) {
        *comma = b'{';
    }
    write_own_attributes(out, &link.attributes);
    out.push(b'}');
}

fn write_own_attributes(out: &mut Vec<u8>, attributes: &Attributes) {
    if let Some(members) = attributes.bytes.get(1..).filter(|members| !members.is_empty()) {
        write_enclosed(out, b",\"attributes\":{", members, b'}');
    }
}
