//! What the `VIGIE_*` variables say, as a document.
//! Not for `OTEL_*` (see `otel`) and not for `VIGIE_CONFIG`, which names another source (see `file`).

use super::environment::Environment;
use super::layer::Layer;
use super::sections;
use crate::document::report::{Found, Report};
use serde_json::{Map, Value};

const TEXTS: [(&str, &str); 4] = [
    ("VIGIE_SERVICE", "service"),
    ("VIGIE_VERSION", "version"),
    ("VIGIE_ENVIRONMENT", "environment"),
    ("VIGIE_LEVEL", "level"),
];

/// Reads the variables; problems are reported under the variables' names.
pub(super) fn layer(report: &mut Report, environment: &Environment) -> Layer {
    let mut document = Map::new();
    for (variable, key) in TEXTS {
        report.alias(key, variable);
        if let Some(text) = environment.get(variable) {
            document.insert(key.to_owned(), Value::from(text));
        }
    }
    report.alias("outputs", "VIGIE_OUTPUTS");
    if let Some(text) = environment.get("VIGIE_OUTPUTS") {
        match serde_json::from_str(text) {
            Ok(outputs) => drop(document.insert("outputs".to_owned(), outputs)),
            Err(error) => {
                report.finding("outputs", format!("not JSON: {error}"), "a list of outputs in JSON")
            }
        }
    }
    report.alias("disabled", "VIGIE_DISABLED");
    if let Some(text) = environment.get("VIGIE_DISABLED") {
        match flag(text) {
            Some(flag) => drop(document.insert("disabled".to_owned(), Value::from(flag))),
            None => {
                let found = Found { path: "disabled".to_owned(), value: &Value::from(text) };
                report.refuse(&found, "true, false, 1, 0");
            }
        }
    }
    sections::document(report, &Value::Object(document))
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
