//! Trees of runs and the spans that come of them: a table that tests can look into.

mod bounds;
mod ends;
mod parents;

use super::*;
use crate::config::{Config, Environment};
use crate::model::error_info::ErrorInfo;
use crate::model::span::SpanKind;
use serde_json::{Value, json};

/// A table over an output in memory and a clock of which each reading is a second later.
struct Place {
    telemetry: Telemetry,
    runs: Runs,
}

impl Place {
    fn new(rules: RunRules) -> Self {
        let testing = json!({"clock": "2026-01-02T03:04:05Z", "step": "1s", "ids": 1});
        let config = Config::new("shop")
            .output(json!({"to": "memory"}))
            .set("testing", testing)
            .variables(Environment::empty());
        let telemetry = Telemetry::new(config).unwrap();
        let runs = Runs::new(&telemetry, rules);
        Self { telemetry, runs }
    }

    fn start(&self, id: RunId, parent: Option<RunId>, name: &str) -> Context {
        self.start_as(&RunStart { id, parent, name, ..plain() })
    }

    fn start_as(&self, start: &RunStart<'_>) -> Context {
        self.runs.start(start, None, |_| {})
    }

    fn end(&self, id: RunId, state: RunState) -> Option<RunSummary> {
        self.runs.end(id, RunEnd { state, error: None }, |_, _| {})
    }

    /// The spans so far, in the order of their ends.
    fn spans(&self) -> Vec<Value> {
        assert!(self.telemetry.flush(Duration::from_secs(10)));
        self.telemetry.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Name and parent's name of each span.
    fn tree(&self) -> Vec<(String, Option<String>)> {
        let spans = self.spans();
        let name =
            |id: &Value| spans.iter().find(|span| span["span_id"] == *id).map(|span| text(&span["name"]));
        spans.iter().map(|span| (text(&span["name"]), name(&span["parent_span_id"]))).collect()
    }

    fn span(&self, name: &str) -> Value {
        self.spans().into_iter().find(|span| span["name"] == name).unwrap()
    }
}

static ROOT: Context = Context::root();

fn plain() -> RunStart<'static> {
    RunStart {
        id: 0,
        parent: None,
        context: &ROOT,
        name: "",
        kind: SpanKind::Internal,
        is_hidden: false,
        nearer: None,
        inherited: &[],
        logged: &[],
        links: &[],
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn named(name: &str, above: Option<&str>) -> (String, Option<String>) {
    (name.to_owned(), above.map(str::to_owned))
}
