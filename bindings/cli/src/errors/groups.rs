//! Errors of one type from one place, together.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::found::{self, Error};
use crate::members::{Members, is_json, string};
use crate::times::Times;

/// So many groups are kept apart; further errors are counted.
const MOST_GROUPS: usize = 10_000;
/// So many of each are named in a group.
const MOST_SERVICES: usize = 8;
const MOST_TRACES: usize = 3;
const MOST_SHOWN_FRAMES: usize = 8;
/// A message is cut behind so many letters.
const MOST_MESSAGE: usize = 512;

#[derive(Debug, Serialize)]
pub(super) struct Group {
    /// The same for the same type and the same calls, on each machine.
    pub(super) fingerprint: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// That of its first error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    pub(super) count: u64,
    #[serde(flatten)]
    pub(super) times: Times,
    pub(super) services: BTreeSet<String>,
    /// The traces of its first errors.
    pub(super) traces: Vec<String>,
    /// What led to it, the nearest first, as `type: message`.
    pub(super) causes: Vec<String>,
    /// The innermost calls.
    pub(super) frames: Vec<String>,
}

#[derive(Default)]
pub(super) struct Groups {
    groups: HashMap<u64, Group>,
    others: u64,
    not_json: u64,
}

/// The groups, the most frequent first, and what is in none.
pub(super) struct Grouped {
    pub(super) groups: Vec<Group>,
    /// How many groups there are, of which `groups` may be the first ones.
    pub(super) all: usize,
    /// The errors in all of them.
    pub(super) errors: u64,
    /// Errors for which there was no room.
    pub(super) others: u64,
    /// Lines that were no JSON.
    pub(super) not_json: u64,
}

impl Groups {
    /// Takes a line.
    pub(super) fn add(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        let Some(members) = Members::of(line).filter(|_| is_json(line)) else {
            self.not_json += 1;
            return;
        };
        for error in found::errors(&members) {
            let logger = members.get("logger").and_then(string);
            let key = fingerprint(&error, logger.as_deref());
            if self.groups.len() >= MOST_GROUPS && !self.groups.contains_key(&key) {
                self.others += 1;
                continue;
            }
            self.groups.entry(key).or_insert_with(|| Group::new(key, error)).add(&members);
        }
    }

    pub(super) fn finish(self, most: usize) -> Grouped {
        let mut groups: Vec<Group> = self.groups.into_values().collect();
        groups.sort_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.fingerprint.cmp(&other.fingerprint))
        });
        let (all, errors) = (groups.len(), groups.iter().map(|group| group.count).sum());
        groups.truncate(most);
        Grouped { groups, all, errors, others: self.others, not_json: self.not_json }
    }
}

impl Group {
    fn new(key: u64, error: Error) -> Self {
        let described = |error: &Error| match &error.message {
            Some(message) => format!("{}: {}", error.kind, shortened(message)),
            None => error.kind.clone(),
        };
        Self {
            fingerprint: format!("{key:016x}"),
            message: error.message.as_deref().map(shortened),
            causes: error.causes.iter().map(described).collect(),
            frames: error.frames.into_iter().take(MOST_SHOWN_FRAMES).collect(),
            kind: error.kind,
            count: 0,
            times: Times::default(),
            services: BTreeSet::new(),
            traces: Vec::new(),
        }
    }

    fn add(&mut self, members: &Members<'_>) {
        self.count += 1;
        let text = |key: &str| members.get(key).and_then(string);
        self.times.add(members);
        if self.services.len() < MOST_SERVICES {
            self.services.extend(text("service"));
        }
        if self.traces.len() < MOST_TRACES {
            self.traces.extend(text("trace_id").filter(|id| !self.traces.contains(id)));
        }
    }
}

fn shortened(message: &str) -> String {
    message.chars().take(MOST_MESSAGE).collect()
}

/// A number that stays the same from version to version: type and calls of the error and of what led to it. Without any
/// call the logger stands for the place.
fn fingerprint(error: &Error, logger: Option<&str>) -> u64 {
    let chain = || std::iter::once(error).chain(&error.causes);
    let mut number = Fnv::new();
    for error in chain() {
        number.add(&error.kind);
        error.frames.iter().for_each(|frame| number.add(frame));
        number.add("");
    }
    if chain().all(|error| error.frames.is_empty()) {
        number.add(logger.unwrap_or_default());
    }
    number.0
}

/// FNV-1a: the hashes of the standard library may change with it.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
