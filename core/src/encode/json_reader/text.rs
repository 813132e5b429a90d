//! Strings of JSON decoded: escapes resolved, ill-formed text told apart for the writer to repair and count.
//! Not for checking escapes: the scanner has done that.

use std::borrow::Cow;

/// The inside of a string, between its quotes, its escapes known to be well-formed.
#[derive(Clone, Copy)]
pub(super) struct Raw<'j> {
    pub bytes: &'j [u8],
    pub escaped: bool,
}

/// A decoded string.
pub(super) enum Text<'t> {
    Str(&'t str),
    /// Bytes that are not UTF-8.
    Utf8(&'t [u8]),
    /// Code units with a lone surrogate among them.
    Utf16(Vec<u16>),
}

/// Decodes a string; `scratch` is used when there are escapes.
pub(super) fn decode<'t>(raw: Raw<'t>, scratch: &'t mut Vec<u8>) -> Text<'t> {
    let bytes = if raw.escaped {
        scratch.clear();
        if !unescape(raw.bytes, scratch) {
            return Text::Utf16(units(raw.bytes));
        }
        scratch.as_slice()
    } else {
        raw.bytes
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Text::Str(text),
        Err(_) => Text::Utf8(bytes),
    }
}

/// The text of a string's inside that this crate has encoded itself: well-formed, without lone surrogates.
pub(crate) fn unescaped(inside: &[u8]) -> Cow<'_, str> {
    match unescaped_bytes(inside) {
        Cow::Borrowed(text) => String::from_utf8_lossy(text),
        Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
    }
}

/// The same for a format that is written byte by byte.
pub(crate) fn unescaped_bytes(inside: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', inside).is_none() {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    unescape(inside, &mut text);
    Cow::Owned(text)
}

/// A piece of a string.
enum Piece<'r> {
    Plain(&'r [u8]),
    Byte(u8),
    Unit(u16),
}

/// Splits off the first piece.
fn piece(raw: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    let run = memchr::memchr(b'\\', raw).unwrap_or(raw.len());
    if run > 0 {
        let (plain, rest) = raw.split_at_checked(run)?;
        return Some((Piece::Plain(plain), rest));
    }
    if let [b'\\', b'u', a, b, c, d, rest @ ..] = raw {
        let unit = [a, b, c, d].iter().fold(0, |sum, digit| sum << 4 | hex(**digit));
        return Some((Piece::Unit(unit), rest));
    }
    let [_, letter, rest @ ..] = raw else { return None };
    let byte = match letter {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        other => *other,
    };
    Some((Piece::Byte(byte), rest))
}

fn hex(digit: u8) -> u16 {
    let value = char::from(digit).to_digit(16).unwrap_or(0);
    u16::try_from(value).unwrap_or(0)
}

/// Resolves escapes into UTF-8; false when there is a lone surrogate.
fn unescape(mut raw: &[u8], out: &mut Vec<u8>) -> bool {
    let mut high = None;
    while let Some((next, rest)) = piece(raw) {
        raw = rest;
        let code = match (high.take(), next) {
            (None, Piece::Unit(unit @ 0xd800..=0xdbff)) => {
                high = Some(unit);
                continue;
            }
            (Some(high), Piece::Unit(low @ 0xdc00..=0xdfff)) => {
                0x1_0000 + (u32::from(high & 0x3ff) << 10 | u32::from(low & 0x3ff))
            }
            (None, Piece::Unit(unit)) => u32::from(unit),
            (None, Piece::Byte(byte)) => u32::from(byte),
            (None, Piece::Plain(plain)) => {
                out.extend_from_slice(plain);
                continue;
            }
            (Some(_), _) => return false,
        };
        let Some(character) = char::from_u32(code) else { return false };
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    high.is_none()
}

/// The whole string as UTF-16, so that the writer sees exactly which surrogates stand alone.
fn units(mut raw: &[u8]) -> Vec<u16> {
    let mut units = Vec::with_capacity(raw.len());
    while let Some((next, rest)) = piece(raw) {
        raw = rest;
        match next {
            Piece::Plain(plain) => units.extend(String::from_utf8_lossy(plain).encode_utf16()),
            Piece::Byte(byte) => units.push(u16::from(byte)),
            Piece::Unit(unit) => units.push(unit),
        }
    }
    units
}
