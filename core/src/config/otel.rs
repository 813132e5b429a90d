//! What the specification's `OTEL_*` variables say.
//! Not for the variables of exporters that are not built: those are left alone.
//!
//! Follows the OpenTelemetry environment variable specification: an empty value counts as not set.

use super::environment::Environment;
use super::layer::Layer;
use super::sections;
use crate::document::report::{Found, Report};
use crate::model::propagation::{self, Propagators};
use serde_json::{Value, json};

// The specific variable of spans comes first and the general one later, so that the general one wins:
// there is one limit for all records, and cutting logs by a limit meant for spans is the lesser intent.
const LIMITS: [(&str, &str); 6] = [
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "attributes"),
    ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "string_bytes"),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "attributes"),
    ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "string_bytes"),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", "events"),
    ("OTEL_SPAN_LINK_COUNT_LIMIT", "links"),
];

/// Reads the variables; problems are reported under the variables' names.
pub(super) fn layer(report: &mut Report, environment: &Environment) -> Layer {
    let mut layer = Layer::default();
    limits(report, environment, &mut layer);
    resource(report, environment, &mut layer);
    sampler(report, environment, &mut layer);
    layer.propagators = propagators(report, environment);
    layer.disabled = variable(environment, "OTEL_SDK_DISABLED").and_then(|(name, text)| {
        let flag = text.to_ascii_lowercase().parse().ok();
        if flag.is_none() {
            refuse(report, name, text, "true, false");
        }
        flag
    });
    layer
}

fn variable<'e>(environment: &'e Environment, name: &'static str) -> Option<(&'static str, &'e str)> {
    environment.get(name).map(|text| (name, text.trim()))
}

fn refuse(report: &mut Report, name: &str, text: &str, accepted: &str) {
    report.refuse(&Found { path: name.to_owned(), value: &Value::from(text) }, accepted);
}

fn limits(report: &mut Report, environment: &Environment, layer: &mut Layer) {
    for (name, key) in LIMITS {
        let Some((name, text)) = variable(environment, name) else { continue };
        let Ok(number) = text.parse::<u64>() else {
            refuse(report, name, text, "a whole number");
            continue;
        };
        // One document a variable, so that a problem with the range bears the variable's name.
        let mut own = Report::default();
        let path = match key {
            "attributes" => "limits.attributes",
            "string_bytes" => "limits.string_bytes",
            "events" => "limits.events",
            _ => "limits.links",
        };
        own.alias(path, name);
        layer.limits.extend(sections::document(&mut own, &json!({"limits": {key: number}})).limits);
        report.problems.append(&mut own.problems);
    }
}

/// `OTEL_RESOURCE_ATTRIBUTES` is a list of `key=value` with percent-encoded values; `OTEL_SERVICE_NAME` wins.
fn resource(report: &mut Report, environment: &Environment, layer: &mut Layer) {
    if let Some((name, text)) = variable(environment, "OTEL_RESOURCE_ATTRIBUTES") {
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let Some((key, value)) = pair.split_once('=') else {
                refuse(report, name, pair, "key=value pairs separated by commas");
                continue;
            };
            let value = Some(decoded(value.trim())).filter(|value| !value.trim().is_empty());
            match key.trim() {
                "service.name" => layer.service = value,
                "service.version" => layer.version = value,
                "deployment.environment.name" => layer.environment = value,
                // The older name of the same attribute, still set by many deployments.
                "deployment.environment" if layer.environment.is_none() => layer.environment = value,
                _ => {}
            }
        }
    }
    if let Some((_, text)) = variable(environment, "OTEL_SERVICE_NAME") {
        layer.service = Some(text.to_owned());
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = |at: usize| behind.get(at).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, hex(0), hex(1)) {
            bytes.extend(u8::try_from(high * 16 + low));
            rest = behind.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn sampler(report: &mut Report, environment: &Environment, layer: &mut Layer) {
    let Some((name, text)) = variable(environment, "OTEL_TRACES_SAMPLER") else { return };
    let (parent_based, kind) = match text.strip_prefix("parentbased_") {
        Some(kind) => (true, kind),
        None => (false, text),
    };
    let ratio = match kind {
        "always_on" => Some(1.0),
        "always_off" => Some(0.0),
        "traceidratio" => ratio(report, environment),
        _ => {
            let accepted = "always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, \
                            parentbased_traceidratio";
            refuse(report, name, text, accepted);
            return;
        }
    };
    layer.ratio = ratio;
    layer.parent_based = Some(parent_based);
}

fn ratio(report: &mut Report, environment: &Environment) -> Option<f64> {
    let Some((name, text)) = variable(environment, "OTEL_TRACES_SAMPLER_ARG") else { return Some(1.0) };
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    if ratio.is_none() {
        refuse(report, name, text, "a number from 0 to 1");
    }
    ratio
}

/// A list written for the specification cannot name our own `correlation`, so leaving it out does not switch it off;
/// only `none` does.
fn propagators(report: &mut Report, environment: &Environment) -> Option<Propagators> {
    let (name, text) = variable(environment, "OTEL_PROPAGATORS")?;
    let mut chosen = Propagators::none();
    let mut none = false;
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let found = Found { path: name.to_owned(), value: &Value::from(word) };
        let accepted = || format!("{}, none", propagation::accepted());
        match propagation::find(word) {
            Some(propagator) => chosen.add(propagator),
            None if word == "none" => none = true,
            None if propagation::UNBUILT.contains(&word) => report.not_built(&found, accepted()),
            None => report.refuse(&found, accepted()),
        }
    }
    if !none && let Some(own) = propagation::find("correlation") {
        chosen.add(own);
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn resource_values_are_percent_decoded() {
        let cases = [
            ("a%20b", "a b"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%C3%A4", "ä"),
            ("%ff", "\u{fffd}"),
        ];
        for (given, expected) in cases {
            assert_eq!(decoded(given), expected, "{given}");
        }
    }
}
