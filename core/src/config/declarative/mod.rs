//! The declarative configuration of OpenTelemetry, 1.x: the file that `OTEL_CONFIG_FILE` names, YAML or JSON.
//! Not for the variables, whose place it takes: see `otel`.
//!
//! Follows the OpenTelemetry configuration data model. What a file says is read as far as it has an equal here; what has
//! none is told of and changes nothing.

mod draft;
mod exporters;
mod general;
mod held;
mod listing;
mod metrics;
mod one_of;
mod processors;
mod sampler;
mod scalar;
mod substitution;
mod tables;
pub(super) mod variable;
mod yaml;

use super::environment::Environment;
use super::file;
use super::layer::Layer;
use crate::document::report::{Found, Report};
use crate::document::setting::Takes;
use draft::Draft;
pub use listing::DeclaredEntry;
pub(super) use listing::listed;
use serde_json::Value;
use tables::{FILE_FORMAT, ROOT};
use variable::ACCEPTED;
pub(super) use variable::VARIABLE;

/// What the file says, if there is to be one; mistakes go into the report. A file that cannot be read says nothing, and
/// takes the place of the variables all the same.
pub(super) fn layer(report: &mut Report, environment: &Environment) -> Option<Layer> {
    let (name, path) = VARIABLE.names.iter().find_map(|name| Some((*name, environment.get(name)?)))?;
    let Some(value) = value(report, name, path, environment) else { return Some(Layer::default()) };
    let mut inside = Report::of_file(path);
    let layer = document(&mut inside, &value);
    report.problems.append(&mut inside.problems);
    report.absences.append(&mut inside.absences);
    Some(layer)
}

fn value(report: &mut Report, name: &str, path: &str, environment: &Environment) -> Option<Value> {
    let given = Value::from(path);
    let found = Found { path: name.to_owned(), value: &given, takes: VARIABLE.takes };
    let suffix = path.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
    if !matches!(suffix.as_deref(), Some("yaml" | "yml" | "json")) {
        report.refuse(&found, ACCEPTED);
        return None;
    }
    let text = match file::read(path) {
        Ok(text) => text,
        Err(error) => {
            report.refuse(&found, format!("{ACCEPTED} ({error})"));
            return None;
        }
    };
    let read = yaml::value(text.trim_start_matches('\u{feff}'), &|name| environment.any(name));
    read.map_err(|what| report.finding(name, format!("{path}: {what}"), ACCEPTED)).ok()
}

/// Reads the document; every problem goes into the report under its own path.
pub(super) fn document(report: &mut Report, value: &Value) -> Layer {
    // Anybody may add keys of their own at the top, for aliases to stand for.
    let mut value = value.clone();
    if let Value::Object(members) = &mut value {
        members.retain(|key, _| {
            let is_known = ROOT.iter().any(|setting| setting.key == key);
            if !is_known {
                report.absent(key, "the format has no such key");
            }
            is_known
        });
    }
    let root = Found { path: String::new(), value: &value, takes: Takes::Object(&ROOT) };
    let Some(object) = report.own_object(&root) else { return Layer::default() };
    let mut draft = Draft::default();
    if let Some(found) = report.required(&object, FILE_FORMAT) {
        version(report, &found);
    }
    // Limits for all records come behind those of spans, so that they win, as among the variables.
    for key in ["disabled", "resource", "propagator", "tracer_provider", "attribute_limits"] {
        let Some(found) = object.get(key) else { continue };
        match key {
            "disabled" => general::flag(report, &mut draft, &found),
            "resource" => general::resource(report, &mut draft, &found),
            "propagator" => general::propagators(report, &mut draft, &found),
            "tracer_provider" => processors::tracer_provider(report, &mut draft, &found),
            _ => general::limits(report, &mut draft, &found),
        }
    }
    if let Some(found) = object.get("meter_provider") {
        metrics::meter_provider(report, &mut draft, &found);
    }
    match object.get("logger_provider") {
        Some(found) => processors::logger_provider(report, &mut draft, &found),
        None => draft.keeps_console(),
    }
    draft.finish(report)
}

/// A later minor version is one that adds keys.
fn version(report: &mut Report, found: &Found<'_>) {
    report.read(found, |value, _| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let minor = text.strip_prefix("1.")?;
        (!minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())).then_some(())
    });
}

#[cfg(test)]
mod tests;
