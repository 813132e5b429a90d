//! Whether a text is worth a search: most have nothing that a secret could begin with.
//!
//! Not for finding secrets. What this lets go is never searched, so each rule's least sign is known here.

use super::shapes::{DOTTED, PREFIXES, is_word};

/// Shorter texts hold nothing that any rule of ours finds.
pub(super) const SHORTEST: usize = 8;

/// No prefixed token is shorter.
const SHORTEST_TOKEN: usize = 19;

/// No card number or IBAN has fewer digits.
const FEWEST_DIGITS: u64 = 10;

/// No card number or IBAN is shorter.
const SHORTEST_NUMBER: usize = 13;

/// Every token begins with so many word characters in a row, but for those with a dot or a space behind [`DOTTED`], and
/// most words of a sentence do not.
const SHORTEST_RUN: usize = 10;

/// Whether it is worth a search.
// A function of its own: texts are written at many places.
#[inline(never)]
pub(super) fn may_hold_secret(text: &[u8]) -> bool {
    holds_sign(text) || may_hold_token(text)
}

/// Whether it is worth a search for card numbers and IBANs.
pub(super) fn may_hold_number(text: &[u8]) -> bool {
    let (words, _) = text.as_chunks();
    let digits: u64 =
        words.iter().chain(text.last_chunk()).map(|word| digits_of(u64::from_le_bytes(*word))).sum();
    text.len() >= SHORTEST_NUMBER && digits >= FEWEST_DIGITS
}

/// Whether a token may begin in it.
#[inline]
fn may_hold_token(text: &[u8]) -> bool {
    text.len() >= SHORTEST_TOKEN && next_row(text, 0).is_some()
}

/// Whether there is a `:` or `=`, which every address with a password and every assignment has, or many digits.
#[inline]
fn holds_sign(text: &[u8]) -> bool {
    // Both ends of a text may overlap; digits that are counted twice are a search in vain at worst.
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk())
        && text.len() <= 16
    {
        let words = [u64::from_le_bytes(*first), u64::from_le_bytes(*last)];
        return words.iter().any(|word| holds(*word, b':') | holds(*word, b'='))
            || (text.len() >= SHORTEST_NUMBER
                && words.into_iter().map(digits_of).sum::<u64>() >= FEWEST_DIGITS);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>())
        && text.len() <= 32
    {
        let block = [*first, *last];
        return block
            .as_flattened()
            .first_chunk()
            .is_some_and(|block| has_mark(block) || digits(block) >= FEWEST_DIGITS);
    }
    let mut seen = 0;
    let (blocks, _) = text.as_chunks();
    blocks.iter().chain(text.last_chunk()).any(|block| {
        seen += digits(block);
        seen >= FEWEST_DIGITS || has_mark(block)
    })
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Whether a byte is one of the eight.
#[inline(always)]
const fn holds(word: u64, byte: u8) -> bool {
    let difference = word ^ (ONES * byte as u64);
    difference.wrapping_sub(ONES) & !difference & HIGH != 0
}

/// How many of eight bytes are digits.
#[inline(always)]
const fn digits_of(word: u64) -> u64 {
    let values = word ^ (ONES * b'0' as u64);
    // With this added, ten and more reach the highest bit.
    let others = (((values & !HIGH) + ONES * 0x76) | values) & HIGH;
    ((others ^ HIGH) >> 7).wrapping_mul(ONES) >> 56
}

// Without an early end and as functions of their own, so that they stay the few vector instructions that they are.
#[inline(never)]
fn has_mark(block: &[u8; 32]) -> bool {
    block.iter().fold(0, |marks, byte| marks | u8::from((*byte == b':') | (*byte == b'='))) != 0
}

#[inline(never)]
fn digits(block: &[u8; 32]) -> u64 {
    u64::from(block.iter().fold(0_u8, |digits, byte| digits + u8::from(byte.wrapping_sub(b'0') < 10)))
}

/// The first row of at least [`SHORTEST_RUN`] word characters from `from` on that begins like a token.
///
/// Read from its end, a window shows its last other character first, and the next window begins behind that: most
/// characters are never looked at, and a window without such a character begins where its row begins.
#[inline(never)]
pub(super) fn next_row(text: &[u8], mut from: usize) -> Option<usize> {
    while let Some(window) = text.get(from..).and_then(<[u8]>::first_chunk::<SHORTEST_RUN>) {
        from += match window.iter().rposition(|byte| !is_word(*byte)) {
            Some(last) => last + 1,
            None if begins_token_at(text, from) => return Some(from),
            None => row_length(text, from),
        };
    }
    None
}

/// How many word characters stand in a row from `from` on.
pub(super) fn row_length(text: &[u8], from: usize) -> usize {
    let row = text.get(from..).unwrap_or_default();
    row.iter().position(|byte| !is_word(*byte)).unwrap_or(row.len())
}

/// Whether the row of word characters at `from` has the first two of any prefix, or one with a dot before it.
#[inline]
fn begins_token_at(text: &[u8], from: usize) -> bool {
    let Some((before, [first, second, ..])) = text.split_at_checked(from) else { return true };
    BEGINNINGS.get(usize::from(*first)).is_some_and(|seconds| seconds >> (second & 127) & 1 != 0)
        || DOTTED.iter().any(|(prefix, _)| before.ends_with(prefix.as_bytes()))
}

/// For each first byte of a prefix the second ones that there are.
static BEGINNINGS: [u128; 128] = {
    let mut beginnings = [0; 128];
    let mut at = 0;
    while at < PREFIXES.len() {
        // Constants cannot iterate; prefixes are ASCII and longer than one byte.
        #[allow(clippy::indexing_slicing)]
        {
            let prefix = PREFIXES[at].0.as_bytes();
            beginnings[prefix[0] as usize] |= 1 << prefix[1];
        }
        at += 1;
    }
    beginnings
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_rows_are_found_wherever_they_stand() {
        for start in 0..30 {
            for length in 0..30 {
                let row =
                    if length < 2 { "x".repeat(length) } else { format!("xo{}", "x".repeat(length - 2)) };
                let text = format!("{}.{row} {}", "ab ".repeat(start), "cd,".repeat(start));
                assert_eq!(next_row(text.as_bytes(), 0).is_some(), length >= SHORTEST_RUN, "{text}");
                let behind_long_words = format!("{} {text}", "y".repeat(start));
                assert_eq!(
                    next_row(behind_long_words.as_bytes(), 0).is_some(),
                    length >= SHORTEST_RUN,
                    "{text}"
                );
                assert!(next_row(text.replace("xo", "yy").as_bytes(), 0).is_none(), "{text}");
            }
        }
    }

    #[test]
    fn a_sign_is_seen_wherever_it_stands() {
        for length in SHORTEST..120 {
            let plain = "x".repeat(length);
            assert!(!may_hold_secret(plain.as_bytes()), "{plain}");
            for at in 0..length {
                for sign in [":", "="] {
                    let mut text = plain.clone();
                    text.replace_range(at..=at, sign);
                    assert!(may_hold_secret(text.as_bytes()), "{text}");
                }
                let digits = FEWEST_DIGITS as usize;
                if at + digits <= length && length >= SHORTEST_NUMBER {
                    let mut text = plain.clone();
                    text.replace_range(at..at + digits, &"7".repeat(digits));
                    assert!(may_hold_secret(text.as_bytes()) && may_hold_number(text.as_bytes()), "{text}");
                }
            }
        }
        assert!(!may_hold_secret("order 1234 of 12 items was paid".as_bytes()));
    }
}
