//! Reads what says of records what they are about: categories by rules, entities in messages.

use super::patterns;
use super::settings::CategoryRules;
use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::entities::Kind;
use crate::model::category::CATEGORIES;
use std::collections::{BTreeMap, BTreeSet};

const CATEGORY: Takes = Takes::Choice { known: &CATEGORIES, unbuilt: &[] };

/// The keys of `categories`.
pub(super) static CATEGORY_RULES: [Setting; 2] = [
    Setting::new(
        "events",
        Takes::Map { of: &CATEGORY, words: "an object of beginnings of events' names and categories" },
        "{\"order.\": \"business\"}",
        "By the name of the event: the text that it begins with, among several the longest.",
    ),
    Setting::new(
        "loggers",
        Takes::Map { of: &CATEGORY, words: "an object of logger names and categories" },
        "{\"shop.auth\": \"authentication\"}",
        "By the logger, where none fits the event. A name also covers the names below it; among several the longest holds.",
    ),
];

const KIND: Takes = Takes::Choice { known: &Kind::ALL, unbuilt: &[] };

/// What `entities` takes.
pub(super) const ENTITIES: Takes = Takes::List { of: &KIND, words: "a list of {}; [] for none" };

/// What `entity_patterns` takes.
pub(super) const ENTITY_PATTERNS: Takes = Takes::Map {
    of: &patterns::PATTERN,
    words: "an object of names and regular expressions such as {\"order\": \"ORD-[0-9]+\"}",
};

/// Reads `categories`.
pub(super) fn categories(report: &mut Report, found: &Found<'_>) -> Option<CategoryRules> {
    let object = report.own_object(found)?;
    let mut rules = CategoryRules::default();
    for (key, found) in object.members() {
        let slot = if key == "events" { &mut rules.events } else { &mut rules.loggers };
        *slot = by_name(report, &found);
    }
    Some(rules)
}

fn by_name(report: &mut Report, found: &Found<'_>) -> BTreeMap<String, &'static str> {
    let mut rules = BTreeMap::new();
    for (name, found) in report.map(found).unwrap_or_default() {
        if name.is_empty() {
            report.finding(&found.path, "a rule without a name", "the beginning of a name");
        } else if let Some(category) = report.choice(&found, &CATEGORIES) {
            rules.insert(name.to_owned(), category);
        }
    }
    rules
}

/// Reads `entities`.
pub(super) fn entities(report: &mut Report, found: &Found<'_>) -> Option<BTreeSet<Kind>> {
    let entries = report.list(found)?;
    Some(entries.iter().filter_map(|entry| report.choice(entry, &Kind::ALL)).collect())
}

/// Reads `entity_patterns`.
pub(super) fn entity_patterns(report: &mut Report, found: &Found<'_>) -> BTreeMap<String, String> {
    let is_taken = |name: &str| name.trim().is_empty() || Kind::ALL.iter().any(|(key, _)| *key == name);
    patterns::read(report, found, |name| is_taken(name).then_some("a name that no sort of entities has"))
}
