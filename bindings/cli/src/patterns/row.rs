//! A pattern as it is shown.

use serde::Serialize;

use super::miner::Patterns;
use crate::times::Times;

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) pattern: String,
    pub(super) count: u64,
    /// Of all lines with a message, from 0 to 1.
    pub(super) share: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<String>,
    #[serde(flatten)]
    pub(super) times: Times,
    pub(super) services: Vec<String>,
    pub(super) example: String,
}

/// The most frequent first.
pub(super) fn rows(found: &Patterns) -> Vec<Row> {
    let lines: u64 = found.lines.iter().sum();
    let mut rows: Vec<Row> = found
        .all
        .iter()
        .map(|(pattern, seen)| {
            let count = seen.counts.iter().sum();
            Row {
                pattern: pattern.clone(),
                count,
                share: share(count, lines),
                level: seen.level.clone(),
                times: seen.times,
                services: seen.services.iter().cloned().collect(),
                example: seen.example.clone(),
            }
        })
        .collect();
    rows.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.pattern.cmp(&other.pattern)));
    rows
}

/// A part of all, to four digits behind the point.
pub(super) fn share(count: u64, all: u64) -> f64 {
    let share = count as f64 / all.max(1) as f64;
    (share * 10_000.0).round() / 10_000.0
}
