//! Masking of secrets that show themselves by what they begin with, inside of any text.
//!
//! Not for how they look: see `shapes`.

use super::blocks::Block;
use super::classes::WORD;
use super::findings::Findings;
use super::shapes::{DOTTED, PREFIXES, Shape, prefixes_with};
use crate::stats::RedactionRule;

/// Every token begins with so many word characters in a row, but for those with a dot or a space behind [`DOTTED`], and
/// most words of a sentence do not.
const SHORTEST_ROW: u32 = 10;

/// Where rows of word characters begin in a block that are as long as a token's.
#[inline]
pub(super) fn rows(block: Block) -> u64 {
    block.words.starts() & block.words.rows(SHORTEST_ROW)
}

/// Finds tokens, block by block.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// What begins before is a part of what was found.
    from: usize,
}

impl Tokens {
    /// Finds every token that begins in a block and whose rule is `wanted`.
    #[inline]
    pub(super) fn look(
        &mut self,
        text: &[u8],
        block: Block,
        wanted: impl Fn(RedactionRule) -> bool,
        findings: &mut Findings,
    ) {
        for row in block.places(rows(block)) {
            if row < self.from || !may_be_at(text, row) {
                continue;
            }
            let Some(token) = token_at(text, row).filter(|token| wanted(token.shape.rule())) else {
                continue;
            };
            let start = if token.shape.keeps_prefix() { token.tail } else { token.start };
            findings.add(start, token.end, token.shape.rule());
            self.from = token.end;
        }
    }
}

/// Whether the row of word characters at `row` has the first two of any prefix, or one with a dot before it.
#[inline]
pub(super) fn may_be_at(text: &[u8], row: usize) -> bool {
    let Some((before, [first, second, ..])) = text.split_at_checked(row) else { return false };
    BEGINNINGS.get(usize::from(*first)).is_some_and(|seconds| seconds >> (second & 127) & 1 != 0)
        || dotted_before(before).any(|(prefix, _)| before.ends_with(prefix.as_bytes()))
}

