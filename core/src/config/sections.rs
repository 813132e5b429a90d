//! Reads a whole configuration document into a layer.
//! Not for `outputs` (see the file of that name), for what each key may be (see `tables`) and for merging (see `layer`).

use super::layer::{Layer, SetLimit};
use super::outputs::outputs;
use super::settings::Testing;
use super::tables::{DOCUMENT, EXCEPTION_SIGNALS};
use super::{classes, redaction, resource, sampling};
use crate::api::meter::{Across, Rulebook};
use crate::document::instant;
use crate::document::place::Place;
use crate::document::report::{Found, Report};
use crate::document::setting::Takes;
use crate::encode::attributes::limits::Limits;
use crate::model::attributes::{KIND, RESERVED, WELL_KNOWN};
use crate::model::enrichment::Enrichment;
use crate::model::propagation::{self, Propagators};
use crate::model::severity::Severity;
use crate::model::thread::Thread;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Reads a document; every problem goes into the report, what is right goes into the layer.
pub(super) fn document(report: &mut Report, document: &Value) -> Layer {
    let mut layer = Layer::default();
    let root = Found { path: String::new(), value: document, takes: Takes::Object(&DOCUMENT) };
    let Some(object) = report.own_object(&root) else { return layer };
    for (key, found) in object.members() {
        match key {
            "service" => layer.service = report.text(&found),
            "version" => layer.version = report.text(&found),
            "environment" => layer.environment = report.text(&found),
            "resource" => layer.resource = resource::attributes(report, &found),
            "level" => layer.level = level(report, &found),
            "levels" => layer.levels = levels(report, &found),
            "outputs" => layer.outputs = outputs(report, &found),
            "sample" => sampling::read(report, &found, &mut layer),
            "control" => layer.control = Place::read(report, &found),
            "exceptions" => layer.exceptions = report.choice(&found, &EXCEPTION_SIGNALS),
            "redact" => layer.redact = redaction::read(report, &found),
            "enrich" => layer.enrich = enrich(report, &found),
            "categories" => layer.categories = classes::categories(report, &found),
            "entities" => layer.entities = classes::entities(report, &found),
            "entity_patterns" => layer.entity_patterns = classes::entity_patterns(report, &found),
            "limits" => limits(report, &found, &mut layer),
            "metrics" => metrics(report, &found, &mut layer),
            "propagate" => layer.propagate = propagate(report, &found),
            "propagators" => layer.propagators = propagators(report, &found),
            "public_endpoint" => layer.public_endpoint = report.flag(&found),
            "testing" => layer.testing = testing(report, &found),
            "attributes_key" => layer.attributes_key = attributes_key(report, &found),
            "disabled" => layer.disabled = report.flag(&found),
            "signals" => layer.signals = report.flag(&found),
            _ => {}
        }
    }
    layer
}

fn level(report: &mut Report, found: &Found<'_>) -> Option<Severity> {
    report.read(found, |value, _| value.as_str().and_then(Severity::from_name))
}

