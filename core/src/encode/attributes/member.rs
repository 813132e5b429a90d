//! Members of the record itself: their keys, their limit, and the note that stands for those beyond it.
//!
//! Not for members of maps inside: see `frames`.

use super::key::{Key, Rules};
use super::target::Target;
use super::truncate::TRUNCATED;
use crate::encode::json;
use crate::model::attributes::{Attributes, Entry, KnownValue, Role};
use crate::stats::Counts;

/// Where a member of the record itself began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) hash: u32,
    pub(super) start: u32,
    pub(super) value: u32,
    pub(super) role: Role,
}

/// Writes the key of a member of the record itself, unless a limit refuses it.
#[inline]
pub(super) fn start(
    attributes: &mut Attributes,
    counts: &Counts,
    rules: &Rules,
    target: Target,
    key: &Key,
) -> Option<Member> {
    let (fragment, hash, role) = match target {
        Target::Log => (&key.log_fragment, key.log_hash, key.role),
        Target::Span | Target::Nested | Target::Draft => (&key.fragment, key.hash, Role::Plain),
    };
    let limits = &rules.limits;
    let full = attributes.entries.len() >= limits.attributes || attributes.bytes.len() >= limits.line_bytes;
    if full && is_refused(attributes, counts, target, hash, fragment.bytes()) {
        return None;
    }
    if key.is_odd {
        note_odd(attributes, rules, counts, role, key);
    }
    let start = attributes.bytes.len() as u32;
    fragment.append(&mut attributes.bytes);
    Some(Member { hash, start, value: attributes.bytes.len() as u32, role })
}

/// Counts what was done to the key, and notes whether anything in it is escaped.
#[cold]
#[inline(never)]
fn note_odd(attributes: &mut Attributes, rules: &Rules, counts: &Counts, role: Role, key: &Key) {
    key.count(rules, counts);
    if role == Role::Reserved {
        counts.reserved_keys.one();
    }
    attributes.has_escaped_key |= key.is_escaped;
}

/// Whether there is no room for the key: one that is there already takes none.
#[cold]
#[inline(never)]
fn is_refused(
    attributes: &mut Attributes,
    counts: &Counts,
    target: Target,
    hash: u32,
    fragment: &[u8],
) -> bool {
    let is_new = attributes.position(hash, fragment).is_none();
    if is_new {
        refuse(attributes, counts, target);
    }
    is_new
}

fn refuse(attributes: &mut Attributes, counts: &Counts, target: Target) {
    attributes.dropped += 1;
    if target == Target::Span {
        counts.span_items_dropped.one();
        return;
    }
    counts.truncated.one();
    if attributes.dropped == 1 {
        let start = attributes.bytes.len() as u32;
        attributes.bytes.extend_from_slice(b",\"[truncated]\":");
        let value = attributes.bytes.len() as u32;
        let known = KnownValue::of_text(json::write_str(&mut attributes.bytes, TRUNCATED));
        let end = attributes.bytes.len() as u32;
        let hash = super::key::hash(TRUNCATED);
        attributes.file(Entry { hash, start, value, end, role: Role::Plain, known });
    }
}
