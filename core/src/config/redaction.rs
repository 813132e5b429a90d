//! The section `redact`: its keys, what they take, how they are read and laid over one another.

use super::patterns;
use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::attributes::redact::{HashKey, Mode, Redaction};
use crate::stats::RedactionRule;
use std::collections::BTreeMap;

const KEY_NAMES: &str = "a list of key names such as [\"iban\"]";

const RULES: &str =
    "an object of rules (token, jwt, pem, url, assignment, card, iban, email), each true or false";

/// What becomes of what is masked.
#[derive(Debug, Clone, Copy)]
enum Means {
    Mask,
    Hash,
    Drop,
}

static MODES: [(&str, Means); 3] = [("mask", Means::Mask), ("hash", Means::Hash), ("drop", Means::Drop)];

/// Its keys, in the order of the documentation.
pub(super) static KEYS: [Setting; 6] = [
    Setting::new(
        "keys",
        Takes::List { of: &Takes::Text(KEY_NAMES), words: KEY_NAMES },
        "[\"iban\"]",
        "Key names whose values are masked, besides the built-in ones.",
    ),
    Setting::new(
        "allow",
        Takes::List { of: &Takes::Text(KEY_NAMES), words: KEY_NAMES },
        "[\"page_token\"]",
        "Keys that are not masked because of their name: whole keys, in any spelling.",
    ),
    Setting::new(
        "patterns",
        Takes::Map {
            of: &patterns::PATTERN,
            words: "an object of names and regular expressions such as {\"badge\": \"B-[0-9]{6}\"}",
        },
        "{\"badge\": \"B-[0-9]{6}\"}",
        "Patterns that are masked wherever they match in a text, by the names that they are counted under; at most 64. Regular \
         expressions without look-around and backreferences. `\\w`, `\\d` and `\\b` mean ASCII.",
    ),
    Setting::new(
        "rules",
        Takes::Map { of: &Takes::Flag, words: RULES },
        "{\"email\": true}",
        "Which built-in rules look into texts ([what each finds](#secrets)).",
    )
    .without("true for all but email"),
    Setting::new(
        "mode",
        Takes::Choice { known: &MODES, unbuilt: &[] },
        "\"drop\"",
        "What becomes of what is masked: `[redacted]` stands in its place, or `[redacted:1f3a9c07]` with the beginning of a \
         keyed hash, by which equal secrets can be told, or nothing does: the key is left out, of a text the piece. With a \
         `hash_key` it is `hash` unless told otherwise.",
    ),
    Setting::new(
        "hash_key",
        Takes::Other("a secret text of at least 16 bytes"),
        "\"taken from a vault\"",
        "The key of the hash (HMAC-SHA-256) of the mode `hash`, which needs it.",
    ),
];

/// What one source says, or several together.
#[derive(Debug, Default)]
pub(super) struct Given {
    keys: Option<Vec<String>>,
    allow: Option<Vec<String>>,
    patterns: BTreeMap<String, String>,
    rules: BTreeMap<&'static str, (RedactionRule, bool)>,
    mode: Option<Means>,
    hash_key: Option<HashKey>,
}

/// Reads the section.
pub(super) fn read(report: &mut Report, found: &Found<'_>) -> Given {
    let mut given = Given::default();
    let Some(object) = report.own_object(found) else { return given };
    for (key, found) in object.members() {
        match key {
            "keys" => given.keys = names(report, &found),
            "allow" => given.allow = names(report, &found),
            "patterns" => given.patterns = patterns::read(report, &found, taken),
            "rules" => given.rules = rules(report, &found),
            "mode" => given.mode = report.choice(&found, &MODES),
            "hash_key" => given.hash_key = report.read(&found, |value, _| HashKey::new(value.as_str()?)),
            _ => {}
        }
    }
    given
}

fn names(report: &mut Report, found: &Found<'_>) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for entry in report.list(found)? {
        let text = report.text(&entry).map(|text| text.trim().to_owned());
        texts.extend(text.filter(|text| !texts.contains(text)));
    }
    Some(texts)
}

/// What has a name already, by which findings are counted.
fn taken(name: &str) -> Option<&'static str> {
    let is_rule = RedactionRule::ALL.iter().any(|rule| rule.as_str() == name);
    (is_rule || name.trim().is_empty()).then_some("a name that no rule of redaction has")
}

fn rules(report: &mut Report, found: &Found<'_>) -> BTreeMap<&'static str, (RedactionRule, bool)> {
    let mut rules = BTreeMap::new();
    for (name, found) in report.map(found).unwrap_or_default() {
        // That of key names is no rule of texts: `allow` is what keeps keys from being masked.
        let of_texts = RedactionRule::ALL.into_iter().filter(|rule| *rule != RedactionRule::Key);
        let Some(rule) = of_texts.into_iter().find(|rule| rule.as_str() == name) else {
            report.finding(&found.path, "unknown rule", RULES);
            continue;
        };
        if let Some(on) = report.flag(&found) {
            rules.insert(rule.as_str(), (rule, on));
        }
    }
    rules
}

impl Given {
    /// Lays `stronger` over this.
    #[must_use]
    pub(super) fn under(mut self, stronger: Self) -> Self {
        self.patterns.extend(stronger.patterns);
        self.rules.extend(stronger.rules);
        Self {
            keys: stronger.keys.or(self.keys),
            allow: stronger.allow.or(self.allow),
            mode: stronger.mode.or(self.mode),
            hash_key: stronger.hash_key.or(self.hash_key),
            ..self
        }
    }

    /// What all sources together say; what no single one shows is reported.
    pub(super) fn settled(self, report: &mut Report) -> Redaction {
        let mode = match (self.mode, self.hash_key) {
            (Some(Means::Mask), _) | (None, None) => Mode::Mask,
            (Some(Means::Drop), _) => Mode::Drop,
            (Some(Means::Hash) | None, Some(key)) => Mode::Hash(key),
            (Some(Means::Hash), None) => {
                report.finding(
                    "redact.hash_key",
                    "missing",
                    "a secret text of at least 16 bytes for the mode hash",
                );
                Mode::Mask
            }
        };
        Redaction {
            keys: self.keys.unwrap_or_default(),
            allow: self.allow.unwrap_or_default(),
            patterns: patterns::compiled(report, "redact.patterns", self.patterns),
            mode,
            rules: self.rules.into_values().filter(|(rule, on)| *on != rule.is_default()).collect(),
        }
    }
}
