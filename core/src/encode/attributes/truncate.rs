//! Cutting text to a number of bytes without cutting a character.
//!
//! Not for deciding what is too long: see `limits`.

use std::borrow::Cow;

/// What a cut text ends in and what stands for the members that a container lost.
pub const TRUNCATED: &str = "[truncated]";

/// The longest beginning of `text` of at most `limit` bytes that ends between characters.
#[must_use]
pub fn prefix(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    // A character has at most four bytes, and zero is a boundary.
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// In a line that would be too long, what text may take that cannot be left out.
///
/// An escape takes six bytes at most: this much fits even into the shortest line that may be asked for.
#[must_use]
pub fn short_text_bytes(line_bytes: usize) -> usize {
    1024.min(line_bytes / 16)
}

/// `text`, or its beginning with the mark when it has more than `limit` bytes.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{TRUNCATED}", prefix(text, limit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stay_whole() {
        assert_eq!(prefix("aé", 2), "a");
        assert_eq!(prefix("aé", 3), "aé");
        assert_eq!(prefix("a", 0), "");
        assert_eq!(prefix("é", 1), "");
        assert_eq!(prefix("aé", 100), "aé");
    }
}
