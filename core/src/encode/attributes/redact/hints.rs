//! Whether a text is worth a search: most have no place where a secret could begin.
//!
//! Not for finding secrets: the rules say which places these are.

use super::blocks::blocks;
use super::keys::KeyRedactor;
use super::{assignments, numbers, tokens};

/// Shorter texts hold nothing that any rule of ours finds.
pub(super) const SHORTEST: usize = 8;

/// Whether any rule of ours would look closer at a place of it.
// A function of its own: texts are written at many places.
#[inline(never)]
pub(super) fn may_hold_secret(text: &[u8], keys: &KeyRedactor) -> bool {
    blocks(text).any(|block| {
        block.any(assignments::marks(block), |at| assignments::may_be_at(text, at, keys))
            || block.any(tokens::rows(block), |row| tokens::may_be_at(text, row))
            || (block.digits.starts() != 0
                && block.any(numbers::rows(block), |row| numbers::may_be_at(text, block, row)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_seen_wherever_it_stands() {
        let keys = KeyRedactor::new(&[], &[]);
        let sees = |text: &str| may_hold_secret(text.as_bytes(), &keys);
        for before in 0..140 {
            for behind in [0, 1, 50, 100] {
                let around = |sign: &str| format!("{}{sign}{}", ", ".repeat(before), " .".repeat(behind));
                for sign in [
                    "password=a",
                    "\"token\" : 1",
                    "?sig=a",
                    "a://b:c@d",
                    "4111 1111 1111 1111",
                    "4111111111111",
                    "DE89370400440532013000",
                    "sk-aaaaaaaaaaaaaaaaaaaa",
                    "SG.aaaaaaaaaaaaaaaaaaaa",
                    "Bearer aaaaaaaaaaaaaaaa",
                ] {
                    assert!(sees(&around(sign)), "{before} {behind} {sign}");
                }
                // Digits where a block ends may go on behind it; only the search finds out.
                let numbers =
                    ["order 1234 of 12", "12:34:56", "2026-03-14"].into_iter().filter(|_| before < 10);
                for sign in ["std::io", "a == b", "a_long_word_of_words"].into_iter().chain(numbers) {
                    assert!(!sees(&around(sign)), "{before} {behind} {sign}");
                }
            }
        }
    }
}
