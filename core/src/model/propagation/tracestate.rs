//! The `tracestate` header (W3C Trace Context): checked, normalised, passed on as it came.
//! Not for changing it: Vigie adds no member of its own.

use super::class::{self, STATE_NAME, STATE_VALUE};

const MOST_MEMBERS: usize = 32;
const MOST_BYTES: usize = 512;

/// Reads the header's values as one list.
///
/// Optional white space and empty members are taken out. A list that is too long or that has a member of
/// wrong form is refused as a whole, as nobody may pass on half of it.
#[must_use]
pub fn parse(values: &[&str]) -> Option<Box<str>> {
    let commas = values.len().saturating_sub(1);
    let total = values.iter().try_fold(commas, |sum, value| sum.checked_add(super::trim(value).len()))?;
    if total > MOST_BYTES {
        return None;
    }
    let members = || {
        values
            .iter()
            .flat_map(|value| super::split_list(value))
            .map(super::trim)
            .filter(|member| !member.is_empty())
    };
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
    if let [value] = values
        && bytes == value.len() + 1
    {
        return Some((*value).into());
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
    super::split_at_byte(member, b'=').is_some_and(|(key, value)| is_key(key) && is_value(value))
}

/// A key of level 1, or of level 2 as far as it concerns digits at the start.
fn is_key(key: &str) -> bool {
    if is_name(key, 256) {
        return true;
    }
    super::split_at_byte(key, b'@').is_some_and(|(tenant, system)| {
        is_name(tenant, 241) && is_name(system, 14) && system.starts_with(|c: char| c.is_ascii_lowercase())
    })
}

fn is_name(name: &str, most: usize) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    starts_well && name.len() <= most && class::all(name, STATE_NAME)
}

fn is_value(value: &str) -> bool {
    // The comma is excluded by the split, a space at the end by the trimming.
    !value.is_empty() && value.len() <= 256 && class::all(value, STATE_VALUE)
}
