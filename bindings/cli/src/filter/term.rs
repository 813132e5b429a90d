//! One term of a filter: a key with what is asked of its value, or a word.

use memchr::memmem::Finder;

use super::test::Test;
use crate::members::{Members, unescaped};

pub(super) enum Term {
    /// The line contains the text.
    Word(Box<Word>),
    Keyed {
        key: String,
        negated: bool,
        test: Test,
    },
}

/// A text that stands anywhere in a line, as it is or as JSON writes it.
pub(super) struct Word {
    pub(super) text: String,
    finder: Finder<'static>,
    escaped: Option<Finder<'static>>,
}

impl Word {
    pub(super) fn new(text: String) -> Self {
        let escaped = serde_json::to_string(&text).unwrap_or_default();
        let escaped = escaped.trim_matches('"');
        let differs = escaped != text && !escaped.is_empty();
        Self {
            finder: Finder::new(&text).into_owned(),
            escaped: differs.then(|| Finder::new(escaped).into_owned()),
            text,
        }
    }
}

impl Term {
    pub(super) fn is_word(&self) -> bool {
        matches!(self, Self::Word(_))
    }

    /// Whether a word is in the line.
    pub(super) fn is_in(&self, line: &[u8]) -> bool {
        let Self::Word(word) = self else { return false };
        let is_there = |finder: &Finder<'_>| finder.find(line).is_some();
        if is_there(&word.finder) || word.escaped.as_ref().is_some_and(is_there) {
            return true;
        }
        // Other writers than Vigie escape more than JSON asks for.
        memchr::memmem::find(line, b"\\u").is_some() && is_in_strings(line, &word.finder)
    }

    /// Whether a line with these members is as the key's value should be. What is not looked for at the top is looked for
    /// among the attributes of a span or a metric.
    pub(super) fn holds(&self, members: &Members<'_>) -> bool {
        let Self::Keyed { key, negated, test } = self else { return true };
        let below = || Members::of(members.get("attributes")?)?.at(key);
        test.passes(members.at(key).or_else(below)) != *negated
    }
}

fn is_in_strings(line: &[u8], finder: &Finder<'_>) -> bool {
    // Between two quotes that are not escaped stands the inside of a string, or what is between two strings.
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'"', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let mut end = 0;
        while let Some(next) = rest.get(end..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            end += next;
            if rest.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        let inside = rest.get(..end).unwrap_or(rest);
        if finder.find(&unescaped(inside)).is_some() {
            return true;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    false
}
