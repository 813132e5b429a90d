//! The `tracestate` header (W3C Trace Context, level 2): checked, normalised, passed on as it came.
//! Not for the one member that Vigie may write: see `ot`.

use super::text::class::{self, STATE_NAME, STATE_VALUE};
use super::text::{members, split_at_byte, split_list, trim};

pub(super) const MOST_MEMBERS: usize = 32;
pub(super) const MOST_BYTES: usize = 512;
const MOST_KEY_BYTES: usize = 256;

/// Reads the values of a header that occurs several times: together they stand for one list.
#[must_use]
pub fn parse_all<'h>(values: impl Iterator<Item = &'h str> + Clone) -> Option<Box<str>> {
    // One comma between two values.
    let lengths = values.clone().map(|value| trim(value).len() + 1);
    if lengths.fold(0, usize::saturating_add) > MOST_BYTES + 1 {
        return None;
    }
    let mut list = String::with_capacity(MOST_BYTES);
    for value in values {
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(trim(value));
    }
    parse(&list)
}

/// Reads the header's value, a list.
///
/// Optional white space and empty members are taken out. A list that is too long or has a malformed member is
/// refused as a whole, because half a list must not be passed on.
#[must_use]
pub fn parse(list: &str) -> Option<Box<str>> {
    if trim(list).len() > MOST_BYTES {
        return None;
    }
    let (mut count, mut bytes) = (0, 0);
    for member in members(list) {
        let text = trim(member.text);
        if text.is_empty() {
            continue;
        }
        count += 1;
        bytes += text.len() + 1;
        // Most members stand without white space around them.
        let is_plain = text.len() == member.text.len()
            && member.name_class & STATE_NAME != 0
            && starts_well(member.name)
            && member.name.len() <= MOST_KEY_BYTES
            && member.value_class & STATE_VALUE != 0
            && has_length_of_value(member.value);
        if count > MOST_MEMBERS || !(is_plain || is_member(text)) {
            return None;
        }
    }
    if count == 0 {
        return None;
    }
    // The list holds nothing but its members, as most lists do.
    if bytes == list.len() + 1 {
        return Some(list.into());
    }
    let mut kept = String::with_capacity(bytes);
    for member in split_list(list).map(trim).filter(|member| !member.is_empty()) {
        if !kept.is_empty() {
            kept.push(',');
        }
        kept.push_str(member);
    }
    Some(kept.into_boxed_str())
}

/// The members of a list that [`parse`] gave.
pub(super) fn checked_members(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|member| !member.is_empty())
}

fn is_member(member: &str) -> bool {
    split_at_byte(member, b'=').is_some_and(|(key, value)| is_key(key) && is_value(value))
}

/// A key as level 2 of the specification has it: `@` is a character like others, and the first one may be a digit.
fn is_key(key: &str) -> bool {
    starts_well(key) && key.len() <= MOST_KEY_BYTES && class::all(key, STATE_NAME)
}

#[inline]
fn starts_well(name: &str) -> bool {
    name.as_bytes().first().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_value(value: &str) -> bool {
    // No value holds a comma, where the list was split, or ends in a space, which was trimmed.
    has_length_of_value(value) && class::all(value, STATE_VALUE)
}

#[inline]
fn has_length_of_value(value: &str) -> bool {
    !value.is_empty() && value.len() <= 256
}