/// The prefixes of [`DOTTED`] that the text before a row may end in, by its last two characters: most rows have none.
#[inline]
fn dotted_before(before: &[u8]) -> impl Iterator<Item = &'static (&'static str, Shape)> {
    let may_end = matches!(before, [.., b'G' | b'9' | b's' | b'b' | b't', b'.'] | [.., b'r', b' ']);
    let prefixes: &[_] = if may_end { &DOTTED } else { &[] };
    prefixes.iter()
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

struct Token {
    start: usize,
    /// Where what follows the prefix begins.
    tail: usize,
    end: usize,
    shape: Shape,
}

/// The token whose row of word characters begins at `row`.
fn token_at(text: &[u8], row: usize) -> Option<Token> {
    let (before, behind) = text.split_at_checked(row)?;
    // Near the end of a block rows are given that only may be long enough.
    behind.get(..SHORTEST_ROW as usize).filter(|row| row.iter().all(|byte| WORD.has(*byte)))?;
    let [first, second, ..] = behind else { return None };
    let plain = prefixes_with(*first).filter(|(prefix, _)| {
        prefix.as_bytes().get(1) == Some(second) && behind.starts_with(prefix.as_bytes())
    });
    let dotted = dotted_before(before).filter(|(prefix, _)| before.ends_with(prefix.as_bytes()));
    let plain = plain.map(|(prefix, shape)| (row, row + prefix.len(), *shape));
    let mut tokens = plain.chain(dotted.map(|(prefix, shape)| (row - prefix.len(), row, *shape)));
    tokens.find_map(|(start, tail, shape)| {
        // `task-list` holds no `sk-` token, `MSG.` no `SG.` one.
        let begins = start.checked_sub(1).and_then(|at| text.get(at)).is_none_or(|before| !WORD.has(*before));
        let length = shape.length(text.get(tail..)?).filter(|_| begins)?;
        Some(Token { start, tail, end: tail + length, shape })
    })
}

#[cfg(test)]
mod tests {
    use super::super::blocks::blocks;
    use super::super::mode::{MASK, Mode};
    use super::*;

    fn masked(text: &str) -> Option<String> {
        masked_before(text, text.len())
    }

    fn masked_before(text: &str, end: usize) -> Option<String> {
        let mut findings = Findings::default();
        let mut tokens = Tokens::default();
        for block in blocks(text.as_bytes()) {
            tokens.look(text.as_bytes(), block, |_| true, &mut findings);
        }
        findings.replaced(text, end, &Mode::Mask).map(|masked| masked.text)
    }

    #[test]
    fn tokens_are_masked_and_the_rest_is_kept() {
        let github = format!("push with ghp_{} failed", "a1B2".repeat(9));
        assert_eq!(masked(&github).unwrap(), "push with [redacted] failed");
        let two = format!("AKIAIOSFODNN7EXAMPLE,sk-{}", "x".repeat(40));
        assert_eq!(masked(&two).unwrap(), "[redacted],[redacted]");
        let jwt = "auth eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!";
        assert_eq!(masked(jwt).unwrap(), "auth [redacted]!");
        let encrypted = "auth eyJhbGciOiJSU0EtT0FFUCJ9.OKOa.48V1_ALb6US04U3b.5eym8TW.XFBoMYUZ. Then";
        assert_eq!(masked(encrypted).unwrap(), "auth [redacted]. Then");
        let pem = "key: -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- end";
        assert_eq!(masked(pem).unwrap(), "key: [redacted] end");
        let bearer = "sent Bearer mF_9.B5f-4.1JqM+/== to it";
        assert_eq!(masked(bearer), None, "the first row is short");
        assert_eq!(masked("sent Bearer mF9B5f41JqM8.a+/== to it").unwrap(), "sent Bearer [redacted] to it");
    }

    #[test]
    fn a_token_that_the_end_would_cut_is_masked_whole() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!("push with {token} and {token} failed");
        for end in 10..text.len() {
            let masked = masked_before(&text, end);
            if end == 10 {
                assert_eq!(masked, None);
                continue;
            }
            let masked = masked.unwrap();
            assert!(masked.starts_with("push with [redacted]") && !masked.contains("ghp_"), "{end} {masked}");
        }
        let cut = format!("eyJhbGciOiJIUzI1NiJ9.{}", "a".repeat(2000));
        assert_eq!(masked_before(&cut, 100).unwrap(), MASK);
    }

    #[test]
    fn no_token_is_passed_over_wherever_it_stands() {
        let far = " the text before it".repeat(5) + " ";
        for (prefix, shape) in PREFIXES.iter().chain(&DOTTED) {
            let tail = match shape {
                Shape::Word(_) | Shape::Credentials => "a1B2".repeat(30),
                Shape::Upper(length) => "A2".repeat(30)[..*length].to_owned(),
                Shape::Hex(length) => "a2".repeat(60)[..*length].to_owned(),
                Shape::Jwt => "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl".to_owned(),
                Shape::Pem => " RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----".to_owned(),
            };
            let kept = if shape.keeps_prefix() { *prefix } else { "" };
            for before in
                ["", " ", &far, "é", "a ", "a_long_word_of_another_kind ", "0191f3a4-7c1e-7b7e/", "."]
            {
                for behind in ["", " ", " b", "\"", "é"] {
                    let text = format!("{before}{prefix}{tail}{behind}");
                    assert_eq!(masked(&text).unwrap(), format!("{before}{kept}{MASK}{behind}"), "{text}");
                }
            }
            assert!(
                !PREFIXES.iter().any(|(other, _)| other != prefix && other.starts_with(prefix)),
                "{prefix}"
            );
        }
    }

    #[test]
    fn look_alikes_are_left_alone() {
        for text in [
            "the task-list-of-the-day-before-yesterday",
            "sk-short in a sentence",
            "AKIA is a prefix but not a key id",
            "eyJust a word that begins so",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
            "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "Bearer authentication-is-wanted",
            "MSG.0123456789abcdefghijklmnop",
        ] {
            assert_eq!(masked(text), None, "{text}");
        }
    }
}
