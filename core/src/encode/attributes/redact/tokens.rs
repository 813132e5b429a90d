//! Masking of secrets that show themselves by their prefix, inside any string.
//!
//! Not for secrets without a prefix: those need a key, see `keys`.

use super::MASK;
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// How the text behind a prefix must look for it to be a token.
enum Shape {
    /// At least so many characters of `A-Z a-z 0-9 _ -`.
    Word(usize),
    /// Exactly 16 upper-case letters or digits.
    AwsKeyId,
    /// Two more base64url parts, each behind a dot.
    Jwt,
    /// `PRIVATE KEY-----` in the same line; the mask reaches to the end marker.
    Pem,
}

/// Prefixes of the issuers' documented formats.
const TOKENS: [(&str, Shape); 28] = [
    ("sk-", Shape::Word(20)),
    ("sk_live_", Shape::Word(16)),
    ("sk_test_", Shape::Word(16)),
    ("rk_live_", Shape::Word(16)),
    ("rk_test_", Shape::Word(16)),
    ("whsec_", Shape::Word(16)),
    ("ghp_", Shape::Word(30)),
    ("gho_", Shape::Word(30)),
    ("ghu_", Shape::Word(30)),
    ("ghs_", Shape::Word(30)),
    ("ghr_", Shape::Word(30)),
    ("github_pat_", Shape::Word(30)),
    ("glpat-", Shape::Word(16)),
    ("xoxa-", Shape::Word(20)),
    ("xoxb-", Shape::Word(20)),
    ("xoxp-", Shape::Word(20)),
    ("xoxr-", Shape::Word(20)),
    ("xoxs-", Shape::Word(20)),
    ("xapp-", Shape::Word(20)),
    ("AKIA", Shape::AwsKeyId),
    ("ASIA", Shape::AwsKeyId),
    ("AIza", Shape::Word(30)),
    ("npm_", Shape::Word(30)),
    ("pypi-", Shape::Word(30)),
    ("hf_", Shape::Word(30)),
    ("SG.", Shape::Word(20)),
    ("eyJ", Shape::Jwt),
    ("-----BEGIN ", Shape::Pem),
];

/// No token is shorter, so shorter strings are not searched.
const SHORTEST: usize = 19;

/// Every token begins with so many word characters in a row, but for those with a dot behind [`DOTTED`], and most words
/// of a sentence do not.
const SHORTEST_RUN: usize = 10;

/// The one prefix that ends the row of word characters; a row stands behind it.
const DOTTED: &[u8] = b"SG.";

// Leftmost matching is what lets the library search with vector instructions; no prefix begins another, so
// it finds the same.
static PREFIXES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let prefixes = TOKENS.iter().map(|(prefix, _)| prefix);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(prefixes).ok()
});

/// `text` with every token replaced by the mask, or nothing when there is none.
///
/// Linear in the length of `text`.
#[must_use]
pub fn mask_tokens(text: &str) -> Option<String> {
    mask_tokens_before(text, text.len())
}

/// The first `end` bytes of `text`, which end between characters, with every token that begins in them replaced by the
/// mask, also when it ends behind them; or nothing when there is none.
#[must_use]
pub fn mask_tokens_before(text: &str, end: usize) -> Option<String> {
    if may_hold_token(text) { search(text, end) } else { None }
}

/// Whether it is worth a search: most strings are too short or have no long word that begins like a token.
#[inline]
#[must_use]
pub fn may_hold_token(text: &str) -> bool {
    text.len() >= SHORTEST && has_long_run(text.as_bytes())
}

/// Whether [`SHORTEST_RUN`] word characters stand in a row that begins like a token.
///
/// Read from its end, a window shows its last other character first, and the next window begins behind that: most
/// characters are never looked at, and a window without such a character begins where its row begins.
#[inline(never)]
fn has_long_run(text: &[u8]) -> bool {
    let mut from = 0;
    while let Some(window) = text.get(from..).and_then(<[u8]>::first_chunk::<SHORTEST_RUN>) {
        let last = match window.iter().rposition(|byte| !is_word_byte(*byte)) {
            Some(last) => last,
            None if begins_token_at(text, from) => return true,
            None => {
                let behind = text.get(from + SHORTEST_RUN..).unwrap_or_default();
                let more = behind.iter().position(|byte| !is_word_byte(*byte));
                SHORTEST_RUN + more.unwrap_or(behind.len())
            }
        };
        from += last + 1;
    }
    false
}

