//! Cutting text to a number of bytes without cutting a character.
//!
//! Not for deciding what is too long, nor for what tells that something was cut: see `encode`.

/// The longest beginning of `text` of at most `bytes` bytes that ends between characters.
#[must_use]
pub fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    // A character has at most four bytes, and zero is a boundary.
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}
