//! What a file says of all signals: whether anything is recorded, the resource, limits, propagators.

use super::super::resource;
use super::draft::Draft;
use super::one_of::{only_member, own_one_of};
use super::tables::{TYPES, Type};
use crate::document::pairs::pairs;
use crate::document::report::{Found, Report};
use crate::model::enrichment::Enrichment;
use crate::model::propagation::{self, Propagators};
use serde_json::Value;
use std::collections::BTreeSet;

/// Reads `disabled`.
pub(super) fn flag(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    draft.layer.disabled = report.flag(found);
}

/// Reads limits, whichever of them stand here.
pub(super) fn limits(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    for (key, found) in object.members() {
        let ours = match key {
            "attribute_count_limit" => "limits.attributes",
            "attribute_value_length_limit" => "limits.string_bytes",
            "attribute_value_depth_limit" => "limits.depth",
            "event_count_limit" => "limits.events",
            "link_count_limit" => "limits.links",
            _ => continue,
        };
        if let Some(limit) = report.number(&found) {
            draft.set(ours, limit, &found.path);
        }
    }
}

/// Reads the attributes; those of the list are weaker.
pub(super) fn resource(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    let list = object.get("attributes_list");
    for pair in list.as_ref().and_then(|found| found.value.as_str()).map(pairs).into_iter().flatten() {
        match (pair, &list) {
            (Ok((name, value)), _) => resource::set(&mut draft.layer, name, value.into()),
            (Err(_), Some(found)) => report.refuse(found, found.takes.words()),
            (Err(_), None) => {}
        }
    }
    if let Some(found) = list.filter(|found| !found.value.is_string()) {
        report.refuse(&found, found.takes.words());
    }
    let attributes = object.get("attributes").and_then(|found| report.list(&found));
    for attribute in attributes.unwrap_or_default() {
        if let Some((name, value)) = self::attribute(report, &attribute) {
            resource::set(&mut draft.layer, &name, value);
        }
    }
    if let Some(found) = object.get("detection/development") {
        detection(report, draft, &found);
    }
}

fn attribute(report: &mut Report, found: &Found<'_>) -> Option<(String, Value)> {
    let object = report.own_object(found)?;
    let name = report.required(&object, "name").and_then(|found| report.text(&found));
    let wanted = match object.get("type") {
        Some(found) => report.choice(&found, &TYPES)?,
        None => Type::Text,
    };
    // An attribute without a value is none.
    let value = object.get("value")?;
    let value = report.read(&value, |value, _| typed(value, wanted))?;
    Some((name?, value))
}

/// The value as one of the type.
fn typed(value: &Value, wanted: Type) -> Option<Value> {
    let list = |of: Type| {
        let values: Option<Vec<_>> = value.as_array()?.iter().map(|value| typed(value, of)).collect();
        values.map(Value::Array)
    };
    match wanted {
        Type::Text => match value {
            Value::Array(_) | Value::Object(_) | Value::Null => None,
            Value::String(_) => Some(value.clone()),
            scalar => Some(Value::from(scalar.to_string())),
        },
        Type::Bool => value.is_boolean().then(|| value.clone()),
        Type::Int => value.is_i64().then(|| value.clone()),
        Type::Double => value.as_f64().map(Value::from),
        Type::Texts => list(Type::Text),
        Type::Bools => list(Type::Bool),
        Type::Ints => list(Type::Int),
        Type::Doubles => list(Type::Double),
    }
}

fn detection(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(detectors) = report.own_object(found).and_then(|object| object.get("detectors")) else { return };
    let mut enrich = BTreeSet::new();
    for detector in report.list(&detectors).unwrap_or_default() {
        let known = own_one_of(report, &detector).map(|(name, _)| name);
        let told = Enrichment::ALL.into_iter().find(|(word, _)| known == Some(*word));
        enrich.extend(told.map(|(_, what)| what));
    }
    draft.layer.enrich = Some(enrich);
}

/// Reads both lists of propagators, the one of objects first.
///
/// As among the variables, `correlation` is added: no list of the specification's could name it. Only `none` leaves it out.
pub(super) fn propagators(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    let known = propagation::names().join(", ");
    let mut names: Vec<(String, String)> = Vec::new();
    let composite = object.get("composite").and_then(|found| report.list(&found));
    for entry in composite.into_iter().flatten() {
        if let Some((name, _)) = only_member(report, &entry, &known) {
            names.push((name.to_owned(), format!("{}.{name}", entry.path)));
        }
    }
    if let Some(list) = object.get("composite_list")
        && let Some(text) = report.text(&list)
    {
        let words = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.extend(words.map(|name| (name.to_owned(), format!("{}={name}", list.path))));
    }
    if names.is_empty() {
        return;
    }
    let mut chosen = Propagators::none();
    for (name, path) in &names {
        match propagation::find(name) {
            Some(propagator) => chosen.add(propagator),
            None if name == "none" => {}
            None => report.absent(path, format!("propagators are {known}")),
        }
    }
    if names.iter().all(|(name, _)| name != "none")
        && let Some(own) = propagation::find("correlation")
    {
        chosen.add(own);
    }
    draft.layer.propagators = Some(chosen);
}
