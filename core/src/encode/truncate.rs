//! Cutting text to a number of bytes without cutting a character.
//!
//! Not for deciding what is too long: see `limits`.

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
