//! The text of a batch: one long string, cut into pieces by their lengths.
//! Not for copying it out of JavaScript: see `js`.

use napi::bindgen_prelude::Utf16String;
use std::borrow::Cow;

/// All text of a batch.
#[derive(Debug)]
pub enum Text {
    /// Every unit is one ASCII byte.
    Ascii(Vec<u8>),
    /// UTF-16, possibly ill-formed.
    Utf16(Vec<u16>),
}

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Ready to use.
    Str(&'a str),
    /// Still to be decoded.
    Wide(&'a [u16]),
}

impl Text {
    /// The `length` units from `start` on; empty beyond the end.
    #[inline]
    pub fn piece(&self, start: usize, length: usize) -> Piece<'_> {
        let range = start..start.saturating_add(length);
        match self {
            Self::Ascii(bytes) => Piece::Str(ascii(bytes.get(range).unwrap_or_default())),
            Self::Utf16(units) => Piece::Wide(units.get(range).unwrap_or_default()),
        }
    }

    /// All of it, with lone surrogates replaced.
    pub fn whole(&self) -> Cow<'_, str> {
        match self {
            Self::Ascii(bytes) => Cow::Borrowed(ascii(bytes)),
            Self::Utf16(units) => Piece::Wide(units).lossy(),
        }
    }

    /// UTF-16, as bytes when all of it is ASCII.
    pub fn of_units(units: Vec<u16>) -> Self {
        if ascii_run(&units) == units.len() {
            return Self::Ascii(units.iter().map(|unit| *unit as u8).collect());
        }
        Self::Utf16(units)
    }

    /// The text that an entry of set-up has received. It is too short for a check for ASCII to pay off.
    pub fn wide(text: &Utf16String) -> Self {
        Self::Utf16(text.to_vec())
    }

    /// How many bytes the text takes in memory.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Ascii(bytes) => bytes.len(),
            Self::Utf16(units) => units.len() * 2,
        }
    }
}

#[inline]
fn ascii(bytes: &[u8]) -> &str {
    // SAFETY: `Text::Ascii` is only made of bytes that `is_ascii` or `ascii_run` has seen, see `js::Call::text`.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

impl<'a> Piece<'a> {
    /// The piece as text, decoded into `room` where need be, because to allocate for each takes about as long as to decode.
    /// One with lone surrogates is given back as it is, for the core to repair and count.
    #[inline]
    pub fn decoded<'r>(self, room: &'r mut Vec<u8>) -> Result<&'r str, &'a [u16]>
    where
        'a: 'r,
    {
        match self {
            Self::Str(text) => Ok(text),
            Self::Wide(units) => {
                room.clear();
                decode(units, room).ok_or(units)
            }
        }
    }

    /// The piece as text, with lone surrogates replaced.
    pub fn lossy(self) -> Cow<'a, str> {
        match self {
            Self::Str(text) => Cow::Borrowed(text),
            Self::Wide(units) => {
                let mut room = Vec::new();
                let whole = decode(units, &mut room).is_some();
                // SAFETY: `decode` has filled it, and vouches for it.
                let text = whole.then(|| unsafe { String::from_utf8_unchecked(room) });
                Cow::Owned(text.unwrap_or_else(|| String::from_utf16_lossy(units)))
            }
        }
    }
}

/// Decodes UTF-16 to an empty vector; nothing when it is ill-formed. What is not all ASCII mostly is in parts, which go as a whole.
fn decode<'r>(units: &[u16], bytes: &'r mut Vec<u8>) -> Option<&'r str> {
    bytes.reserve(units.len() + units.len() / 2);
    let mut rest = units;
    while !rest.is_empty() {
        rest = narrow::<32>(rest, bytes);
        rest = narrow::<8>(rest, bytes);
        // So many one by one before the next look at many together.
        for _ in 0..8 {
            let Some((unit, behind)) = rest.split_first() else { break };
            rest = if is_surrogate(*unit) {
                push_pair(bytes, rest)?
            } else {
                push_unit(bytes, *unit);
                behind
            };
        }
    }
    // SAFETY: the vector was empty, and each of the calls above has appended whole characters in UTF-8: ASCII, what
    // `push_unit` makes of a unit that is no surrogate, or what the standard library made of a pair.
    Some(unsafe { std::str::from_utf8_unchecked(bytes) })
}

