//! The schema of an output line, embedded, and its validator.
//! Not for its tables as Markdown: see `markdown`.

use serde_json::Value;

use crate::outcome::Failure;

/// The schema as it stands in the repository.
pub(crate) const TEXT: &str = include_str!("../../../core/schema/vigie.v1.schema.json");

/// The same lines described for the log viewer lnav.
pub(crate) const LNAV: &str = include_str!("../lnav/vigie.json");

/// The schema as a JSON value.
pub(crate) fn value() -> Result<Value, Failure> {
    serde_json::from_str(TEXT).map_err(|e| Failure::Message(format!("embedded schema: {e}")))
}

/// Validates lines. Building a validator takes long, using it does not.
pub(crate) struct LineValidator(jsonschema::Validator);

impl LineValidator {
    pub(crate) fn new() -> Result<Self, Failure> {
        let built = jsonschema::draft202012::new(&value()?);
        built.map(LineValidator).map_err(|e| Failure::Message(format!("embedded schema: {e}")))
    }

    /// Every reason why `line` is not valid, each naming the place in the line; empty when it is.
    pub(crate) fn problems(&self, line: &Value) -> Vec<String> {
        if self.0.is_valid(line) {
            return Vec::new();
        }
        let mut problems: Vec<String> = self.0.iter_errors(line).map(|e| problem(&e)).collect();
        // The same reason comes once for each path through the schema that leads to it.
        problems.sort();
        problems.dedup();
        problems
    }
}

fn problem(error: &jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let reason = shortened(&error.to_string());
    if place.is_empty() { reason } else { format!("{place}: {reason}") }
}

/// A reason quotes the value that it is about, which may be a whole line.
fn shortened(reason: &str) -> String {
    const KEPT: usize = 240;
    let mut cut: String = reason.chars().take(KEPT).collect();
    if cut.len() < reason.len() {
        cut.push('…');
    }
    cut
}
