//! How runs are told apart.

use std::hash::{DefaultHasher, Hash, Hasher};

/// How the framework tells runs apart: the 128 bits of a UUID as a rule.
pub type RunId = u128;

/// The identifier that a text stands for: its hexadecimal digits where it is a UUID, with or without hyphens, and a hash
/// of it otherwise.
#[must_use]
pub fn run_id_of_text(text: &str) -> RunId {
    uuid(text).unwrap_or_else(|| hashed(text))
}

fn uuid(text: &str) -> Option<RunId> {
    const DIGITS: u32 = 32;
    let (mut id, mut digits) = (0_u128, 0);
    for letter in text.chars().filter(|letter| *letter != '-') {
        id = (id << 4) | u128::from(letter.to_digit(16)?);
        digits += 1;
    }
    (digits == DIGITS).then_some(id)
}

fn hashed(text: &str) -> RunId {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(0) << 64) | half(1)
}
