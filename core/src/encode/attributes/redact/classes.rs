//! Classes of bytes, from a table: some of these are asked of most bytes of a text.
//!
//! Not for what is made of them.

/// A class of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class(u8);

/// `A-Z a-z 0-9 _ -`.
pub(super) const WORD: Class = Class(1);
/// What keys in texts are made of: the same and dots.
pub(super) const KEY: Class = Class(2);
/// What divides values, or does so before another key.
pub(super) const DIVIDER: Class = Class(4);
/// What an address ends before.
pub(super) const ADDRESS_END: Class = Class(8);
/// What may stand before the `@` of a mail address.
pub(super) const LOCAL: Class = Class(16);

/// `A-Z a-z 0-9`.
pub(super) const ALPHANUMERIC: Class = Class(32);

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        let is_alphanumeric = byte.is_ascii_alphanumeric();
        let is_quote = matches!(byte, b'"' | b'\'' | b'`');
        let is_in = [
            is_alphanumeric || matches!(byte, b'_' | b'-'),
            is_alphanumeric || matches!(byte, b'_' | b'-' | b'.'),
            byte.is_ascii_whitespace() || is_quote || matches!(byte, b';' | b'<' | b'&' | b','),
            byte.is_ascii_whitespace() || is_quote || matches!(byte, b'<' | b'>' | b'\\' | b'|'),
            is_alphanumeric
                || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'!' | b'#' | b'$' | b'&')
                || matches!(byte, b'*' | b'=' | b'?' | b'^' | b'{' | b'|' | b'}' | b'~'),
            is_alphanumeric,
        ];
        let mut class = 0;
        while class < is_in.len() {
            // Constants cannot iterate; both indices are below the lengths.
            #[allow(clippy::indexing_slicing)]
            {
                classes[byte as usize] |= (is_in[class] as u8) << class;
            }
            class += 1;
        }
        byte += 1;
    }
    classes
};

impl Class {
    /// Whether a byte is in it.
    #[inline]
    pub(super) fn has(self, byte: u8) -> bool {
        CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & self.0 != 0)
    }
}
