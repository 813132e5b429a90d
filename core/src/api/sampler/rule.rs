//! Traces whose first span is of one name or kind, or has certain attributes, have a share of their own.

use super::asked::Asked;
use crate::encode::values::{self, Value};
use crate::model::attributes::{Attributes, Entry};
use crate::model::span::SpanKind;
use std::borrow::Cow;

/// A share for the traces that begin so. What is not said fits everything.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplingRule {
    /// What their first span is called.
    pub name: Option<Pattern>,
    /// Its role.
    pub kind: Option<SpanKind>,
    /// Attributes that it is started with, all of them: their names, and what their values are as texts.
    pub attributes: Vec<(String, Pattern)>,
    /// What share of them is kept, 0 to 1.
    pub ratio: f64,
}

impl SamplingRule {
    pub(super) fn fits(&self, asked: &Asked<'_>) -> bool {
        self.kind.is_none_or(|own| own == asked.kind)
            && self.name.as_ref().is_none_or(|own| own.fits(asked.name))
            && self.attributes.iter().all(|(name, pattern)| has(asked.attributes, name, pattern))
    }
}

fn has(attributes: Option<&Attributes>, name: &str, pattern: &Pattern) -> bool {
    let found = attributes.and_then(|attributes| Some((attributes, attributes.named(name)?)));
    found.is_some_and(|(attributes, entry)| pattern.fits(&text_of(attributes, entry)))
}

/// A text as it is, any other value as it is written.
fn text_of<'a>(attributes: &'a Attributes, entry: &Entry) -> Cow<'a, str> {
    match values::value(attributes, entry) {
        Value::Text(text) => text,
        _ => String::from_utf8_lossy(attributes.value(entry)),
    }
}

/// A text in which `*` stands for anything, nothing included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    first: Box<str>,
    /// What has to come behind it, in this order; the last of it at the end.
    others: Box<[Box<str>]>,
}

impl Pattern {
    /// The pattern that is written so.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut parts = text.split('*').map(Box::from);
        Self { first: parts.next().unwrap_or_default(), others: parts.collect() }
    }

    fn fits(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(&*self.first) else { return false };
        let Some((last, middle)) = self.others.split_last() else { return rest.is_empty() };
        for part in middle {
            // The first place is as good as any later one: it leaves the most for what follows.
            let Some((_, behind)) = rest.split_once(&**part) else { return false };
            rest = behind;
        }
        rest.ends_with(&**last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_texts() {
        let cases = [
            ("GET /health", "GET /health", true),
            ("GET /health", "GET /healthz", false),
            ("GET /health*", "GET /health", true),
            ("GET /health*", "GET /healthz/live", true),
            ("* /health", "GET /health", true),
            ("* /health", "GET /health/", false),
            ("GET */items/*", "GET /shops/7/items/", true),
            ("GET */items/*", "GET /shops/7/items", false),
            ("a*a", "a", false),
            ("a*b*b", "ab", false),
            ("a*b*b", "abcb", true),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
        ];
        for (pattern, text, fits) in cases {
            assert_eq!(Pattern::new(pattern).fits(text), fits, "{pattern} {text}");
        }
    }
}
