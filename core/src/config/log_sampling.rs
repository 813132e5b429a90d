//! The section `sample.logs`: its keys, what they take, and how they are read.

use crate::api::volume::{CLASS_NAMES, LogRule, PerSecond, TrailPlan, VolumePlan};
use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Takes};
use crate::document::units::DAY;
use crate::model::severity::Severity;
use std::time::Duration;

/// What waits of a trace unless it is said.
const TRAIL_RECORDS: usize = 100;

/// The most that a document may ask for.
const MOST_RECORDS: u64 = 1_000_000_000;

static RULE: [Setting; 3] = [
    Setting::new(
        "logger",
        Takes::Text("a logger's name such as \"shop.cart\""),
        "\"shop.cart\"",
        "The logger, which stands for those below its name too.",
    ),
    Setting::new("level", Takes::Choice { known: &CLASS_NAMES, unbuilt: &[] }, "\"debug\"", "The level."),
    Setting::new("share", Takes::Share, "0.1", "The share of these records that is kept.").required(),
];

static PER_SECOND: [Setting; 2] = [
    Setting::new(
        "first",
        Takes::Whole(1, MOST_RECORDS),
        "100",
        "The first ones of a second, which are all kept.",
    )
    .required(),
    Setting::new(
        "then_one_in",
        Takes::Whole(1, MOST_RECORDS),
        "100",
        "Of those that follow in the same second each so manieth is kept.",
    )
    .required(),
];

static TRAIL: [Setting; 2] = [
    Setting::new(
        "level",
        Takes::Other(Severity::accepted_names()),
        "\"debug\"",
        "The least severity of the records that wait.",
    )
    .required(),
    Setting::new(
        "records",
        Takes::Whole(1, 100_000),
        "500",
        "So many of a trace wait at most, the last ones; those of all traces within `limits.buffer_bytes`.",
    )
    .without("100"),
];

/// Its keys, in the order of the documentation.
pub(super) static KEYS: [Setting; 8] = [
    Setting::new("trace", Takes::Share, "0.001", "The share of the TRACE records that is kept.").without("1"),
    Setting::new(
        "debug",
        Takes::Share,
        "0.01",
        "The share of the DEBUG records that is kept. Those of one trace are kept together or not at all.",
    )
    .without("1"),
    Setting::new("info", Takes::Share, "0.5", "The share of the INFO records that is kept.").without("1"),
    Setting::new(
        "warn",
        Takes::Share,
        "0.5",
        "The share of the WARN records that is kept. There is none for what is more severe.",
    )
    .without("1"),
    Setting::new(
        "rules",
        Takes::List {
            of: &Takes::Object(&RULE),
            words: "a list of objects such as {\"logger\": \"shop.cart\", \"level\": \"debug\", \"share\": 0.1}",
        },
        "[{\"logger\": \"shop.cart\", \"level\": \"debug\", \"share\": 0.1}]",
        "Shares of their own for the records of this `logger`, of this `level`, or both; the first rule that fits is taken.",
    ),
    Setting::new(
        "per_second",
        Takes::Other(
            "a whole number from 1 to 1000000000, or an object such as {\"first\": 100, \"then_one_in\": 100}",
        ),
        "1000",
        "So many records of one logger, level and message template are kept a second; with `then_one_in` also each so manieth of \
         the others. What is kept says in `sample_weight` how many it stands for.",
    )
    .without("any number"),
    Setting::new(
        "fold",
        Takes::Duration(Duration::from_millis(1), DAY),
        "\"5s\"",
        "Records that are equal but for their time and the keys that tell requests apart, and come within so long of the first \
         one, are counted; one line says how many there were.",
    )
    .without("none are"),
    Setting::new(
        "trail",
        Takes::Object(&TRAIL),
        "{\"level\": \"debug\"}",
        "Records of a trace that would be left out wait in memory, and are written if the trace fails.",
    ),
];

/// Reads the section; every problem goes into the report.
pub(super) fn read(report: &mut Report, found: &Found<'_>) -> VolumePlan {
    let mut plan = VolumePlan::default();
    let Some(object) = report.own_object(found) else { return plan };
    for (key, found) in object.members() {
        match key {
            "rules" => plan.rules = rules(report, &found),
            "per_second" => plan.per_second = per_second(report, &found),
            "fold" => plan.fold = report.duration(&found),
            "trail" => plan.trail = trail(report, &found),
            _ => {
                let class = CLASS_NAMES.iter().find(|(name, _)| *name == key);
                if let Some(share) = class.and_then(|(_, place)| plan.shares.get_mut(*place)) {
                    *share = report.share(&found);
                }
            }
        }
    }
    plan
}

fn rules(report: &mut Report, found: &Found<'_>) -> Option<Vec<LogRule>> {
    let entries = report.list(found)?;
    Some(entries.iter().filter_map(|entry| rule(report, entry)).collect())
}

fn rule(report: &mut Report, found: &Found<'_>) -> Option<LogRule> {
    let object = report.own_object(found)?;
    let share = report.required(&object, "share").and_then(|found| report.share(&found));
    let [logger, level] = ["logger", "level"].map(|key| object.get(key));
    if logger.is_none() && level.is_none() {
        report.finding(&found.path, "fits every record", "a logger, a level or both");
    }
    let logger = logger.and_then(|found| report.text(&found));
    let class = level.and_then(|found| report.choice(&found, &CLASS_NAMES));
    Some(LogRule { logger, class, share: share? })
}

fn per_second(report: &mut Report, found: &Found<'_>) -> Option<PerSecond> {
    if !found.value.is_object() {
        return report.read(found, |value, _| {
            let first = value.as_u64().filter(|first| (1..=MOST_RECORDS).contains(first))?;
            Some(PerSecond { first, then_one_in: None })
        });
    }
    let object = report.object(found, &PER_SECOND)?;
    let [first, then_one_in] = ["first", "then_one_in"]
        .map(|key| report.required(&object, key).and_then(|found| report.number(&found)));
    Some(PerSecond { first: first?, then_one_in: Some(then_one_in?) })
}

fn trail(report: &mut Report, found: &Found<'_>) -> Option<TrailPlan> {
    let object = report.own_object(found)?;
    let level = report
        .required(&object, "level")
        .and_then(|found| report.read(&found, |value, _| value.as_str().and_then(Severity::from_name)));
    let records = match object.get("records") {
        Some(found) => usize::try_from(report.number(&found)?).ok()?,
        None => TRAIL_RECORDS,
    };
    Some(TrailPlan { level: level?, records })
}
