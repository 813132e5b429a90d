//! What is remembered of a pattern: how often it came on each side, from when to when, at which level, from whom.

use std::collections::BTreeSet;

use crate::members::{Members, string};
use crate::times::Times;

/// So many services are named.
const MOST_SERVICES: usize = 8;

/// An example is cut behind so many bytes.
const MOST_EXAMPLE: usize = 512;

/// Of two sets of lines that are compared. Where nothing is compared all lines are after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Lines before and after.
    pub(super) counts: [u64; 2],
    /// When it came.
    pub(super) times: Times,
    /// The worst level.
    pub(super) level: Option<String>,
    pub(super) services: BTreeSet<String>,
    /// Its first message.
    pub(super) example: String,
}

impl Seen {
    /// Takes a line with the message `message`; one that is no JSON has no members.
    pub(super) fn add(&mut self, message: &str, members: Option<&Members<'_>>, side: Side) {
        if self.counts == [0, 0] {
            self.example = cut(message, MOST_EXAMPLE).to_owned();
        }
        match side {
            Side::Before => self.counts[0] += 1,
            Side::After => self.counts[1] += 1,
        }
        let text = |key: &str| members.and_then(|members| members.get(key)).and_then(string);
        members.iter().for_each(|members| self.times.add(members));
        if let Some(level) = text("level").filter(|level| rank(level) > self.level.as_deref().map_or(0, rank))
        {
            self.level = Some(level);
        }
        if self.services.len() < MOST_SERVICES {
            self.services.extend(text("service"));
        }
    }
}

/// How bad a level is; 0 for what is none.
fn rank(level: &str) -> usize {
    const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    LEVELS.iter().position(|known| *known == level).map_or(0, |at| at + 1)
}

/// The first bytes of a text, at most so many.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}
