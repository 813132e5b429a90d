//! Attributes as they travel: already encoded members and where each begins.
//!
//! Not for encoding or reading them: `encode::attributes` alone knows what the bytes mean.

use std::ops::Range;

/// What a log line does with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A plain attribute, written in call order.
    Plain,
    /// A name that the line keeps for itself, perhaps with underscores behind it; the attribute gets one more.
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

/// What is known of a value besides its encoded text, so that formats with types need not read that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownValue {
    /// Nothing: the text has to be read.
    Nothing,
    /// It is a text in which nothing is escaped.
    Text,
    /// It is this truth value.
    Bool(bool),
    /// It is this integer.
    Int(i64),
    /// It is the double with these bits.
    Float(u64),
}

impl KnownValue {
    /// Of a text, of which is known whether anything in it is escaped.
    #[inline]
    #[must_use]
    pub const fn of_text(is_plain: bool) -> Self {
        if is_plain { Self::Text } else { Self::Nothing }
    }
}

/// One encoded member: `bytes[start..end]` is `,"key":value`, the value begins at `value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// What is known of the value.
    pub known: KnownValue,
}

/// The type of a value whose encoded form is that of a plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// Binary data, as base64.
    Bytes,
    /// A double that is not a number or infinite, by name.
    NonFinite,
    /// An integer beyond int64, as decimal digits.
    BigInt,
}

/// Says which type the encoded text at an offset stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Offset of the value, at the top level or inside of a container.
    pub at: u32,
    /// What it is.
    pub form: TextForm,
}

/// Encoded members in order, each with its leading comma.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `,"key":value` after `,"key":value`.
    pub bytes: Vec<u8>,
    /// Where each member is.
    pub entries: Vec<Entry>,
    /// Values that are no texts although they are encoded like texts, by offset. Formats with types of
    /// their own ask for them; most records have none.
    pub marks: Vec<Mark>,
    /// Whether any entry is [`Role::WellKnown`].
    pub has_well_known: bool,
    /// Whether anything in any key is escaped.
    pub has_escaped_key: bool,
    /// Members that the limit on attributes refused.
    pub dropped: u32,
    /// A bit for the hash of each entry's key, see [`Self::file`].
    seen: u64,
}

