//! The `tracestate` header (W3C Trace Context): checked, normalised, passed on as it came. Vigie adds no member of
//! its own.

use super::text::class::{self, STATE_NAME, STATE_VALUE};
use super::text::{self, split_at_byte};

const MOST_MEMBERS: usize = 32;
const MOST_BYTES: usize = 512;

/// Reads the header's values as one list.
///
/// Optional white space and empty members are taken out. A list that is too long or has a malformed member is
/// refused as a whole, because half a list must not be passed on.
#[must_use]
pub fn parse<'h>(values: impl Iterator<Item = &'h str> + Clone) -> Option<Box<str>> {
    // One comma between two values.
    let lengths = values.clone().map(|value| text::trim(value).len() + 1);
    if lengths.fold(0, usize::saturating_add) > MOST_BYTES + 1 {
        return None;
    }
    let members =
        || values.clone().flat_map(text::split_list).map(text::trim).filter(|member| !member.is_empty());
    let (mut count, mut bytes) = (0, 0);
    for member in members() {
        count += 1;
        bytes += member.len() + 1;
        if count > MOST_MEMBERS || !is_member(member) {
            return None;
        }
    }
    if count == 0 {
        return None;
    }
    // In most carriers the list is one value that needs no change.
    let mut whole = values.clone();
    if let (Some(value), None) = (whole.next(), whole.next())
        && bytes == value.len() + 1
    {
        return Some(value.into());
    }
    let mut list = String::with_capacity(bytes);
    for member in members() {
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(member);
    }
    Some(list.into_boxed_str())
}

fn is_member(member: &str) -> bool {
    split_at_byte(member, b'=').is_some_and(|(key, value)| is_key(key) && is_value(value))
}

/// A key as level 1 of the specification has it; as in level 2, it may also begin with a digit.
fn is_key(key: &str) -> bool {
    if is_name(key, 256) {
        return true;
    }
    split_at_byte(key, b'@').is_some_and(|(tenant, system)| {
        is_name(tenant, 241) && is_name(system, 14) && system.starts_with(|c: char| c.is_ascii_lowercase())
    })
}

fn is_name(name: &str, most: usize) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    starts_well && name.len() <= most && class::all(name, STATE_NAME)
}

fn is_value(value: &str) -> bool {
    // No value holds a comma, where the list was split, or ends in a space, which was trimmed.
    !value.is_empty() && value.len() <= 256 && class::all(value, STATE_VALUE)
}