/// Whether the row of word characters at `from` has the first two of any prefix, or the one with a dot before it.
#[inline]
fn begins_token_at(text: &[u8], from: usize) -> bool {
    let Some((before, [first, second, ..])) = text.split_at_checked(from) else { return true };
    let begins = |prefix: &str| matches!(prefix.as_bytes(), [a, b, ..] if a == first && b == second);
    let may_begin =
        matches!(first, b's' | b'r' | b'w' | b'g' | b'x' | b'A' | b'n' | b'p' | b'h' | b'S' | b'e' | b'-');
    before.ends_with(DOTTED) || (may_begin && TOKENS.iter().any(|(prefix, _)| begins(prefix)))
}

/// [`is_word`] of a byte, from a table: this is asked of most strings.
#[inline]
fn is_word_byte(byte: u8) -> bool {
    static WORD: [bool; 256] = {
        let mut word = [false; 256];
        let mut byte = 0_u8;
        while byte < 0x80 {
            // Constants cannot iterate; the index is below the table's length.
            #[allow(clippy::indexing_slicing)]
            {
                word[byte as usize] = is_word(byte as char);
            }
            byte += 1;
        }
        word
    };
    WORD.get(usize::from(byte)).copied().unwrap_or(false)
}

fn search(text: &str, end: usize) -> Option<String> {
    let prefixes = PREFIXES.as_ref()?;
    let mut masked = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(found) = prefixes.find(aho_corasick::Input::new(text).range(from..)) {
        from = found.end();
        if found.start() >= end {
            break;
        }
        if !at_word_start(text, found.start()) {
            continue;
        }
        let tail = text.get(found.end()..).unwrap_or_default();
        let Some(length) = TOKENS.get(found.pattern().as_usize()).and_then(|(_, shape)| shape.length(tail))
        else {
            continue;
        };
        masked.push_str(text.get(copied..found.start()).unwrap_or_default());
        masked.push_str(MASK);
        copied = found.end() + length;
        from = copied;
    }
    // The last token may end behind `end`.
    (copied > 0).then(|| masked + text.get(copied..end).unwrap_or_default())
}

/// Whether no letter, digit, `_` or `-` stands before: `task-list` holds no `sk-` token.
fn at_word_start(text: &str, at: usize) -> bool {
    text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|before| !is_word(before))
}

const fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

impl Shape {
    /// How much of `tail`, the text behind the prefix, belongs to the token; nothing if it is none.
    fn length(&self, tail: &str) -> Option<usize> {
        match self {
            Self::Word(shortest) => {
                let run = run(tail, is_word);
                (run >= *shortest).then_some(run)
            }
            Self::AwsKeyId => {
                let run = run(tail, |c| c.is_ascii_uppercase() || c.is_ascii_digit());
                (run == 16 && !tail.get(run..).unwrap_or_default().starts_with(is_word)).then_some(run)
            }
            Self::Jwt => jwt_length(tail),
            Self::Pem => pem_length(tail),
        }
    }
}

fn run(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|character| !accept(character)).unwrap_or(text.len())
}

fn jwt_length(tail: &str) -> Option<usize> {
    let header = run(tail, is_word);
    let payload_at = tail.get(header..)?.strip_prefix('.')?;
    let payload = run(payload_at, is_word);
    let signature_at = payload_at.get(payload..)?.strip_prefix('.')?;
    let signature = run(signature_at, is_word);
    (header >= 10 && payload >= 4).then_some(header + 1 + payload + 1 + signature)
}

