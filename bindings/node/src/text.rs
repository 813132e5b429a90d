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
    // SAFETY: `Text::Ascii` is only made of bytes that `is_ascii` has seen, see `js::Call::text`.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

impl<'a> Piece<'a> {
    /// The piece as text. One with lone surrogates is given back as it is, for the core to repair and count.
    #[inline]
    pub fn decoded(self) -> Result<Cow<'a, str>, &'a [u16]> {
        match self {
            Self::Str(text) => Ok(Cow::Borrowed(text)),
            Self::Wide(units) => decode(units).map(Cow::Owned).ok_or(units),
        }
    }

    /// The piece as text, with lone surrogates replaced.
    pub fn lossy(self) -> Cow<'a, str> {
        self.decoded().unwrap_or_else(|units| Cow::Owned(String::from_utf16_lossy(units)))
    }
}

/// Decodes UTF-16. ASCII goes first: even in a batch with some wide text most pieces are ASCII.
fn decode(units: &[u16]) -> Option<String> {
    if units.iter().all(|unit| *unit < 128) {
        let bytes = units.iter().map(|unit| *unit as u8).collect();
        return String::from_utf8(bytes).ok();
    }
    String::from_utf16(units).ok()
}
