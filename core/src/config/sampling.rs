//! The section `sample`: its keys, what they take, and how they are read.

use super::layer::{Layer, SetParent};
use super::log_sampling;
use crate::api::sampler::{FromParent, Pattern, SamplingRule};
use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Takes};
use crate::document::units::DAY;
use crate::model::span::SpanKind;
use std::time::Duration;

/// The roles of spans.
static SPAN_KINDS: [(&str, SpanKind); 5] = [
    ("internal", SpanKind::Internal),
    ("server", SpanKind::Server),
    ("client", SpanKind::Client),
    ("producer", SpanKind::Producer),
    ("consumer", SpanKind::Consumer),
];

static RULE: [Setting; 4] = [
    Setting::new(
        "name",
        Takes::Text("a name such as \"GET /health*\", where * stands for anything"),
        "\"GET /health*\"",
        "What the first span of the trace is called.",
    ),
    Setting::new(
        "kind",
        Takes::Choice { known: &SPAN_KINDS, unbuilt: &[] },
        "\"server\"",
        "The role of that span.",
    ),
    Setting::new(
        "attributes",
        Takes::Map {
            of: &Takes::Other("a text such as \"/items/*\", where * stands for anything"),
            words: "an object of attributes' names and texts such as {\"http.route\": \"/items/*\"}",
        },
        "{\"http.route\": \"/items/*\"}",
        "Attributes that it is started with, all of them.",
    ),
    Setting::new("traces", Takes::Share, "0", "The share of these traces that are kept.").required(),
];

const FROM_PARENT: Takes = Takes::Other(
    "a number from 0 to 1, \"parent\" where its decision stands, or \"root\" where it is made as for a trace that begins here",
);

/// Its keys, in the order of the documentation.
pub(super) static KEYS: [Setting; 11] = [
    Setting::new(
        "traces",
        Takes::Share,
        "0.25",
        "The share of the traces that are kept. A trace that another process began keeps that process's decision.",
    ),
    Setting::new(
        "rules",
        Takes::List {
            of: &Takes::Object(&RULE),
            words: "a list of objects such as {\"name\": \"GET /health*\", \"traces\": 0}",
        },
        "[{\"name\": \"GET /health*\", \"kind\": \"server\", \"traces\": 0}]",
        "Shares of their own for the traces whose first span has this `name`, where `*` stands for anything, or is of this \
         `kind`, or is started with these `attributes`, or several of them; the first rule that fits is taken. They are for \
         traces that begin here.",
    ),
    Setting::new(
        "per_second",
        Takes::Other("a number above 0, such as 100"),
        "100",
        "So many new traces are kept a second at most, of those that their share keeps.",
    )
    .without("any number"),
    Setting::new(
        "keep_errors",
        Takes::Flag,
        "true",
        "Keeps the traces of which a span fails in this process, whatever their share. Their spans wait until the trace is at \
         its end here.",
    ),
    Setting::new(
        "keep_slower_than",
        Takes::Duration(Duration::ZERO, DAY),
        "\"1s\"",
        "Likewise the traces of which a span takes longer in this process.",
    )
    .without("no length"),
    Setting::new(
        "consistent",
        Takes::Flag,
        "true",
        "Whether shares are the specification's consistent probabilities: the decision is made with the trace's randomness, which \
         is the `rv` in `tracestate` or the last 56 bits of the trace id, and what is kept says in `tracestate` how probable that \
         was (`ot=th:...`).",
    ),
    Setting::new(
        "remote_parent_sampled",
        FROM_PARENT,
        "\"root\"",
        "Who decides for a span whose parent is in another process and was sampled; a share is one of the trace, whichever span it is.",
    ),
    Setting::new(
        "remote_parent_not_sampled",
        FROM_PARENT,
        "0.01",
        "Likewise where the parent is in another process and was not sampled.",
    ),
    Setting::new(
        "local_parent_sampled",
        FROM_PARENT,
        "0.5",
        "Likewise where the parent is in this process and was sampled.",
    ),
    Setting::new(
        "local_parent_not_sampled",
        FROM_PARENT,
        "\"root\"",
        "Likewise where the parent is in this process and was not sampled.",
    ),
    Setting::new(
        "logs",
        Takes::Object(&log_sampling::KEYS),
        "{\"debug\": 0.01, \"per_second\": 1000}",
        "How many log records are written.",
    ),
];