fn pem_length(tail: &str) -> Option<usize> {
    const BEGIN: &str = "PRIVATE KEY-----";
    const END: &str = "-----END ";
    let line = tail.lines().next().unwrap_or_default();
    let label_end = line.find(BEGIN)? + BEGIN.len();
    let body = tail.get(label_end..)?;
    let Some(end) = body.find(END) else { return Some(tail.len()) };
    let closing = body.get(end + END.len()..)?;
    let closed = closing.find("-----").map_or(closing.len(), |dashes| dashes + 5);
    Some(label_end + end + END.len() + closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked_and_the_rest_is_kept() {
        let github = format!("push with ghp_{} failed", "a1B2".repeat(9));
        assert_eq!(mask_tokens(&github).unwrap(), "push with [redacted] failed");
        let two = format!("AKIAIOSFODNN7EXAMPLE,sk-{}", "x".repeat(40));
        assert_eq!(mask_tokens(&two).unwrap(), "[redacted],[redacted]");
        let jwt = "auth eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!";
        assert_eq!(mask_tokens(jwt).unwrap(), "auth [redacted]!");
        let pem = "key: -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- end";
        assert_eq!(mask_tokens(pem).unwrap(), "key: [redacted] end");
    }

    #[test]
    fn a_token_that_the_end_would_cut_is_masked_whole() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!("push with {token} and {token} failed");
        for end in 10..text.len() {
            let masked = mask_tokens_before(&text, end);
            if end == 10 {
                assert_eq!(masked, None);
                continue;
            }
            let masked = masked.unwrap();
            assert!(masked.starts_with("push with [redacted]"), "{end}: {masked}");
            assert!(!masked.contains("gh") && !masked.contains("a1B2"), "{end}: {masked}");
        }
        assert_eq!(mask_tokens_before(&text, 52).unwrap(), "push with [redacted] a");
    }

    #[test]
    fn runs_that_begin_like_a_token_are_found_wherever_they_stand() {
        for start in 0..40 {
            for length in 3..25 {
                let text = format!("{} xo{}", " ab".repeat(20).get(..start).unwrap(), "x".repeat(length - 2));
                assert_eq!(has_long_run(text.as_bytes()), length >= SHORTEST_RUN, "{text}");
                assert_eq!(has_long_run(format!("{text} é").as_bytes()), length >= SHORTEST_RUN, "{text}");
                let behind_long_words = format!("{} {text}", "y".repeat(start));
                assert_eq!(has_long_run(behind_long_words.as_bytes()), length >= SHORTEST_RUN, "{text}");
                let far = format!("{} {text}", "é ".repeat(40));
                assert_eq!(has_long_run(far.as_bytes()), length >= SHORTEST_RUN, "{text}");
                assert!(!has_long_run(text.replace("xo", "yy").as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn no_token_is_passed_over_wherever_it_stands() {
        let long = "a1B2".repeat(9);
        for (prefix, shape) in &TOKENS {
            let token = match shape {
                Shape::Word(_) => format!("{prefix}{long}"),
                Shape::AwsKeyId => format!("{prefix}IOSFODNN7EXAMPLE"),
                Shape::Jwt => format!("{prefix}hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
                Shape::Pem => format!("{prefix}RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"),
            };
            let far = " the text before it".repeat(5) + " ";
            for before in [
                "",
                " ",
                &far,
                "é",
                "a ",
                "a_long_word_of_another_kind ",
                "0191f3a4-7c1e-7b7e-9d35-3f5a1c2b4d6e/",
                ".",
            ] {
                for behind in ["", " ", " b", "\"", "é"] {
                    let text = format!("{before}{token}{behind}");
                    assert_eq!(mask_tokens(&text).unwrap(), format!("{before}{MASK}{behind}"), "{text}");
                }
            }
        }
    }

    #[test]
    fn look_alikes_are_left_alone() {
        for text in [
            "the task-list-of-the-day-before-yesterday",
            "sk-short in a sentence",
            "AKIA is a prefix but not a key id",
            "eyJust a word that begins so",
            "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ] {
            assert_eq!(mask_tokens(text), None, "{text}");
        }
    }
}
