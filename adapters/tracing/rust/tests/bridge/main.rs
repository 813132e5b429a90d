//! `tracing` and `log` as they are, on a Vigie that keeps its lines in memory.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod context;
mod events;
mod levels;
mod spans;
mod tasks;

use serde_json::{Value, json};
use tracing_subscriber::prelude::*;
use vigie_core::{Config, Telemetry};

/// Telemetry with `level` whose ids count from one.
fn telemetry_at(level: &str) -> Telemetry {
    let testing = json!({"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 1});
    let config =
        json!({"service": "shop", "outputs": [{"to": "memory"}], "level": level, "testing": testing});
    Telemetry::new(Config::from_json(&config.to_string())).unwrap()
}

/// The lines of what `work` traces; it is handed the telemetry.
fn traced(work: impl FnOnce(&Telemetry)) -> Vec<Value> {
    let telemetry = telemetry_at("trace");
    let subscriber = tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry));
    tracing::subscriber::with_default(subscriber, || work(&telemetry));
    lines(&telemetry)
}

fn lines(telemetry: &Telemetry) -> Vec<Value> {
    telemetry.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The line of the span or the record of that name or message.
fn named<'l>(lines: &'l [Value], name: &str) -> &'l Value {
    let is_it = |line: &&Value| line["name"] == name || line["message"] == name;
    lines.iter().find(is_it).unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
}

fn is_below(child: &Value, parent: &Value) -> bool {
    child["parent_span_id"] == parent["span_id"] && child["trace_id"] == parent["trace_id"]
}
