//! Reads a whole configuration document into a layer.
//! Not for `outputs` (see there) and not for merging (see `layer`).

use super::instant;
use super::layer::{Layer, SetLimit};
use super::outputs::outputs;
use super::settings::{Enrich, Testing};
use crate::document::report::{Found, Report};
use crate::encode::attributes::limits::{HARD_DEPTH, Limits};
use crate::model::attributes::{KIND, RESERVED, WELL_KNOWN};
use crate::model::propagation::{self, Propagators};
use crate::model::severity::Severity;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The keys of the document, in the order of the documentation.
const KEYS: [&str; 16] = [
    "service",
    "version",
    "environment",
    "level",
    "levels",
    "outputs",
    "sample",
    "redact",
    "enrich",
    "limits",
    "metrics",
    "propagate",
    "propagators",
    "testing",
    "attributes_key",
    "disabled",
];

enum Unit {
    Count,
    Bytes,
}

struct LimitRule {
    name: &'static str,
    unit: Unit,
    range: RangeInclusive<u64>,
    set: SetLimit,
}

// The upper ends keep one record's memory within what offsets of 32 bits can address.
const LIMITS: [LimitRule; 12] = {
    use Unit::{Bytes, Count};
    const fn rule(name: &'static str, unit: Unit, range: RangeInclusive<u64>, set: SetLimit) -> LimitRule {
        LimitRule { name, unit, range, set }
    }
    [
        rule("attributes", Count, 0..=4_096, |limits, value| limits.attributes = size(value)),
        rule("depth", Count, 1..=HARD_DEPTH as u64, |limits, value| limits.depth = size(value)),
        rule("nodes", Count, 1..=65_536, |limits, value| limits.nodes = size(value)),
        rule("key_bytes", Bytes, 16..=4_096, |limits, value| limits.key_bytes = size(value)),
        rule("string_bytes", Bytes, 1..=1_048_576, |limits, value| limits.string_bytes = size(value)),
        rule("line_bytes", Bytes, 1_024..=16_777_216, |limits, value| limits.line_bytes = size(value)),
        rule("events", Count, 0..=65_536, |limits, value| limits.events = size(value)),
        rule("links", Count, 0..=65_536, |limits, value| limits.links = size(value)),
        rule("open_spans", Count, 1..=10_000_000, |limits, value| limits.open_spans = value),
        rule("series_per_instrument", Count, 1..=1_000_000, |limits, value| {
            limits.series_per_instrument = size(value);
        }),
        rule("series_per_process", Count, 1..=10_000_000, |limits, value| {
            limits.series_per_process = size(value);
        }),
        rule("buffer_bytes", Bytes, 65_536..=1_073_741_824, |limits, value| {
            limits.buffer_bytes = size(value)
        }),
    ]
};

fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Reads a document; every problem goes into the report, what is right goes into the layer.
pub(super) fn document(report: &mut Report, document: &Value) -> Layer {
    let mut layer = Layer::default();
    let root = Found { path: String::new(), value: document };
    let Some(object) = report.object(&root, &KEYS, &[]) else { return layer };
    for (key, found) in object.members() {
        match key {
            "service" => layer.service = report.text(&found, "a name such as \"shop\""),
            "version" => layer.version = report.text(&found, "a string such as \"1.4.2\""),
            "environment" => layer.environment = report.text(&found, "a name such as \"prod\""),
            "level" => layer.level = level(report, &found),
            "levels" => layer.levels = levels(report, &found),
            "outputs" => layer.outputs = outputs(report, &found),
            "sample" => layer.ratio = sample(report, &found),
            "redact" => layer.redact_keys = redact(report, &found),
            "enrich" => layer.enrich = enrich(report, &found),
            "limits" => limits(report, &found, &mut layer),
            "metrics" => layer.metrics_every = metrics(report, &found),
            "propagate" => layer.propagate = propagate(report, &found),
            "propagators" => layer.propagators = propagators(report, &found),
            "testing" => layer.testing = testing(report, &found),
            "attributes_key" => layer.attributes_key = attributes_key(report, &found),
            "disabled" => layer.disabled = report.flag(&found),
            _ => {}
        }
    }
    layer
}

fn level(report: &mut Report, found: &Found<'_>) -> Option<Severity> {
    let level = match found.value {
        Value::String(text) => Severity::parse(text).ok(),
        other => other.as_u64().and_then(|number| u8::try_from(number).ok()).and_then(Severity::from_number),
    };
    if level.is_none() {
        report.refuse(found, Severity::accepted());
    }
    level
}

fn levels(report: &mut Report, found: &Found<'_>) -> BTreeMap<String, Severity> {
    let mut levels = BTreeMap::new();
    let Some(object) = report.any_object(found, "an object of logger names and levels") else {
        return levels;
    };
    for (logger, found) in object.members() {
        if logger.is_empty() {
            report.finding(
                &found.path,
                "a logger without a name",
                "a logger's name; level covers all others",
            );
        } else if let Some(level) = level(report, &found) {
            levels.insert(logger.to_owned(), level);
        }
    }
    levels
}

fn sample(report: &mut Report, found: &Found<'_>) -> Option<f64> {
    let object = report.object(found, &["traces"], &["keep_errors", "keep_slower_than", "logs"])?;
    let found = object.get("traces")?;
    let ratio = found.value.as_f64().filter(|ratio| (0.0..=1.0).contains(ratio));
    if ratio.is_none() {
        report.refuse(&found, "a number from 0 to 1");
    }
    ratio
}

