//! Rules that give a record the category that nobody gave it.

use crate::encode::json::escape_into;
use crate::encode::members::inside;
use crate::model::attributes::{Attributes, WELL_KNOWN};
use crate::model::context::FieldSet;
use std::collections::BTreeMap;

const EVENT: usize = 5;
const CATEGORY: usize = 6;
const _: () = assert!(matches!(WELL_KNOWN[EVENT].as_bytes(), b"event"));
const _: () = assert!(matches!(WELL_KNOWN[CATEGORY].as_bytes(), b"category"));

/// The rules. Those for events come before those for loggers, and among either sort the longest that fits holds.
#[derive(Debug)]
pub struct Categories {
    /// With what events' names begin, encoded, the longest first.
    events: Vec<(Vec<u8>, &'static str)>,
    /// Loggers' names, which cover the names below them.
    loggers: BTreeMap<String, &'static str>,
}

impl Categories {
    /// The rules of the settings; nothing where there are none.
    #[must_use]
    pub fn new(
        events: &BTreeMap<String, &'static str>,
        loggers: &BTreeMap<String, &'static str>,
    ) -> Option<Self> {
        let encoded = |(prefix, category): (&String, &&'static str)| {
            let mut escaped = Vec::new();
            escape_into(&mut escaped, prefix);
            (escaped, *category)
        };
        let mut events: Vec<_> = events.iter().map(encoded).collect();
        events.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        let is_empty = events.is_empty() && loggers.is_empty();
        (!is_empty).then(|| Self { events, loggers: loggers.clone() })
    }

    /// The category of a record of `logger`, given what is said of it: its own attributes, the logger's, the context's.
    /// Nothing where one was given, or no rule fits.
    #[must_use]
    pub fn of(&self, logger: &str, own: &Attributes, others: [Option<&FieldSet>; 2]) -> Option<&'static str> {
        let [bound, ambient] = others;
        let sets = [Some(own), bound.map(|set| &set.well_known), ambient.map(|set| &set.well_known)];
        let value = |place| {
            let mut sets = sets.into_iter().flatten().filter(|set| set.has_well_known);
            sets.find_map(|set| set.at_place(place).map(|entry| set.value(entry)))
        };
        if value(CATEGORY).is_some() {
            return None;
        }
        let of_event = value(EVENT).and_then(inside).and_then(|event| {
            self.events.iter().find(|(prefix, _)| event.starts_with(prefix)).map(|(_, category)| *category)
        });
        of_event.or_else(|| self.of_logger(logger))
    }

    fn of_logger(&self, name: &str) -> Option<&'static str> {
        let mut above = Some(name).filter(|_| !self.loggers.is_empty());
        while let Some(name) = above {
            if let Some(category) = self.loggers.get(name) {
                return Some(category);
            }
            above = name.rsplit_once('.').map(|(above, _)| above);
        }
        None
    }
}
