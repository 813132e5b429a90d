//! What is new after a change, what is gone, and what comes much more or much less often.

use serde::Serialize;

use super::miner::Patterns;
use super::row::share;
use crate::times::Times;

/// How many times as often, or as seldom, a pattern has to come to be named.
const TIMES: f64 = 2.0;

/// How many standard deviations the difference has to be, so that a few lines by chance are no change.
const DEVIATIONS: f64 = 3.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    New,
    Gone,
    More,
    Less,
}

#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub(super) change: Kind,
    pub(super) pattern: String,
    pub(super) before: u64,
    pub(super) after: u64,
    /// Of the lines of its side, from 0 to 1.
    pub(super) share_before: f64,
    pub(super) share_after: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<String>,
    #[serde(flatten)]
    pub(super) times: Times,
    pub(super) example: String,
}

/// The new ones first, then those that are gone, then those that come more and less often; the most frequent first.
pub(super) fn changes(found: &Patterns) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (pattern, seen) in &found.all {
        let Some(change) = kind(seen.counts, found.lines) else { continue };
        let ([before, after], [all_before, all_after]) = (seen.counts, found.lines);
        changes.push(Change {
            change,
            pattern: pattern.clone(),
            before,
            after,
            share_before: share(before, all_before),
            share_after: share(after, all_after),
            level: seen.level.clone(),
            times: seen.times,
            example: seen.example.clone(),
        });
    }
    changes.sort_by(|one, other| {
        let of = |change: &Change| (change.change, u64::MAX - change.before.max(change.after));
        of(one).cmp(&of(other)).then_with(|| one.pattern.cmp(&other.pattern))
    });
    changes
}

/// How a pattern has changed that came so often among so many lines.
fn kind([before, after]: [u64; 2], [all_before, all_after]: [u64; 2]) -> Option<Kind> {
    match (before, after) {
        (0, _) => return Some(Kind::New),
        (_, 0) => return Some(Kind::Gone),
        _ => {}
    }
    let (all_before, all_after) = (all_before as f64, all_after as f64);
    let (was, is) = (before as f64 / all_before, after as f64 / all_after);
    let both = (before + after) as f64 / (all_before + all_after);
    let deviation = (both * (1.0 - both) * (1.0 / all_before + 1.0 / all_after)).sqrt();
    if (is - was).abs() < DEVIATIONS * deviation {
        return None;
    }
    match is / was {
        times if times >= TIMES => Some(Kind::More),
        times if times <= 1.0 / TIMES => Some(Kind::Less),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_large_and_not_by_chance() {
        for (counts, lines, change) in [
            ([0, 1], [1000, 1000], Some(Kind::New)),
            ([1, 0], [1000, 1000], Some(Kind::Gone)),
            ([100, 300], [1000, 1000], Some(Kind::More)),
            ([300, 100], [1000, 1000], Some(Kind::Less)),
            // Twice as many among twice as many lines.
            ([100, 200], [1000, 2000], None),
            ([100, 150], [1000, 1000], None),
            ([1, 4], [1000, 1000], None),
            ([10, 10], [10, 10], None),
        ] {
            assert_eq!(kind(counts, lines), change, "{counts:?} of {lines:?}");
        }
    }
}