impl Attributes {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            entries: Vec::new(),
            marks: Vec::new(),
            has_well_known: false,
            has_escaped_key: false,
            dropped: 0,
            seen: 0,
        }
    }

    /// Forgets everything and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.marks.clear();
        self.has_well_known = false;
        self.has_escaped_key = false;
        self.dropped = 0;
        self.seen = 0;
    }

    /// Files the entry of the last member; false when no entry before it has its key. Otherwise one may have.
    #[inline]
    pub fn file(&mut self, entry: Entry) -> bool {
        let bit = 1 << (entry.hash % u64::BITS);
        let may_repeat = self.seen & bit != 0;
        self.seen |= bit;
        self.entries.push(entry);
        may_repeat
    }

    /// A bit for the hash of each key: sets that have none in common have no key in common.
    #[inline]
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
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

    /// The marks of the values in a range of bytes, in order.
    pub fn marks_in(&self, range: Range<u32>) -> impl Iterator<Item = Mark> + '_ {
        let first = self.marks.partition_point(|mark| mark.at < range.start);
        self.marks.iter().skip(first).take_while(move |mark| mark.at < range.end).copied()
    }

    /// Appends a copy of a member of `from`, whether or not its key is there already.
    pub fn push_copy(&mut self, from: &Self, entry: &Entry) {
        let start = self.bytes.len() as u32;
        let moved = |offset: u32| start + (offset - entry.start);
        self.bytes.extend_from_slice(from.member(entry));
        self.marks
            .extend(from.marks_in(entry.value..entry.end).map(|mark| Mark { at: moved(mark.at), ..mark }));
        self.has_escaped_key |= from.has_escaped_key;
        self.file(Entry { start, value: moved(entry.value), end: moved(entry.end), ..*entry });
    }

    /// Appends a copy of all members of `from` whose keys are not there yet.
    pub fn append(&mut self, from: &Self) {
        for entry in &from.entries {
            if self.position(entry.hash, from.fragment(entry)).is_none() {
                self.push_copy(from, entry);
            }
        }
        self.has_well_known |= from.has_well_known;
        self.dropped += from.dropped;
    }

    /// Whether the entry's key is `name`, a name without characters that JSON escapes.
    #[must_use]
    pub fn is_named(&self, entry: &Entry, name: &str) -> bool {
        self.fragment(entry)
            .strip_prefix(b",\"")
            .and_then(|rest| rest.strip_suffix(b"\":"))
            .is_some_and(|key| key == name.as_bytes())
    }

    /// The entry whose key is `name`, a name without characters that JSON escapes.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| self.is_named(entry, name))
    }

    /// The entry of the well-known key at `place` of [`WELL_KNOWN`].
    #[must_use]
    pub fn at_place(&self, place: usize) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| matches!(entry.role, Role::WellKnown(own) if usize::from(own) == place))
    }

    /// The entry whose key fragment is `fragment`.
    #[inline]
    #[must_use]
    pub fn position(&self, hash: u32, fragment: &[u8]) -> Option<usize> {
        self.entries.iter().position(|entry| entry.hash == hash && self.fragment(entry) == fragment)
    }

    /// Whether any key may stand in both: hashes tell no more.
    #[inline]
    #[must_use]
    pub fn shares_key(&self, other: &Self) -> bool {
        self.seen & other.seen != 0 && self.shares_hash(other)
    }

    #[inline(never)]
    fn shares_hash(&self, other: &Self) -> bool {
        self.entries.iter().any(|mine| other.entries.iter().any(|entry| entry.hash == mine.hash))
    }

    /// The entry before the last that has its key. With `renamed` the last one's hash is not that of its key.
    #[must_use]
    pub fn last_repeats(&self, renamed: bool) -> Option<usize> {
        let (last, before) = self.entries.split_last()?;
        let fragment = self.fragment(last);
        before
            .iter()
            .position(|entry| (renamed || entry.hash == last.hash) && self.fragment(entry) == fragment)
    }

    /// Takes back everything from the offset `end` on, which must not lie inside of an entry.
    pub fn truncate(&mut self, end: u32) {
        self.bytes.truncate(end as usize);
        self.marks.retain(|mark| mark.at < end);
    }

    /// Puts the last entry's value in the place of the entry at `index`, and drops the last.
    ///
    /// The last value of a repeated key wins, at the key's first place.
    pub fn replace_with_last(&mut self, index: usize) {
        let Some(last) = self.entries.pop() else { return };
        let Some(old) = self.entries.get(index).copied() else { return };
        let grown = self.move_value(old.value..old.end, last.value..last.end, last.start);
        if let Some(entry) = self.entries.get_mut(index) {
            entry.known = last.known;
        }
        for (position, entry) in self.entries.iter_mut().enumerate().skip(index) {
            if position > index {
                entry.start = moved(entry.start, grown);
                entry.value = moved(entry.value, grown);
            }
            entry.end = moved(entry.end, grown);
        }
    }

    /// Puts the value at `last`, the last one there is, in the place of the one at `old`, with its marks, and
    /// cuts what is left of its member off at `cut`. Returns by how much the bytes behind `old` moved.
    pub fn move_value(&mut self, old: Range<u32>, last: Range<u32>, cut: u32) -> i64 {
        let grown = last.len() as i64 - old.len() as i64;
        if !self.marks.is_empty() {
            self.move_marks(&old, &last, cut, grown);
        }
        let value = self.bytes.get(last.start as usize..last.end as usize).unwrap_or_default().to_vec();
        self.bytes.truncate(cut as usize);
        self.bytes.splice(old.start as usize..old.end as usize, value);
        grown
    }

    fn move_marks(&mut self, old: &Range<u32>, last: &Range<u32>, cut: u32, grown: i64) {
        let own: Vec<Mark> = self.marks_in(last.clone()).collect();
        let kept: Vec<Mark> = self.marks_in(0..cut).collect();
        self.marks.clear();
        self.marks.extend(kept.iter().filter(|mark| mark.at < old.start));
        self.marks.extend(own.iter().map(|mark| Mark { at: old.start + (mark.at - last.start), ..*mark }));
        let behind = kept.iter().filter(|mark| mark.at >= old.end);
        self.marks.extend(behind.map(|mark| Mark { at: moved(mark.at, grown), ..*mark }));
    }
}

/// An offset that `grown` bytes were put in front of.
#[must_use]
pub fn moved(offset: u32, grown: i64) -> u32 {
    u32::try_from(i64::from(offset) + grown).unwrap_or(offset)
}
