//! Finds the pattern of each message: the template that its line names, or one that is mined from those that came before.

use std::collections::HashMap;

use logdrain::{ClusterId, Mask, MinerBuilder, builtin_masks};

use super::seen::{Seen, Side, cut};
use crate::members::{self, Members, is_json, string};
use crate::outcome::Failure;

/// So many patterns are kept apart of each sort; lines that fit to none of them are counted together.
const MOST_PATTERNS: usize = 5_000;

/// Of a longer message the first bytes are looked at.
const MOST_MESSAGE: usize = 4 * 1024;

/// What is a value at the first look, put away before a message is compared with others: identifiers, addresses, quoted
/// text, numbers also with a unit behind them. `http2` and the like keep their digits.
const VALUES: [&str; 4] =
    [r#""[^"]*""#, r"\b(?:0x)?[0-9a-fA-F]{12,}\b", r"\b0x[0-9a-fA-F]+\b", r"\b\d+(?:[.,:]\d+)*"];

pub(super) struct Miner {
    drain: logdrain::Miner,
    mined: HashMap<ClusterId, Seen>,
    templates: HashMap<String, Seen>,
    lines: [u64; 2],
    others: [u64; 2],
    not_json: u64,
}

/// The patterns of all lines.
pub(super) struct Patterns {
    pub(super) all: Vec<(String, Seen)>,
    /// Lines before and after.
    pub(super) lines: [u64; 2],
    /// Those of them for which there was no room.
    pub(super) others: [u64; 2],
    /// Those that were no JSON; their whole text is their message.
    pub(super) not_json: u64,
}

impl Miner {
    pub(super) fn new() -> Result<Self, Failure> {
        let failed = |error: logdrain::LogdrainError| Failure::Message(format!("patterns: {error}"));
        let values = VALUES
            .iter()
            .map(|pattern| Mask::new(pattern, "<*>"))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        let known = [builtin_masks::uuid(), builtin_masks::jwt(), builtin_masks::email()];
        let known = known.map(|mask| Mask { placeholder: "<*>".into(), ..mask });
        // The first words have to be the same, and more than half of all: of two words one is no pattern. A leaf never has to
        // forget one: the number of all is bounded.
        let drain = MinerBuilder::new()
            .depth(3)
            .sim_threshold(0.6)
            .max_clusters_per_leaf(MOST_PATTERNS)
            .masks(known.into_iter().chain(values))
            .build()
            .map_err(failed)?;
        let (mined, templates) = (HashMap::new(), HashMap::new());
        Ok(Self { drain, mined, templates, lines: [0; 2], others: [0; 2], not_json: 0 })
    }

    /// Takes a line. Only log records and what is no JSON have messages.
    pub(super) fn add(&mut self, line: &[u8], side: Side) {
        if line.trim_ascii().is_empty() {
            return;
        }
        let members = Members::of(line).filter(|_| is_json(line));
        let text = |key: &str| members.as_ref().and_then(|members| members.get(key)).and_then(string);
        let message = match &members {
            None => String::from_utf8_lossy(line).into_owned(),
            Some(members) if members.get("kind").is_some_and(is_other_kind) => return,
            Some(_) => text("message").unwrap_or_default(),
        };
        self.not_json += u64::from(members.is_none());
        let at = usize::from(side == Side::After);
        self.lines.get_mut(at).into_iter().for_each(|lines| *lines += 1);
        let seen = match text("template") {
            Some(template) => room(&mut self.templates, template),
            None => self.pattern_of(&message).and_then(|id| room(&mut self.mined, id)),
        };
        match seen {
            Some(seen) => seen.add(&message, members.as_ref(), side),
            None => self.others.get_mut(at).into_iter().for_each(|others| *others += 1),
        }
    }

    /// A message of several lines is told by the first of them.
    fn pattern_of(&self, message: &str) -> Option<ClusterId> {
        let first = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let first = cut(first, MOST_MESSAGE);
        match self.drain.len() < MOST_PATTERNS {
            true => Some(self.drain.add(first).cluster_id),
            false => self.drain.match_only(first),
        }
    }

    pub(super) fn finish(mut self) -> Patterns {
        let mined = self.drain.clusters().into_iter().filter_map(|cluster| {
            self.mined.remove(&cluster.id()).map(|seen| (cluster.template().to_owned(), seen))
        });
        let all = mined.chain(self.templates).collect();
        Patterns { all, lines: self.lines, others: self.others, not_json: self.not_json }
    }
}

fn is_other_kind(kind: &[u8]) -> bool {
    matches!(&*members::text(kind), b"span" | b"metric")
}

/// What is remembered under a key, or will be if there is room.
fn room<K: std::hash::Hash + Eq>(all: &mut HashMap<K, Seen>, key: K) -> Option<&mut Seen> {
    if all.len() >= MOST_PATTERNS && !all.contains_key(&key) {
        return None;
    }
    Some(all.entry(key).or_default())
}
