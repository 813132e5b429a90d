//! One line under construction: its fields, each under a key of its own, and its end.

use super::protocol::LineProtocol;
use super::text::{shown, write_bare, write_quoted};
use crate::encode::json;
use crate::encode::values::{self, Value};
use crate::model::attributes::{Attributes, CORRELATION_KEYS, Entry, Role};
use std::ops::Range;

/// What is behind the tags of a line.
pub(super) struct Line<'l> {
    protocol: &'l LineProtocol,
    out: &'l mut Vec<u8>,
    /// Where the line begins.
    start: usize,
    /// Names that a field must not have, because something else of the line has them.
    taken: &'static [&'static str],
    /// Where the keys of the fields are.
    keys: Vec<Range<usize>>,
    is_full: bool,
}

/// The timestamp takes no more than this, with the space before and the line feed behind it.
const TAIL_BYTES: usize = 22;

impl<'l> Line<'l> {
    /// A line whose measurement and tags are written, from `start` on.
    pub(super) fn behind_tags(
        protocol: &'l LineProtocol,
        out: &'l mut Vec<u8>,
        start: usize,
        taken: &'static [&'static str],
    ) -> Self {
        Self { protocol, out, start, taken, keys: Vec::new(), is_full: false }
    }

    /// A field of the format's own. `write` appends its value.
    pub(super) fn own(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.field(key.as_bytes(), write);
    }

    /// An integer of the format's own.
    pub(super) fn int(&mut self, key: &str, value: u64) {
        self.own(key, |out| write_int(out, i64::try_from(value).unwrap_or(i64::MAX)));
    }

    /// A text of the format's own; an empty one is left out.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            let mut inside = Vec::new();
            json::escape_into(&mut inside, text);
            self.own(key, |out| write_quoted(out, &shown(&inside)));
        }
    }

    /// A text of the format's own, given as the inside of a JSON string; false when the line is too long for it.
    pub(super) fn escaped(&mut self, key: &str, inside: &[u8]) -> bool {
        self.field(key.as_bytes(), |out| write_quoted(out, &shown(inside)))
    }

    /// JSON as a text.
    pub(super) fn json(&mut self, key: &str, json: &[u8]) {
        self.own(key, |out| write_quoted(out, json));
    }

    /// A field for each of the correlation keys among well-known attributes.
    pub(super) fn correlation(&mut self, well_known: &Attributes) {
        let is_correlation = |entry: &&Entry| matches!(entry.role, Role::WellKnown(place) if usize::from(place) < CORRELATION_KEYS);
        for entry in well_known.entries.iter().filter(is_correlation) {
            self.attribute(well_known, entry);
        }
    }

    /// A field for each attribute, with its type. Null is no value here, and neither is a double that is not finite;
    /// the latter is counted.
    pub(super) fn attributes(&mut self, attributes: &Attributes) {
        for entry in &attributes.entries {
            self.attribute(attributes, entry);
        }
    }

    fn attribute(&mut self, attributes: &Attributes, entry: &Entry) {
        let key = shown(inside_of_key(attributes.fragment(entry)));
        let encoded = attributes.value(entry);
        let is_left_out = match values::value(attributes, entry) {
            Value::Null => return,
            Value::Float(value) => !value.is_finite(),
            _ => false,
        };
        if is_left_out || key.is_empty() {
            return self.protocol.counts.left_out.one();
        }
        self.field(&key, |out| match values::value(attributes, entry) {
            Value::Int(value) => write_int(out, value),
            Value::Text(_) | Value::BigInt(_) | Value::Bytes(_) => {
                write_quoted(out, &shown(inside_of_text(encoded)));
            }
            Value::List(_) | Value::Map(_) => write_quoted(out, encoded),
            Value::Bool(_) | Value::Float(_) | Value::Null => out.extend_from_slice(encoded),
        });
    }

    /// Appends a field; false when the line is too long for it. A key that is taken gets an underscore.
    fn field(&mut self, key: &[u8], write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let before = self.out.len();
        self.out.push(if self.keys.is_empty() { b' ' } else { b',' });
        let key_start = self.out.len();
        write_bare(self.out, key);
        while self.is_taken(key_start) {
            self.out.push(b'_');
        }
        let key = key_start..self.out.len();
        self.out.push(b'=');
        write(self.out);
        let fits = self.out.len() - self.start + TAIL_BYTES <= self.protocol.rules.limits.line_bytes;
        if fits {
            self.keys.push(key);
            return true;
        }
        self.out.truncate(before);
        if !std::mem::replace(&mut self.is_full, true) {
            self.protocol.counts.truncated.one();
        }
        false
    }

    /// Whether the key that begins at `start` is another's.
    fn is_taken(&self, start: usize) -> bool {
        let key = self.out.get(start..).unwrap_or_default();
        let is_own = |range: &Range<usize>| self.out.get(range.clone()) == Some(key);
        self.taken.iter().any(|taken| taken.as_bytes() == key) || self.keys.iter().any(is_own)
    }

    /// Ends the line. A point without a field is none: nothing of it stays.
    pub(super) fn end(self, timestamp_ns: i64) {
        if self.keys.is_empty() {
            self.out.truncate(self.start);
            return;
        }
        self.out.push(b' ');
        json::write_int(self.out, timestamp_ns);
        self.out.push(b'\n');
    }
}

/// Appends an integer field's value.
fn write_int(out: &mut Vec<u8>, value: i64) {
    json::write_int(out, value);
    out.push(b'i');
}

/// `key` of `,"key":`, escaped as in JSON.
pub(super) fn inside_of_key(fragment: &[u8]) -> &[u8] {
    fragment.strip_prefix(b",\"").and_then(|rest| rest.strip_suffix(b"\":")).unwrap_or_default()
}

/// A JSON string without its quotes; other JSON as it is.
pub(super) fn inside_of_text(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(json)
}