fn levels(report: &mut Report, found: &Found<'_>) -> BTreeMap<String, Severity> {
    let mut levels = BTreeMap::new();
    for (logger, found) in report.map(found).unwrap_or_default() {
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

fn enrich(report: &mut Report, found: &Found<'_>) -> Option<BTreeSet<Enrichment>> {
    let entries = report.list(found)?;
    Some(entries.iter().filter_map(|entry| report.choice(entry, &Enrichment::ALL)).collect())
}

fn limits(report: &mut Report, found: &Found<'_>, layer: &mut Layer) {
    let Some(object) = report.own_object(found) else { return };
    for (key, found) in object.members() {
        if key == "shutdown" {
            layer.shutdown = report.duration(&found);
        } else if let Some((set, value)) = setter(key).zip(report.number(&found)) {
            layer.limits.push((set, value));
        }
    }
}

fn setter(key: &str) -> Option<SetLimit> {
    fn size(value: u64) -> usize {
        usize::try_from(value).unwrap_or(usize::MAX)
    }
    Some(match key {
        "attributes" => |limits, value| limits.attributes = size(value),
        "depth" => |limits, value| limits.depth = size(value),
        "nodes" => |limits, value| limits.nodes = size(value),
        "key_bytes" => |limits, value| limits.key_bytes = size(value),
        "string_bytes" => |limits, value| limits.string_bytes = size(value),
        "line_bytes" => |limits, value| limits.line_bytes = size(value),
        "events" => |limits, value| limits.events = size(value),
        "links" => |limits, value| limits.links = size(value),
        "open_spans" => |limits, value| limits.open_spans = value,
        "series_per_instrument" => |limits, value| limits.series_per_instrument = size(value),
        "series_per_process" => |limits, value| limits.series_per_process = size(value),
        "buffer_bytes" => |limits, value| limits.buffer_bytes = size(value),
        _ => return None,
    })
}

/// What no single key shows: limits that contradict each other.
pub(super) fn contradictions(report: &mut Report, limits: &Limits) {
    if limits.buffer_bytes < limits.line_bytes {
        let accepted = format!("at least limits.line_bytes, which is {}", limits.line_bytes);
        report.finding("limits.buffer_bytes", limits.buffer_bytes.to_string(), accepted);
    }
}

fn metrics(report: &mut Report, found: &Found<'_>, layer: &mut Layer) {
    let Some(object) = report.own_object(found) else { return };
    for (key, found) in object.members() {
        match key {
            "every" => layer.metrics_every = report.duration(&found),
            "self" => layer.metrics_self = report.flag(&found),
            "multiprocess" => layer.metrics_folder = Place::read(report, &found),
            "across" => layer.metrics_across = across(report, &found),
            _ => {}
        }
    }
}

fn across(report: &mut Report, found: &Found<'_>) -> Rulebook {
    let mut rulebook = Rulebook::new();
    for (name, found) in report.map(found).unwrap_or_default() {
        if let Some(rule) = report.choice(&found, &Across::NAMES) {
            rulebook.insert(name.to_owned(), rule);
        }
    }
    rulebook
}

fn propagate(report: &mut Report, found: &Found<'_>) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    for entry in report.list(found)? {
        // The key becomes a baggage member's name as it is, and those are tokens of HTTP.
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let fits = |key: &&str| !key.is_empty() && key.len() <= 256 && key.bytes().all(token);
        let key = report.read(&entry, |value, _| value.as_str().filter(fits).map(str::to_owned));
        keys.extend(key.filter(|key| !keys.contains(key)));
    }
    Some(keys)
}

fn propagators(report: &mut Report, found: &Found<'_>) -> Option<Propagators> {
    let known: Vec<_> =
        propagation::names().into_iter().filter_map(|name| Some((name, propagation::find(name)?))).collect();
    let mut chosen = Propagators::none();
    for entry in report.list(found)? {
        if let Some(propagator) = report.choice(&entry, &known) {
            chosen.add(propagator);
        }
    }
    Some(chosen)
}

fn testing(report: &mut Report, found: &Found<'_>) -> Option<Testing> {
    let mut testing = Testing { step_ns: 1_000_000, ..Testing::default() };
    for (key, found) in report.own_object(found)?.members() {
        match key {
            "clock" => {
                testing.clock_ns = report.read(&found, |value, _| instant::nanoseconds(value.as_str()?));
            }
            "step" => {
                let step = report.duration(&found).map(|step| i64::try_from(step.as_nanos()));
                testing.step_ns = step.and_then(Result::ok).unwrap_or_default();
            }
            "ids" => testing.ids = report.number(&found),
            "host" => testing.host = report.text(&found),
            "root" => testing.root = report.text(&found).map(PathBuf::from),
            "thread" => {
                testing.thread = report.read(&found, |value, _| value.as_str().and_then(Thread::parse));
            }
            "runtime" => testing.runtime = report.text(&found),
            "pid" => testing.pid = report.number(&found).and_then(|pid| u32::try_from(pid).ok()),
            _ => {}
        }
    }
    Some(testing)
}

fn attributes_key(report: &mut Report, found: &Found<'_>) -> Option<String> {
    report.read(found, |value, _| {
        let key = value.as_str().filter(|key| !key.trim().is_empty() && key.len() <= 256)?;
        let taken = key == KIND || RESERVED.contains(&key) || WELL_KNOWN.contains(&key);
        (!taken).then(|| key.to_owned())
    })
}
