//! What was found in a text, and the text with something else in its place.
//!
//! Not for finding it: see the rules beside this file.

use super::mode::Mode;
use crate::stats::RedactionRule;
use std::cmp::Reverse;

/// A text with more secrets than that is hardly anything else. From the next one on it is masked as one, so that such a text
/// costs no more than another.
const MOST_PIECES: usize = 256;

/// What found a secret: a rule of ours or one of the user's patterns, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finder {
    Rule(RedactionRule),
    Pattern(usize),
}

impl Finder {
    /// Rules of ours come first, in the order of [`RedactionRule::ALL`].
    fn rank(self) -> usize {
        match self {
            Self::Rule(rule) => rule as usize,
            Self::Pattern(place) => RedactionRule::ALL.len() + place,
        }
    }
}

/// A piece of a text that must not be shown.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    finder: Finder,
}

/// The rules and patterns that found something, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    rules: u16,
    patterns: u64,
}

impl Found {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The rules that found something.
    pub fn rules(self) -> impl Iterator<Item = RedactionRule> {
        RedactionRule::ALL.into_iter().filter(move |rule| self.rules & 1 << *rule as u16 != 0)
    }

    /// The places of the patterns that found something.
    pub fn patterns(self) -> impl Iterator<Item = usize> {
        (0..u64::BITS as usize).filter(move |place| self.patterns & 1 << place != 0)
    }

    fn add(&mut self, finder: Finder) {
        match finder {
            Finder::Rule(rule) => self.rules |= 1 << rule as u16,
            Finder::Pattern(place) => self.patterns |= 1 << place,
        }
    }
}

/// A text without its secrets.
#[derive(Debug)]
pub struct Masked {
    /// The text.
    pub text: String,
    /// What found them.
    pub found: Found,
}

/// The pieces of one text that must not be shown, as the rules find them.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Span>);

impl Findings {
    /// Notes a piece; one without any byte is none.
    pub(super) fn add(&mut self, start: usize, end: usize, rule: RedactionRule) {
        self.note(start, end, Finder::Rule(rule));
    }

    /// Notes what the pattern at `place` found.
    pub(super) fn add_match(&mut self, start: usize, end: usize, place: usize) {
        self.note(start, end, Finder::Pattern(place));
    }

    fn note(&mut self, start: usize, end: usize, finder: Finder) {
        if start < end {
            self.0.push(Span { start, end, finder });
        }
    }

    /// Whether there are more pieces than are shown one by one; the last one of the text goes to its end then, as nobody has
    /// to look at what comes behind it.
    pub(super) fn are_enough(&mut self, text: &[u8]) -> bool {
        let are_enough = self.0.len() > MOST_PIECES;
        if are_enough && let Some(last) = self.0.iter_mut().max_by_key(|span| span.start) {
            last.end = text.len();
        }
        are_enough
    }

    /// The first `end` bytes of `text` with every piece that begins in them replaced, also when it ends behind them.
    ///
    /// Pieces that overlap are one, and what found the first of them is what found it; of equal ones the first rule.
    pub(super) fn replaced(mut self, text: &str, end: usize, mode: &Mode) -> Option<Masked> {
        self.0.sort_by_key(|span| (span.start, Reverse(span.end), span.finder.rank()));
        let mut spans = self.0.into_iter().take_while(|span| span.start < end).peekable();
        spans.peek()?;
        let mut masked = Masked { text: String::with_capacity(end), found: Found::default() };
        let (mut copied, mut pieces) = (0, 0);
        while let Some(mut span) = spans.next() {
            if pieces == MOST_PIECES {
                span.end = text.len();
            }
            pieces += 1;
            while let Some(next) = spans.next_if(|next| next.start < span.end) {
                span.end = span.end.max(next.end);
            }
            masked.text.push_str(text.get(copied..span.start).unwrap_or_default());
            let secret = text.get(span.start..span.end).unwrap_or_default();
            masked.text.push_str(&mode.in_place_of(secret.as_bytes()));
            masked.found.add(span.finder);
            copied = span.end;
        }
        masked.text.push_str(text.get(copied..end).unwrap_or_default());
        Some(masked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_overlap_become_one() {
        let mut findings = Findings::default();
        findings.add(5, 9, RedactionRule::Token);
        findings.add(2, 7, RedactionRule::Url);
        findings.add(2, 4, RedactionRule::Card);
        findings.add_match(9, 10, 63);
        findings.add(3, 3, RedactionRule::Iban);
        let masked = findings.replaced("0123456789abc", 13, &Mode::Mask).unwrap();
        assert_eq!(masked.text, "01[redacted][redacted]abc");
        assert_eq!(masked.found.rules().collect::<Vec<_>>(), [RedactionRule::Url]);
        assert_eq!(masked.found.patterns().collect::<Vec<_>>(), [63]);
        assert!(Findings::default().replaced("text", 4, &Mode::Mask).is_none());
    }

    #[test]
    fn behind_many_pieces_the_rest_is_one() {
        let text = "ab".repeat(300);
        for known in [256, 257, 300] {
            let mut findings = Findings::default();
            (0..known).for_each(|n| findings.add(2 * n, 2 * n + 1, RedactionRule::Token));
            assert_eq!(findings.are_enough(text.as_bytes()), known > MOST_PIECES);
            let masked = findings.replaced(&text, text.len(), &Mode::Mask).unwrap().text;
            let rest = if known > MOST_PIECES { "[redacted]" } else { &text[512..] };
            assert_eq!(masked, "[redacted]b".repeat(256) + rest, "{known}");
        }
    }

    #[test]
    fn what_begins_before_the_end_is_replaced_whole() {
        let found = |end| {
            let mut findings = Findings::default();
            findings.add(2, 6, RedactionRule::Token);
            findings.replaced("01234567", end, &Mode::Mask).map(|masked| masked.text)
        };
        assert_eq!(found(2), None);
        assert_eq!(found(3).unwrap(), "01[redacted]");
        assert_eq!(found(7).unwrap(), "01[redacted]6");
    }
}
