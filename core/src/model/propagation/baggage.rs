//! The `baggage` header (W3C Baggage) and its propagator.
//! Not for the members in memory: see `model::baggage`.
//!
//! Properties behind a `;` are not kept: nothing here reads them, and a program that sets baggage cannot set any.

use super::headers::Headers;
use super::propagator::{Field, Incoming, Outgoing, Propagator, Room};
use super::text::class::{self, OCTET, PLAIN, TOKEN};
use super::text::{members as members_of, push_percent, split_at_byte, split_list, trim};
use crate::model::baggage::{Baggage, MOST_MEMBER_BYTES, decoded};
use std::borrow::Cow;

/// Of all values together.
const MOST_BYTES: usize = 8_192;
const MOST_MEMBERS: usize = 64;

/// W3C Baggage, `baggage` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct W3cBaggage;

const NAME: &str = "baggage";

impl Propagator for W3cBaggage {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fields(&self) -> &'static [Field] {
        const { &[Field::new(NAME, NAME, Some("BAGGAGE"))] }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        let members = parse(headers.values(NAME), &mut incoming.room);
        incoming.baggage.add_new(members);
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let Some(carried) = outgoing.context.carried.as_deref() else { return };
        match carried.baggage.header() {
            Some(header) if outgoing.allowed.is_empty() => set(NAME, header),
            _ => {
                let header = header(outgoing, &carried.baggage);
                if !header.is_empty() {
                    set(NAME, &header);
                }
            }
        }
    }
}

fn header(outgoing: &Outgoing<'_>, members: &Baggage) -> String {
    let expected = members.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    let (mut header, mut count) = (String::with_capacity(expected), 0);
    outgoing.members(|key, value| {
        write(&mut header, &mut count, key, value);
    });
    header
}

/// The members that the header's values say; the last value of a repeated name wins at its first place.
///
/// Scanning stops where there is no `room` any more, which counts every member, whether it can be read or not. Members
/// that cannot be read or are too long are skipped, and nothing is allocated for them.
#[must_use]
pub fn parse<'h>(values: impl Iterator<Item = &'h str>, room: &mut Room) -> Baggage {
    let mut members = Baggage::default();
    // An empty header has no member to count.
    let mut values = values.filter(|value| !value.is_empty()).peekable();
    let Some(first) = values.next() else { return members };
    if values.peek().is_none()
        && let Some(count) = count_as_written(first, room)
    {
        *room = Room { bytes: room.bytes - first.len(), members: room.members - count };
        return Baggage::of_header(first);
    }
    for value in std::iter::once(first).chain(values) {
        let whole = value.len() <= room.bytes;
        let seen = if whole { value } else { up_to_comma(value, room.bytes) };
        members.reserve(seen.len());
        for member in split_list(seen) {
            if room.members == 0 {
                return members;
            }
            room.members -= 1;
            if let Some((name, value)) = read(member) {
                members.put(name, &value);
            }
        }
        if !whole {
            room.bytes = 0;
            return members;
        }
        room.bytes -= value.len();
    }
    members
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

/// How many members a header has, if [`format`] would write this very header for what it says, as it does when another of
/// us wrote it: then it need not be taken apart to be passed on.
fn count_as_written(header: &str, room: &Room) -> Option<usize> {
    if header.len() > room.bytes {
        return None;
    }
    // Where each name is: lengths tell most names apart, and they are cheaper to keep than texts.
    let mut names = [(0_u16, 0_u16); MOST_MEMBERS];
    let names = names.get_mut(..room.members)?;
    let (mut count, mut start) = (0, 0);
    for member in members_of(header) {
        let whole = member.name_class & TOKEN != 0 && member.text.len() <= MOST_MEMBER_BYTES;
        let plain = member.value_class & PLAIN != 0;
        if !whole || !(plain || member.value_class & OCTET != 0 && is_encoded(member.value)) {
            return None;
        }
        let name = (start, member.name.len() as u16);
        let text = |(start, length): (u16, u16)| {
            let start = usize::from(start);
            header.get(start..start + usize::from(length))
        };
        let known = names.get(..count).unwrap_or_default();
        if known.iter().any(|other| other.1 == name.1 && text(*other) == text(name)) {
            return None;
        }
        *names.get_mut(count)? = name;
        count += 1;
        start += member.text.len() as u16 + 1;
    }
    Some(count)
}

/// Whether a value of baggage-octets is as [`push_encoded`] writes it: escapes of what has to be escaped, in UTF-8.
fn is_encoded(value: &str) -> bool {
    let mut rest = value.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        rest = rest.get(at..).unwrap_or_default();
        let Some(behind) = behind_character(rest) else { return false };
        rest = behind;
    }
    true
}

/// What stands behind the escapes of one character, if that has to be escaped.
fn behind_character(escapes: &[u8]) -> Option<&[u8]> {
    let (first, mut rest) = escaped(escapes)?;
    if class::get(first) & PLAIN != 0 {
        return None;
    }
    let more = match first {
        0..0x80 => return Some(rest),
        0xc2..0xe0 => 1,
        0xe0..0xf0 => 2,
        0xf0..0xf5 => 3,
        _ => return None,
    };
    let mut character = [first, 0, 0, 0];
    for byte in character.get_mut(1..=more)? {
        (*byte, rest) = escaped(rest)?;
    }
    std::str::from_utf8(character.get(..=more)?).ok().map(|_| rest)
}

/// The byte of an escape as [`push_percent`] writes it, and what stands behind that.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, behind @ ..] = text else { return None };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    Some((digit(*high)? << 4 | digit(*low)?, behind))
}

/// The header for these members, within the limits; empty without any.
#[must_use]
pub fn format(members: &Baggage) -> String {
    if let Some(header) = members.header() {
        return header.to_owned();
    }
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
