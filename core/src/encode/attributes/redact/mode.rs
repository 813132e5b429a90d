//! What stands in the place of what is masked.
//!
//! Not for finding it: see `redactor`.

use ring::hmac;
use std::borrow::Cow;
use std::fmt;

/// What stands in the place of a masked value.
pub const MASK: &str = "[redacted]";

/// The key of [`Mode::Hash`], which is never shown.
#[derive(Clone)]
pub struct HashKey {
    /// The text that it was made of, to tell whether two are the same.
    text: Box<str>,
    key: hmac::Key,
}

impl HashKey {
    /// The fewest bytes that a key may have.
    pub const LEAST_BYTES: usize = 16;

    /// A key made of `text`; nothing when that is too short.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let key = || hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
        (text.len() >= Self::LEAST_BYTES).then(|| Self { text: text.into(), key: key() })
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl PartialEq for HashKey {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What becomes of what is masked.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Mode {
    /// [`MASK`] stands in its place.
    #[default]
    Mask,
    /// A mask with the first 32 bits of a keyed hash, so that equal secrets look equal.
    Hash(HashKey),
    /// Nothing does: the key of a value is left out, and so is the piece of a text.
    Drop,
}

impl Mode {
    /// What stands in the place of `secret`.
    #[must_use]
    pub fn in_place_of(&self, secret: &[u8]) -> Cow<'static, str> {
        match self {
            Self::Mask => Cow::Borrowed(MASK),
            Self::Drop => Cow::Borrowed(""),
            Self::Hash(key) => {
                let tag = hmac::sign(&key.key, secret);
                let bits = tag.as_ref().first_chunk().copied().map_or(0, u32::from_be_bytes);
                Cow::Owned(format!("[redacted:{bits:08x}]"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_look_equal_under_one_key_only() {
        let mode = |key: &str| Mode::Hash(HashKey::new(key).unwrap());
        let (one, other) = (mode("0123456789abcdef"), mode("0123456789abcdeg"));
        // The first bytes of HMAC-SHA-256, by RFC 2104 and FIPS 180-4; an independent implementation said so.
        assert_eq!(one.in_place_of(b"hunter2"), "[redacted:deda27db]");
        assert_ne!(one.in_place_of(b"hunter2"), one.in_place_of(b"hunter3"));
        assert_ne!(one.in_place_of(b"hunter2"), other.in_place_of(b"hunter2"));
        assert_eq!(Mode::Mask.in_place_of(b"hunter2"), MASK);
        assert_eq!(Mode::Drop.in_place_of(b"hunter2"), "");
    }

    #[test]
    fn a_key_is_long_enough_and_is_not_shown() {
        assert!(HashKey::new("fifteen bytes..").is_none());
        assert_eq!(format!("{:?}", HashKey::new("0123456789abcdef").unwrap()), MASK);
    }
}