/// Appends as many blocks of `N` units as are all ASCII; what follows them. A block is a few instructions of a vector.
#[inline]
fn narrow<'a, const N: usize>(units: &'a [u16], bytes: &mut Vec<u8>) -> &'a [u16] {
    let mut rest = units;
    while let Some((block, behind)) = rest.split_first_chunk::<N>() {
        if block.iter().fold(0, |all, unit| all | *unit) >= 128 {
            break;
        }
        bytes.extend_from_slice(&block.map(|unit| unit as u8));
        rest = behind;
    }
    rest
}

fn is_surrogate(unit: u16) -> bool {
    unit & 0xf800 == 0xd800
}

/// Appends a character of one unit.
#[inline]
fn push_unit(out: &mut Vec<u8>, unit: u16) {
    let six = |shift: u16| 0x80 | (unit >> shift & 0x3f) as u8;
    match unit {
        0..0x80 => out.push(unit as u8),
        0x80..0x800 => out.extend_from_slice(&[0xc0 | (unit >> 6) as u8, six(0)]),
        _ => out.extend_from_slice(&[0xe0 | (unit >> 12) as u8, six(6), six(0)]),
    }
}

/// Appends a character of two units; what follows it, or nothing when they are no pair.
fn push_pair<'a>(out: &mut Vec<u8>, units: &'a [u16]) -> Option<&'a [u16]> {
    let (pair, behind) = units.split_at_checked(2)?;
    let character = char::decode_utf16(pair.iter().copied()).next()?.ok()?;
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(behind)
}

/// How many units from the start are ASCII.
fn ascii_run(units: &[u16]) -> usize {
    // So many units are one comparison of a vector.
    const TOGETHER: usize = 16;
    let is_ascii = |chunk: &&[u16]| chunk.iter().fold(0, |all, unit| all | *unit) < 128;
    let run = units.chunks_exact(TOGETHER).take_while(is_ascii).count() * TOGETHER;
    let rest = units.get(run..).unwrap_or_default();
    run + rest.iter().position(|unit| *unit >= 128).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_what_the_standard_library_does() {
        let parts = [
            "",
            "a",
            "é",
            "価",
            "😀",
            "plain text of more than sixteen units",
            "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}",
        ];
        for one in parts {
            for two in parts {
                for three in parts {
                    let text = [one, two, three].concat();
                    let units: Vec<u16> = text.encode_utf16().collect();
                    assert_eq!(decode(&units, &mut Vec::new()), Some(text.as_str()));
                    assert_eq!(Piece::Wide(&units).lossy(), text);
                }
            }
        }
    }

    #[test]
    fn units_are_bytes_when_all_are_ascii() {
        let units = |text: &str| Text::of_units(text.encode_utf16().collect());
        assert!(
            matches!(units("all of it is plain text"), Text::Ascii(bytes) if bytes == b"all of it is plain text")
        );
        assert!(matches!(units("all of it but the last: \u{80}"), Text::Utf16(_)));
    }

    #[test]
    fn what_is_ill_formed_is_not_decoded() {
        for at in 0..40 {
            for lone in [0xd800, 0xdc00] {
                let mut units = vec![u16::from(b'a'); 40];
                if let Some(unit) = units.get_mut(at) {
                    *unit = lone;
                }
                assert_eq!(decode(&units, &mut Vec::new()), None);
                assert_eq!(Piece::Wide(&units).lossy().matches('\u{fffd}').count(), 1);
            }
        }
    }
}