fn texts(report: &mut Report, found: &Found<'_>, accepted: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for entry in report.list(found, accepted)? {
        let text = report.text(&entry, accepted).map(|text| text.trim().to_owned());
        texts.extend(text.filter(|text| !texts.contains(text)));
    }
    Some(texts)
}

fn redact(report: &mut Report, found: &Found<'_>) -> Option<Vec<String>> {
    let object = report.object(found, &["keys"], &["patterns", "mode"])?;
    texts(report, &object.get("keys")?, "a list of key names such as [\"iban\"]")
}

fn enrich(report: &mut Report, found: &Found<'_>) -> Option<Enrich> {
    let mut enrich = Enrich { host: false, process: false };
    for entry in report.list(found, "a list of host, process; [] for neither")? {
        let unbuilt = ["container", "k8s", "cloud", "runtime", "thread"];
        match report.choice(&entry, &[("host", true), ("process", false)], &unbuilt) {
            Some(true) => enrich.host = true,
            Some(false) => enrich.process = true,
            None => {}
        }
    }
    Some(enrich)
}

fn limits(report: &mut Report, found: &Found<'_>, layer: &mut Layer) {
    let mut names = LIMITS.each_ref().map(|rule| rule.name).to_vec();
    names.push("shutdown");
    let Some(object) = report.object(found, &names, &[]) else { return };
    for rule in LIMITS {
        let Some(found) = object.get(rule.name) else { continue };
        let value = match rule.unit {
            Unit::Count => report.whole(&found, &rule.range),
            Unit::Bytes => report.size(&found, &rule.range),
        };
        layer.limits.extend(value.map(|value| (rule.set, value)));
    }
    if let Some(found) = object.get("shutdown") {
        layer.shutdown = report.duration(&found, &(Duration::ZERO..=Duration::from_secs(3_600)));
    }
}

/// What no single key shows: limits that contradict each other.
pub(super) fn contradictions(report: &mut Report, limits: &Limits) {
    if limits.buffer_bytes < limits.line_bytes {
        let accepted = format!("at least limits.line_bytes, which is {}", limits.line_bytes);
        report.finding("limits.buffer_bytes", limits.buffer_bytes.to_string(), accepted);
    }
}

fn metrics(report: &mut Report, found: &Found<'_>) -> Option<Duration> {
    let object = report.object(found, &["every"], &[])?;
    let range = Duration::from_millis(10)..=Duration::from_secs(86_400);
    report.duration(&object.get("every")?, &range)
}

fn propagate(report: &mut Report, found: &Found<'_>) -> Option<Vec<String>> {
    const ACCEPTED: &str =
        "a list of context keys such as [\"tenant_id\"], of letters, digits and !#$%&'*+-.^_`|~";
    let mut keys = Vec::new();
    for entry in report.list(found, ACCEPTED)? {
        // The key becomes a baggage member's name as it is, and those are tokens of HTTP.
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        match entry.value.as_str() {
            Some(key) if !key.is_empty() && key.len() <= 256 && key.bytes().all(token) => {
                if !keys.iter().any(|known| known == key) {
                    keys.push(key.to_owned());
                }
            }
            _ => report.refuse(&entry, ACCEPTED),
        }
    }
    Some(keys)
}

fn propagators(report: &mut Report, found: &Found<'_>) -> Option<Propagators> {
    let accepted = format!("a list of {}; [] for none", propagation::accepted());
    let mut chosen = Propagators::none();
    for entry in report.list(found, &accepted)? {
        let name = entry.value.as_str().unwrap_or_default();
        match propagation::find(name) {
            Some(propagator) => chosen.add(propagator),
            None if propagation::UNBUILT.contains(&name) => {
                report.not_built(&entry, propagation::accepted());
            }
            None => report.refuse(&entry, propagation::accepted()),
        }
    }
    Some(chosen)
}

fn testing(report: &mut Report, found: &Found<'_>) -> Option<Testing> {
    let object = report.object(found, &["clock", "step", "ids", "host", "pid"], &[])?;
    let clock_ns = object.get("clock").and_then(|found| {
        let instant = found.value.as_str().and_then(instant::nanoseconds);
        if instant.is_none() {
            report.refuse(&found, "an RFC 3339 date-time such as \"2026-01-01T00:00:00Z\"");
        }
        instant
    });
    let longest = Duration::from_secs(86_400);
    let step = object.get("step").and_then(|found| report.duration(&found, &(Duration::ZERO..=longest)));
    let step_ns = i64::try_from(step.unwrap_or(Duration::from_millis(1)).as_nanos()).unwrap_or_default();
    let ids = object.get("ids").and_then(|found| report.whole(&found, &(1..=u64::MAX / 2)));
    let host = object.get("host").and_then(|found| report.text(&found, "a host name"));
    let pid = object.get("pid").and_then(|found| report.whole(&found, &(0..=u64::from(u32::MAX))));
    Some(Testing { clock_ns, step_ns, ids, host, pid: pid.and_then(|pid| u32::try_from(pid).ok()) })
}

fn attributes_key(report: &mut Report, found: &Found<'_>) -> Option<String> {
    const ACCEPTED: &str = "a key such as \"attributes\" that lines do not use themselves";
    let key = report.text(found, ACCEPTED)?;
    let taken = key == KIND || RESERVED.contains(&key.as_str()) || WELL_KNOWN.contains(&key.as_str());
    if taken || key.len() > 256 {
        report.refuse(found, ACCEPTED);
        return None;
    }
    Some(key)
}
