//! The last check of a well-known key's value: only what the schema allows keeps the fixed place.
//!
//! Not for writing the place itself: the formats do that.

use crate::model::attributes::{Attributes, CORRELATION_KEYS, Role};
use crate::stats::Counts;

/// The fixed places are part of every line, however short it must be: no more than this, quotes included.
const LONGEST_BYTES: usize = 1024;

/// Looks at the last entry, which has the well-known place `place`.
///
/// Correlation keys take any scalar, event, category and outcome take strings, all of at most 1 KiB; anything else is
/// kept as a plain attribute with a trailing underscore, as reserved names are, and then the return value is true.
pub(super) fn settle(attributes: &mut Attributes, counts: &Counts, place: u8) -> bool {
    let Some(entry) = attributes.entries.last().copied() else { return false };
    let value = attributes.value(&entry);
    let first = value.first().copied();
    let is_container = matches!(first, Some(b'{' | b'['));
    let is_allowed = if usize::from(place) < CORRELATION_KEYS { !is_container } else { first == Some(b'"') };
    if is_allowed && value.len() <= LONGEST_BYTES {
        attributes.has_well_known = true;
        return false;
    }
    counts.reserved_keys.one();
    // `,"key":` becomes `,"key_":`: the underscore goes in before the closing quote and the colon.
    attributes.bytes.insert(entry.value as usize - 2, b'_');
    if let Some(last) = attributes.entries.last_mut() {
        last.role = Role::Reserved;
        last.value += 1;
        last.end += 1;
    }
    let inside = attributes.marks.iter_mut().filter(|mark| mark.at >= entry.value);
    inside.for_each(|mark| mark.at += 1);
    true
}
