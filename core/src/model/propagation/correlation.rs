//! The `X-Correlation-ID` header.
//! Not for inventing an id: without one, nothing is written.

use std::borrow::Cow;

const MOST_BYTES: usize = 256;

/// Reads the header's values: exactly one that is not empty, cut to 256 bytes; void otherwise.
#[must_use]
pub fn parse<'h>(values: &[&'h str]) -> Option<&'h str> {
    let [value] = values else { return None };
    let value = super::trim(value);
    let mut end = value.len().min(MOST_BYTES);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value.get(..end).filter(|value| !value.is_empty())
}

/// The value to write, at most 256 bytes: what is not printable ASCII is percent-encoded, so that nothing can end
/// the header and begin another.
#[must_use]
pub fn format(value: &str) -> Option<Cow<'_, str>> {
    let value = super::trim(value);
    if value.is_empty() {
        return None;
    }
    if value.len() <= MOST_BYTES && value.bytes().all(is_printable) {
        return Some(Cow::Borrowed(value));
    }
    let mut header = String::with_capacity(MOST_BYTES);
    for byte in value.bytes() {
        if header.len() + 3 > MOST_BYTES {
            break;
        }
        if is_printable(byte) {
            header.push(char::from(byte))
        } else {
            super::push_percent(&mut header, byte)
        }
    }
    Some(Cow::Owned(header))
}

const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}
