//! A log record as one JSON line, keys in the order of the schema.

use super::error::{Extent, write_error};
use super::lines::{self, JsonLines, write_span_ids};
use crate::encode::attributes::truncate::{TRUNCATED, short_text_bytes, shortened};
use crate::encode::json;
use crate::encode::pieces::{append_word, put};
use crate::encode::record::{Log, Name};
use crate::encode::timestamp::rfc3339;
use crate::model::attributes::{Attributes, Role, WELL_KNOWN};
use crate::model::context::FieldSet;
use crate::model::enrichment::THREAD;
use crate::model::error_info::ErrorInfo;
use crate::model::thread::Thread;

/// A log record on its way into a line.
pub(super) struct LogLine<'a> {
    pub(super) lines: &'a JsonLines,
    pub(super) log: &'a Log<'a>,
}

impl LogLine<'_> {
    /// Appends the line with its newline, never longer than `limits.line_bytes`.
    #[inline]
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let limits = &self.lines.rules.limits;
        self.write_head(out, self.log, limits.string_bytes);
        self.write_attributes(out);
        if let Some(entities) = self.log.entities {
            out.extend_from_slice(&entities.bytes);
        }
        if let Some(error) = self.log.error {
            write_error_member(out, error, Extent::Whole);
        }
        out.extend_from_slice(b"}\n");
        if out.len() - start > limits.line_bytes {
            out.truncate(start);
            self.write_short(out);
        }
    }

    /// Appends the line up to the attributes, with a rendered message of `limit` bytes at most.
    #[inline]
    fn write_head(&self, out: &mut Vec<u8>, log: &Log<'_>, limit: usize) {
        let mut head = *b"{\"timestamp\":\"---------------------------\",\"level\":\"";
        put(&mut head, b"{\"timestamp\":\"".len(), &rfc3339(log.timestamp_ns));
        out.extend_from_slice(&head);
        append_word(out, log.severity.text());
        out.extend_from_slice(b"\",\"message\":\"");
        let is_rendered = log.write_message(limit, out);
        out.push(b'"');
        write_logger(out, log.logger);
        out.extend_from_slice(&self.lines.resource);
        if let Some(thread) = log.thread {
            write_thread(out, thread);
        }
        if let Some(span) = &log.context.span {
            write_span_ids(out, span);
        }
        self.write_well_known(out);
        if is_rendered {
            out.extend_from_slice(b",\"template\":");
            json::write_str(out, &shortened(log.template(), self.lines.rules.limits.string_bytes));
        }
    }

    #[inline]
    fn write_well_known(&self, out: &mut Vec<u8>) {
        let ambient = self.log.context.fields().filter(|set| set.has_well_known());
        let bound = self.log.bound.filter(|set| set.has_well_known());
        match (ambient, bound, self.log.own.has_well_known) {
            (None, None, false) => {}
            (Some(only), None, false) | (None, Some(only), false) => {
                out.extend_from_slice(&only.well_known.bytes);
            }
            _ => self.merge_well_known(out, ambient, bound),
        }
    }

    fn merge_well_known(&self, out: &mut Vec<u8>, ambient: Option<&FieldSet>, bound: Option<&FieldSet>) {
        let sets = [Some(self.log.own), bound.map(|set| &set.well_known), ambient.map(|set| &set.well_known)];
        for place in 0..WELL_KNOWN.len() {
            let strongest = sets.into_iter().flatten();
            let found = strongest.filter_map(|set| Some(set.member(set.at_place(place)?))).next();
            out.extend_from_slice(found.unwrap_or_default());
        }
    }

    #[inline]
    fn write_attributes(&self, out: &mut Vec<u8>) {
        let ambient = self.log.context.fields().map(|set| &set.plain).filter(|plain| !plain.is_empty());
        let bound = self.log.bound.map(|set| &set.plain).filter(|plain| !plain.is_empty());
        let nesting = self.open_nesting(out);
        if ambient.is_none() && bound.is_none() && !self.log.own.has_well_known {
            out.extend_from_slice(&self.log.own.bytes);
        } else if self.overlaps(ambient, bound) {
            out.extend_from_slice(&self.log.attributes().plain.bytes);
        } else {
            for plain in [ambient, bound].into_iter().flatten() {
                out.extend_from_slice(&plain.bytes);
            }
            self.write_own_plain(out);
        }
        close_nesting(out, nesting);
    }

    fn write_own_plain(&self, out: &mut Vec<u8>) {
        if self.log.own.has_well_known {
            for entry in self.log.own.entries.iter().filter(|entry| !matches!(entry.role, Role::WellKnown(_)))
            {
                out.extend_from_slice(self.log.own.member(entry));
            }
        } else {
            out.extend_from_slice(&self.log.own.bytes);
        }
    }

    /// Whether any two of the three sources may share a key.
    #[inline]
    fn overlaps(&self, ambient: Option<&Attributes>, bound: Option<&Attributes>) -> bool {
        match (ambient, bound) {
            (Some(one), Some(other)) if one.shares_key(other) => true,
            _ => [ambient, bound].into_iter().flatten().any(|set| set.shares_key(self.log.own)),
        }
    }

    /// The error in `room` bytes: the whole of it, or at least the chain of causes; false when neither fits.
    #[cold]
    fn write_fitting_error(&self, room: usize, out: &mut Vec<u8>) -> bool {
        let Some(info) = self.log.error else { return true };
        for extent in [Extent::Whole, Extent::Chain] {
            out.clear();
            write_error_member(out, info, extent);
            if out.len() <= room {
                return true;
            }
        }
        false
    }

    fn open_nesting(&self, out: &mut Vec<u8>) -> Option<Nesting> {
        let key = self.lines.rules.attributes_key.as_deref()?;
        let start = out.len();
        out.push(b',');
        json::write_str(out, key);
        out.extend_from_slice(b":{");
        Some(Nesting { start, inside: out.len() })
    }

    /// Appends the line again, with as many whole attributes as fit and a note in place of the others.
    #[cold]
    fn write_short(&self, out: &mut Vec<u8>) {
        const NOTE: &[u8] = b",\"[truncated]\":\"[truncated]\"";
        self.lines.counts.truncated.one();
        let limits = &self.lines.rules.limits;
        let limit = out.len() + limits.line_bytes;
        let mut error = Vec::new();
        let start = out.len();
        self.write_head(out, self.log, limits.string_bytes);
        let short = short_text_bytes(limits.line_bytes);
        let head = out.len() - start;
        let fits = self.write_fitting_error(limits.line_bytes.saturating_sub(head + short), &mut error);
        if head + short > limits.line_bytes || !fits {
            // Message and error alone leave no room, so the line has only their beginnings.
            out.truncate(start);
            let message = shortened(self.log.message, short);
            let template = self.log.filled_from.map(|template| shortened(template, short));
            let log = Log { message: &message, filled_from: template.as_deref(), ..*self.log };
            self.write_head(out, &log, short);
            if !error.is_empty() {
                error = b",\"error\":{\"type\":\"[truncated]\"}".to_vec();
            }
        }
        let nesting = self.open_nesting(out);
        let tail = NOTE.len() + error.len() + b"}}\n".len();
        let merged = self.log.attributes().plain;
        // A note that an earlier limit left among the attributes is skipped: the same one follows anyway.
        for entry in merged.entries.iter().filter(|entry| !merged.is_named(entry, TRUNCATED)) {
            let member = merged.member(entry);
            if out.len() + member.len() + tail > limit {
                break;
            }
            out.extend_from_slice(member);
        }
        out.extend_from_slice(NOTE);
        close_nesting(out, nesting);
        out.extend_from_slice(&error);
        out.extend_from_slice(b"}\n");
    }
}

