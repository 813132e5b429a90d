//! The Rust face of the configuration: a document put together by calls.
//! Not for checking it: mistakes show when telemetry is made, all at once, as for every other source.

use super::environment::Environment;
use super::settings::Settings;
use crate::error::Result;
use serde_json::{Map, Value, json};
use std::fmt;

/// A configuration to make a `Telemetry` of; the keys are those of the configuration document.
///
/// What is not set here comes from the environment and the file that `VIGIE_CONFIG` names.
#[derive(Clone, Debug)]
pub struct Config {
    source: Source,
    variables: Option<Environment>,
}

#[derive(Clone)]
enum Source {
    Members(Map<String, Value>),
    Text(String),
}

/// Without the document, which may hold credentials.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

impl Config {
    /// A configuration for the service of this name.
    #[must_use]
    pub fn new(service: &str) -> Self {
        Self::of(Source::Members(Map::new())).set("service", service)
    }

    /// A whole configuration document, a JSON object; it is checked when telemetry is made.
    #[must_use]
    pub fn from_json(document: &str) -> Self {
        Self::of(match serde_json::from_str(document) {
            Ok(Value::Object(members)) => Source::Members(members),
            // The text is kept as it is, and the error about it is made together with all others.
            _ => Source::Text(document.to_owned()),
        })
    }

    fn of(source: Source) -> Self {
        Self { source, variables: None }
    }

    /// Sets a key of the document, such as `limits` or `testing`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Source::Members(members) = &mut self.source {
            members.insert(key.to_owned(), value.into());
        }
        self
    }

    /// Version of the service, such as `1.4.2`.
    #[must_use]
    pub fn version(self, version: &str) -> Self {
        self.set("version", version)
    }

    /// Where the service is deployed, such as `prod`.
    #[must_use]
    pub fn environment(self, environment: &str) -> Self {
        self.set("environment", environment)
    }

    /// Least severity that is recorded, such as `debug`; `info` unless set.
    #[must_use]
    pub fn level(self, level: &str) -> Self {
        self.set("level", level)
    }

    /// Least severity of one logger and of those below its name.
    #[must_use]
    pub fn logger_level(mut self, logger: &str, level: &str) -> Self {
        if let Some(levels) = self.member("levels", || json!({})).and_then(Value::as_object_mut) {
            levels.insert(logger.to_owned(), Value::from(level));
        }
        self
    }

    /// Adds an output: an entry of the document's `outputs`, such as `json!({"to": "memory"})`.
    #[must_use]
    pub fn output(mut self, output: Value) -> Self {
        if let Some(outputs) = self.member("outputs", || json!([])).and_then(Value::as_array_mut) {
            outputs.push(output);
        }
        self
    }

    /// Share of the traces that are kept, 0 to 1; all unless set.
    #[must_use]
    pub fn sample_traces(self, ratio: f64) -> Self {
        self.set("sample", json!({"traces": ratio}))
    }

    /// Takes these environment variables instead of the process's own.
    #[must_use]
    pub fn variables(mut self, variables: Environment) -> Self {
        self.variables = Some(variables);
        self
    }

    fn member(&mut self, key: &str, empty: impl FnOnce() -> Value) -> Option<&mut Value> {
        match &mut self.source {
            Source::Members(members) => Some(members.entry(key).or_insert_with(empty)),
            Source::Text(_) => None,
        }
    }

    /// The settings that this configuration and its environment give, and that environment.
    ///
    /// # Errors
    /// A configuration error that lists every problem of every source.
    pub fn resolve(self) -> Result<(Settings, Environment)> {
        // The environment is read only here, so that making a configuration reads nothing.
        let variables = self.variables.unwrap_or_else(Environment::process);
        let settings = match self.source {
            Source::Members(members) => Settings::resolve_value(Some(&Value::Object(members)), &variables)?,
            Source::Text(text) => Settings::resolve(Some(&text), &variables)?,
        };
        Ok((settings, variables))
    }
}
