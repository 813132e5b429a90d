//! What tells that a text was cut, and how much of one is left.
//!
//! Not for deciding what is too long: see `limits`.

use crate::model::cut::prefix;
use std::borrow::Cow;

/// What a cut text ends in and what stands for the members that a container lost.
pub const TRUNCATED: &str = "[truncated]";

/// How many bytes a text that cannot be left out may take in a line that would otherwise be too long.
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
