//! Reads objects of names and regular expressions: `redact.patterns` and `entity_patterns`.

use crate::document::report::{Found, Report};
use crate::document::setting::Takes;
use crate::encode::patterns::{MOST_PATTERNS, Patterns};
use std::collections::BTreeMap;

/// What one of them takes.
pub(super) const PATTERN: Takes = Takes::Other("a regular expression such as \"B-[0-9]{6}\"");

/// Reads them; `taken` says what has a name already, if anything has.
pub(super) fn read(
    report: &mut Report,
    found: &Found<'_>,
    taken: impl Fn(&str) -> Option<&'static str>,
) -> BTreeMap<String, String> {
    let mut patterns = BTreeMap::new();
    for (name, found) in report.map(found).unwrap_or_default() {
        if let Some(accepted) = taken(name) {
            report.finding(&found.path, "a name that is taken", accepted);
            continue;
        }
        let Some(pattern) = report.read(&found, |value, _| value.as_str().map(str::to_owned)) else {
            continue;
        };
        match Patterns::check(&pattern) {
            Err(why) => report.refuse(&found, format!("{}, but {why}", PATTERN.words())),
            Ok(()) => {
                patterns.insert(name.to_owned(), pattern);
            }
        }
    }
    patterns
}

/// Compiles what all sources together say under `key`.
pub(super) fn compiled(
    report: &mut Report,
    key: &str,
    patterns: BTreeMap<String, String>,
) -> Option<Patterns> {
    if patterns.is_empty() {
        return None;
    }
    if patterns.len() > MOST_PATTERNS {
        report.finding(key, format!("{} patterns", patterns.len()), format!("at most {MOST_PATTERNS}"));
        return None;
    }
    let compiled = Patterns::new(patterns);
    compiled.map_err(|why| report.finding(key, format!("together: {why}"), "patterns that are smaller")).ok()
}
