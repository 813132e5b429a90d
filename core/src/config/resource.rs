//! Reads attributes of the resource.
//! Not for how they are encoded: see `telemetry::build`.

use super::layer::Layer;
use crate::document::report::{Found, Report};
use serde_json::{Map, Value};

/// The attributes that have a key of their own, which is the one place where they are set.
const OWN_KEYS: [(&str, &str); 3] = [
    ("service.name", "service"),
    ("service.version", "version"),
    ("deployment.environment.name", "environment"),
];

/// Reads the object; attributes with problems are reported and left out.
pub(super) fn attributes(report: &mut Report, found: &Found<'_>) -> Map<String, Value> {
    let mut attributes = Map::new();
    for (name, found) in report.map(found).unwrap_or_default() {
        if let Some((_, key)) = OWN_KEYS.iter().find(|(own, _)| *own == name) {
            report.finding(&found.path, "has a key of its own", format!("the key {key} of the document"));
        } else if name.trim().is_empty() {
            report.finding(&found.path, "an attribute without a name", "the name of an attribute");
        } else if let Some(value) = report.read(&found, |value, _| is_value(value).then(|| value.clone())) {
            attributes.insert(name.to_owned(), value);
        }
    }
    attributes
}

/// Sets an attribute, under the key that it has of its own if it has one. A blank text sets nothing.
pub(super) fn set(layer: &mut Layer, name: &str, value: Value) {
    let text = value.as_str().map(str::to_owned);
    if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return;
    }
    match name {
        "service.name" => layer.service = text.or_else(|| Some(value.to_string())),
        "service.version" => layer.version = text.or_else(|| Some(value.to_string())),
        "deployment.environment.name" => layer.environment = text.or_else(|| Some(value.to_string())),
        // This is the older name of the same attribute, and many deployments still set it.
        "deployment.environment" => layer.environment = layer.environment.take().or(text),
        "" => {}
        other => drop(layer.resource.insert(other.to_owned(), value)),
    }
}

/// A scalar, or a list of scalars of one type.
fn is_value(value: &Value) -> bool {
    let kind = std::mem::discriminant::<Value>;
    match value {
        Value::Array(values) => {
            values.iter().all(is_scalar)
                && values.windows(2).all(|pair| matches!(pair, [one, other] if kind(one) == kind(other)))
        }
        value => is_scalar(value),
    }
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}
