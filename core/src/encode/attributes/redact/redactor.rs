//! Everything that redaction knows, as one thing that recording asks.
//!
//! Not for any single rule: they stand in files of their own.

use super::assignments::Assignments;
use super::blocks::blocks;
use super::findings::{Findings, Found, Masked};
use super::keys::{KeyRedactor, Mask};
use super::mode::Mode;
use super::numbers::Numbers;
use super::tokens::Tokens;
use super::{emails, hints};
use crate::encode::patterns::Patterns;
use crate::stats::{Counts, RedactionRule};
use std::ops::Range;

/// The document's `redact`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Redaction {
    /// Key names that are masked besides the built-in ones.
    pub keys: Vec<String>,
    /// Keys that are never masked because of their name.
    pub allow: Vec<String>,
    /// The user's patterns.
    pub patterns: Option<Patterns>,
    /// What becomes of what is masked.
    pub mode: Mode,
    /// Rules of ours that were turned on or off.
    pub rules: Vec<(RedactionRule, bool)>,
}

/// Finds what must not be shown.
#[derive(Debug)]
pub struct Redactor {
    keys: KeyRedactor,
    patterns: Option<Patterns>,
    mode: Mode,
    is_on: [bool; RedactionRule::ALL.len()],
    /// Shorter texts are not searched.
    shortest: usize,
    /// Whether texts without any sign of a secret are searched as well.
    searches_all: bool,
}

impl Redactor {
    /// A redactor by these settings.
    #[must_use]
    pub fn new(redaction: &Redaction) -> Self {
        let Redaction { keys, allow, patterns, mode, rules } = redaction;
        let mut is_on = RedactionRule::ALL.map(RedactionRule::is_default);
        for (rule, on) in rules {
            if let Some(slot) = is_on.get_mut(*rule as usize) {
                *slot = *on;
            }
        }
        let has_email = is_on.get(RedactionRule::Email as usize).is_some_and(|on| *on);
        let shortest_match = patterns.as_ref().map_or(usize::MAX, Patterns::shortest);
        let least_email = if has_email { "a@b.cd".len() } else { usize::MAX };
        Self {
            keys: KeyRedactor::new(keys, allow),
            patterns: patterns.clone(),
            mode: mode.clone(),
            is_on,
            shortest: hints::SHORTEST.min(shortest_match).min(least_email),
            searches_all: patterns.is_some() || has_email,
        }
    }

    /// What a key asks of its value.
    #[must_use]
    pub fn mask(&self, key: &str) -> Mask {
        self.keys.mask(key)
    }

    /// What becomes of what is masked.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Counts a value in which something was found.
    pub fn count(&self, counts: &Counts, found: Found) {
        counts.redacted.one();
        found.rules().for_each(|rule| counts.redacted_by(rule));
        let name = |place| self.patterns.as_ref().map_or("", |patterns| patterns.name(place));
        found.patterns().for_each(|place| counts.redacted_by_pattern.one(name(place)));
    }

    /// Whether a text is worth a search: most are short, or have nothing that a secret could begin with.
    #[inline]
    #[must_use]
    pub fn may_hold_secret(&self, text: &str) -> bool {
        text.len() >= self.shortest
            && (self.searches_all || hints::may_hold_secret(text.as_bytes(), &self.keys))
    }

    /// The first `end` bytes of `text`, which end between characters, with every secret that begins in them replaced,
    /// also when it ends behind them; or nothing when there is none.
    ///
    /// Linear in the length of `text`.
    #[must_use]
    pub fn search(&self, text: &str, end: usize) -> Option<Masked> {
        let bytes = text.as_bytes();
        let mut findings = Findings::default();
        let mut tokens = Tokens::default();
        let mut assignments =
            Assignments::new(self.is_on(RedactionRule::Url), self.is_on(RedactionRule::Assignment));
        let mut numbers = Numbers::new(self.is_on(RedactionRule::Card), self.is_on(RedactionRule::Iban));
        for block in blocks(bytes) {
            tokens.look(bytes, block, |rule| self.is_on(rule), &mut findings);
            assignments.look(bytes, block, &self.keys, &mut findings);
            numbers.look(bytes, block, &mut findings);
            if findings.are_enough(bytes) {
                break;
            }
        }
        if self.is_on(RedactionRule::Email) {
            for (start, end) in memchr::memchr_iter(b'@', bytes).filter_map(|at| emails::around(bytes, at)) {
                findings.add(start, end, RedactionRule::Email);
            }
        }
        if let Some(patterns) = &self.patterns {
            let mut tell = |found: Range<usize>, place| findings.add_match(found.start, found.end, place);
            if let Err(rest) = patterns.search(text, &mut tell) {
                // What nobody can look at in time is not shown.
                findings.add_match(rest.from, text.len(), rest.place);
            }
        }
        findings.replaced(text, end, &self.mode)
    }

    fn is_on(&self, rule: RedactionRule) -> bool {
        self.is_on.get(rule as usize).is_some_and(|on| *on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_nobody_can_look_at_in_time_is_not_shown() {
        let patterns = Patterns::new(BTreeMap::from([("far".to_owned(), "q+b|q".to_owned())])).unwrap();
        let redactor = Redactor::new(&Redaction { patterns: Some(patterns), ..Redaction::default() });
        let text = "q".repeat(64 * 1024);
        let masked = redactor.search(&text, text.len()).unwrap().text;
        assert!(masked.starts_with("[redacted]") && !masked.contains('q'), "{}", masked.len());
        assert!(masked.len() < 1000, "{}", masked.len());
    }
}
