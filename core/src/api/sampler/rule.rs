//! Traces whose first span is of one name or kind have a share of their own.

use crate::model::span::SpanKind;

/// A share for the traces that begin so. What is not said fits everything.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplingRule {
    /// What their first span is called.
    pub name: Option<Pattern>,
    /// Its role.
    pub kind: Option<SpanKind>,
    /// What share of them is kept, 0 to 1.
    pub ratio: f64,
}

impl SamplingRule {
    pub(super) fn fits(&self, name: &str, kind: SpanKind) -> bool {
        self.kind.is_none_or(|own| own == kind) && self.name.as_ref().is_none_or(|own| own.fits(name))
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