#[inline]
fn write_logger(out: &mut Vec<u8>, Name { text, is_plain }: Name<'_>) {
    if text.is_empty() {
        return;
    }
    out.extend_from_slice(b",\"logger\":\"");
    if is_plain {
        out.extend_from_slice(text.as_bytes());
    } else {
        json::escape_into(out, text);
    }
    out.push(b'"');
}

#[cold]
fn write_thread(out: &mut Vec<u8>, thread: &Thread) {
    let [id, name] = THREAD;
    lines::write_name(out, id);
    json::write_uint(out, thread.id);
    if !thread.name.is_empty() {
        lines::write_name(out, name);
        json::write_str(out, &thread.name);
    }
}

fn write_error_member(out: &mut Vec<u8>, error: &ErrorInfo, extent: Extent) {
    out.extend_from_slice(b",\"error\":");
    write_error(out, error, extent);
}

/// An object that attributes are being written into.
struct Nesting {
    start: usize,
    inside: usize,
}

/// Closes the object. The comma before its first member is removed, and so is an empty object.
fn close_nesting(out: &mut Vec<u8>, nesting: Option<Nesting>) {
    let Some(Nesting { start, inside }) = nesting else { return };
    if out.len() == inside {
        out.truncate(start);
    } else {
        out.remove(inside);
        out.push(b'}');
    }
}