/// Reads the section; every problem goes into the report, what is right goes into the layer.
pub(super) fn read(report: &mut Report, found: &Found<'_>, layer: &mut Layer) {
    let Some(object) = report.own_object(found) else { return };
    for (key, found) in object.members() {
        match key {
            "traces" => layer.ratio = report.share(&found),
            "rules" => layer.rules = sampling_rules(report, &found),
            "per_second" => layer.per_second = per_second(report, &found),
            "keep_errors" => layer.keep_errors = report.flag(&found),
            "keep_slower_than" => layer.keep_slower_than = report.duration(&found),
            "logs" => layer.volume = log_sampling::read(report, &found),
            "consistent" => layer.consistent = report.flag(&found),
            _ => layer.parents.extend(parent(key).zip(from_parent(report, &found))),
        }
    }
}

/// What sets the sort of parents that has this name.
pub(super) fn parent(key: &str) -> Option<SetParent> {
    Some(match key {
        "remote_parent_sampled" => |parents, from| parents.remote_sampled = from,
        "remote_parent_not_sampled" => |parents, from| parents.remote_not_sampled = from,
        "local_parent_sampled" => |parents, from| parents.local_sampled = from,
        "local_parent_not_sampled" => |parents, from| parents.local_not_sampled = from,
        _ => return None,
    })
}

fn from_parent(report: &mut Report, found: &Found<'_>) -> Option<FromParent> {
    report.read(found, |value, _| match value.as_str() {
        Some("parent") => Some(FromParent::Parent),
        Some("root") => Some(FromParent::Root),
        _ => value.as_f64().filter(|share| (0.0..=1.0).contains(share)).map(FromParent::Share),
    })
}

fn sampling_rules(report: &mut Report, found: &Found<'_>) -> Option<Vec<SamplingRule>> {
    let entries = report.list(found)?;
    Some(entries.iter().filter_map(|entry| sampling_rule(report, entry)).collect())
}

fn sampling_rule(report: &mut Report, found: &Found<'_>) -> Option<SamplingRule> {
    let object = report.own_object(found)?;
    let traces = report.required(&object, "traces");
    let ratio = traces.and_then(|found| report.share(&found));
    let [name, kind, attributes] = ["name", "kind", "attributes"].map(|key| object.get(key));
    if name.is_none() && kind.is_none() && attributes.is_none() {
        let accepted = "a name, a kind, attributes or several of them; sample.traces is for all others";
        report.finding(&found.path, "fits every trace", accepted);
    }
    let name = name.and_then(|found| report.text(&found)).as_deref().map(Pattern::new);
    let kind = kind.and_then(|found| report.choice(&found, &SPAN_KINDS));
    let attributes = attributes.map(|found| rule_attributes(report, &found)).unwrap_or_default();
    Some(SamplingRule { name, kind, attributes, ratio: ratio? })
}

fn rule_attributes(report: &mut Report, found: &Found<'_>) -> Vec<(String, Pattern)> {
    let members = report.map(found).unwrap_or_default();
    if members.is_empty() && found.value.is_object() {
        report.refuse(found, found.takes.words());
    }
    let pattern = |(name, found): (&str, Found<'_>)| {
        // A text may be empty: an attribute that is there and says nothing.
        let text = report.read(&found, |value, _| value.as_str().map(Pattern::new));
        Some((name.to_owned(), text?))
    };
    members.into_iter().filter_map(pattern).collect()
}

fn per_second(report: &mut Report, found: &Found<'_>) -> Option<f64> {
    report.read(found, |value, _| value.as_f64().filter(|rate| *rate > 0.0))
}
