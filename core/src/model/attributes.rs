//! Attributes as they travel: already encoded members and where each begins.
//!
//! Not for encoding them: `encode::AttributeWriter` fills this structure.

/// What a log line does with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A plain attribute, written in call order.
    Plain,
    /// A name that the line keeps for itself; the attribute gets a trailing underscore.
    Reserved,
    /// A name with a fixed place of its own, the index into [`WELL_KNOWN`].
    WellKnown(u8),
}

/// Keys that always stand at the same place of a log line, in that order.
pub const WELL_KNOWN: [&str; 8] =
    ["correlation_id", "request_id", "user_id", "session_id", "tenant_id", "event", "category", "outcome"];

/// How many of [`WELL_KNOWN`] are correlation keys, which spans and context carry too.
pub const CORRELATION_KEYS: usize = 5;

/// Names that only the SDK itself writes at the top level of a line.
pub const RESERVED: [&str; 14] = [
    "timestamp",
    "level",
    "message",
    "logger",
    "service",
    "version",
    "environment",
    "host",
    "pid",
    "trace_id",
    "span_id",
    "template",
    "entities",
    "error",
];

/// The reserved name that tells span and metric lines from log lines.
pub const KIND: &str = "kind";

/// One encoded member: `bytes[start..end]` is `,"key":value`, the value begins at `value`.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Hash of the key as written.
    pub hash: u32,
    /// Offset of the leading comma.
    pub start: u32,
    /// Offset of the value.
    pub value: u32,
    /// Offset behind the value.
    pub end: u32,
    /// What a log line does with it.
    pub role: Role,
}

/// Encoded members in order, each with its leading comma.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// `,"key":value` after `,"key":value`.
    pub bytes: Vec<u8>,
    /// Where each member is.
    pub entries: Vec<Entry>,
    /// Whether any entry is [`Role::WellKnown`].
    pub has_well_known: bool,
    /// Members that the limit on attributes refused.
    pub dropped: u32,
}

impl Attributes {
    /// Forgets everything and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.has_well_known = false;
        self.dropped = 0;
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The whole member with its leading comma.
    #[inline]
    #[must_use]
    pub fn member(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.start as usize..entry.end as usize).unwrap_or_default()
    }

    /// `,"key":`.
    #[inline]
    #[must_use]
    pub fn fragment(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.start as usize..entry.value as usize).unwrap_or_default()
    }

    /// The encoded value.
    #[inline]
    #[must_use]
    pub fn value(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.value as usize..entry.end as usize).unwrap_or_default()
    }

    /// Whether the entry's key is `name`, a name without characters that JSON escapes.
    #[must_use]
    pub fn is_named(&self, entry: &Entry, name: &str) -> bool {
        self.fragment(entry)
            .strip_prefix(b",\"")
            .and_then(|rest| rest.strip_suffix(b"\":"))
            .is_some_and(|key| key == name.as_bytes())
    }

    /// The entry whose key fragment is `fragment`.
    #[inline]
    #[must_use]
    pub fn position(&self, hash: u32, fragment: &[u8]) -> Option<usize> {
        self.entries.iter().position(|entry| entry.hash == hash && self.fragment(entry) == fragment)
    }

    /// Puts the last entry's value in the place of the entry at `index`, and drops the last.
    ///
    /// The last value of a repeated key wins, at the key's first place.
    pub fn replace_with_last(&mut self, index: usize) {
        let Some(last) = self.entries.pop() else { return };
        let Some(old) = self.entries.get(index).copied() else { return };
        let value = self.value(&last).to_vec();
        self.bytes.truncate(last.start as usize);
        let range = old.value as usize..old.end as usize;
        let grown = value.len() as i64 - range.len() as i64;
        self.bytes.splice(range, value);
        let moved = |offset: u32| u32::try_from(i64::from(offset) + grown).unwrap_or(offset);
        for (position, entry) in self.entries.iter_mut().enumerate().skip(index) {
            if position > index {
                entry.start = moved(entry.start);
                entry.value = moved(entry.value);
            }
            entry.end = moved(entry.end);
        }
    }
}
