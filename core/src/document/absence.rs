//! What a source asks for that has no equal here: it changes nothing, and is told of once.
//!
//! Not for mistakes, which are refused, and not for what is not built yet, which is refused too.

use std::fmt::Write;

/// A key or a variable without an equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The path of the key, or the name of the variable.
    pub key: String,
    /// What there is instead.
    pub instead: String,
}

/// All of them in one sentence, those that have the same reason together. Nothing where there are none.
#[must_use]
pub fn told(absences: &[Absence]) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for Absence { key, instead } in absences {
        match reasons.iter_mut().find(|(reason, _)| *reason == instead) {
            Some((_, keys)) => keys.push(key),
            None => reasons.push((instead, vec![key])),
        }
    }
    let mut text = String::new();
    for (reason, keys) in reasons {
        let before = if text.is_empty() { "without an equal here, and without effect: " } else { "; " };
        // Writing to a string never fails.
        let _ = write!(text, "{before}{} ({reason})", keys.join(", "));
    }
    (!text.is_empty()).then_some(text)
}
