//! The `baggage` header (W3C Baggage) and its propagator.
//! Not for the members in memory: see `model::baggage`.
//!
//! Properties behind a `;` are not kept: nothing here reads them, and a program that sets baggage cannot set any.

use super::propagator::{Field, Headers, Incoming, Outgoing, Propagator};
use super::text::class::{self, OCTET, PLAIN, TOKEN};
use super::text::{push_percent, split_at_byte, split_list, trim};
use crate::model::baggage::Baggage;
use std::borrow::Cow;

/// Of all values together.
const MOST_BYTES: usize = 8_192;
const MOST_MEMBERS: usize = 64;
const MOST_MEMBER_BYTES: usize = 4_096;

/// W3C Baggage, `baggage` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct W3cBaggage;

const NAME: &str = "baggage";

impl Propagator for W3cBaggage {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        &[Field { name: NAME, written: NAME, variable: Some("BAGGAGE") }]
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        parse(headers.values(NAME), &mut incoming.baggage);
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let Some(carried) = outgoing.context.carried.as_deref() else { return };
        let header = header(outgoing, &carried.baggage);
        if !header.is_empty() {
            set(NAME, &header);
        }
    }
}

/// The baggage members in order, those of allowed context keys with the context's value; then the other allowed keys.
fn header(outgoing: &Outgoing<'_>, members: &Baggage) -> String {
    let expected = members.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    let (mut header, mut count) = (String::with_capacity(expected), 0);
    let is_allowed = |key: &str| outgoing.allowed.iter().any(|known| known == key);
    for (key, value) in members.iter() {
        let from_context = if is_allowed(key) { outgoing.attribute(key) } else { None };
        write(&mut header, &mut count, key, from_context.as_deref().unwrap_or(value));
    }
    for key in outgoing.allowed {
        let is_member = members.iter().any(|(member, _)| member == key);
        if !is_member && let Some(value) = outgoing.attribute(key) {
            write(&mut header, &mut count, key, &value);
        }
    }
    header
}

/// Adds the members of the header's values to `members`; the last value of a repeated name wins at its first place.
///
/// Scanning stops at the limits, which count every member, whether it can be read or not. Members that cannot be
/// read or are too long are skipped, and nothing is allocated for them.
pub fn parse<'h>(values: impl Iterator<Item = &'h str>, members: &mut Baggage) {
    let mut bytes_left = MOST_BYTES;
    let mut members_left = MOST_MEMBERS;
    // An empty header has no member to count.
    for value in values.filter(|value| !value.is_empty()) {
        let whole = value.len() <= bytes_left;
        let seen = if whole { value } else { up_to_comma(value, bytes_left) };
        members.reserve(seen.len());
        for member in split_list(seen) {
            if members_left == 0 {
                return;
            }
            members_left -= 1;
            if let Some((name, value)) = read(member) {
                members.put(name, &value);
            }
        }
        if !whole {
            return;
        }
        bytes_left -= value.len();
    }
}

/// What stands before the last comma within `limit` bytes: members that fit completely.
fn up_to_comma(value: &str, limit: usize) -> &str {
    let end = value.as_bytes().get(..limit).and_then(|bytes| memchr::memrchr(b',', bytes));
    end.and_then(|end| value.get(..end)).unwrap_or_default()
}

fn read(member: &str) -> Option<(&str, Cow<'_, str>)> {
    if member.len() > MOST_MEMBER_BYTES {
        return None;
    }
    let (name, value) = split_at_byte(member, b'=')?;
    let (name, value) = (trim(name), trim(value));
    if !is_name(name) {
        return None;
    }
    if class::all(value, PLAIN) {
        return Some((name, Cow::Borrowed(value)));
    }
    let value = split_at_byte(value, b';').map_or(value, |(value, _)| trim(value));
    class::all(value, OCTET).then(|| (name, decoded(value)))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && class::all(name, TOKEN)
}

/// Percent-decoding; what is not UTF-8 afterwards becomes U+FFFD, a `%` without two digits stays.
fn decoded(value: &str) -> Cow<'_, str> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    let find = |rest: &[u8]| rest.iter().position(|byte| *byte == b'%');
    while let Some((plain, escape)) = find(rest).and_then(|at| rest.split_at_checked(at)) {
        bytes.extend_from_slice(plain);
        rest = match escape {
            [b'%', high, low, behind @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(digit(*high) << 4 | digit(*low));
                behind
            }
            _ => {
                bytes.push(b'%');
                escape.get(1..).unwrap_or_default()
            }
        };
    }
    bytes.extend_from_slice(rest);
    let text = String::from_utf8(bytes);
    Cow::Owned(text.unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()))
}

/// The value of a hexadecimal digit.
const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

/// The header for these members, within the limits; empty without any.
#[must_use]
pub fn format(members: &Baggage) -> String {
    let (mut header, mut count) = (String::new(), 0);
    for (name, value) in members.iter() {
        write(&mut header, &mut count, name, value);
    }
    header
}

/// Appends a member to a header being written, within the limits; false when it is left out.
///
/// A name that is no token cannot be written at all and is left out too.
pub fn write(header: &mut String, count: &mut usize, name: &str, value: &str) -> bool {
    // A value that is too long as it is need not be encoded to be left out.
    if *count >= MOST_MEMBERS || value.len() > MOST_MEMBER_BYTES || !is_name(name) {
        return false;
    }
    let start = header.len();
    if start > 0 {
        header.push(',');
    }
    let member = header.len();
    header.push_str(name);
    header.push('=');
    push_encoded(header, value);
    if header.len() > MOST_BYTES || header.len() - member > MOST_MEMBER_BYTES {
        header.truncate(start);
        return false;
    }
    *count += 1;
    true
}

fn push_encoded(header: &mut String, value: &str) {
    if class::all(value, PLAIN) {
        header.push_str(value);
        return;
    }
    // What stands between two bytes that are escaped is text; between those of one character there is none.
    let mut plain = 0;
    for (at, byte) in value.bytes().enumerate().filter(|(_, byte)| class::get(*byte) & PLAIN == 0) {
        header.push_str(value.get(plain..at).unwrap_or_default());
        push_percent(header, byte);
        plain = at + 1;
    }
    header.push_str(value.get(plain..).unwrap_or_default());
}
