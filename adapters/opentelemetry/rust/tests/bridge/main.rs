//! The OpenTelemetry API as it is, on a Vigie that keeps its lines in memory.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod context;
mod logs;
mod metrics;
mod propagation;
mod spans;
mod tasks;

use opentelemetry::trace::TracerProvider as _;
use serde_json::{Value, json};
use vigie_core::{Config, SpanStart, Telemetry};
use vigie_opentelemetry::{Tracer, TracerProvider, share_context};

/// Telemetry whose ids count from one, with one context for all faces of the process.
fn telemetry() -> Telemetry {
    configured(&json!({}))
}

/// The same with more settings.
fn configured(more: &Value) -> Telemetry {
    share_context();
    let testing = json!({"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 1});
    let mut config = json!({"service": "shop", "outputs": [{"to": "memory"}], "testing": testing});
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Telemetry::new(Config::from_json(&config.to_string())).unwrap()
}

fn tracer(telemetry: &Telemetry) -> Tracer {
    TracerProvider::new(telemetry).tracer("shop.cart")
}

/// A span of Vigie's own face below what is current.
fn own(telemetry: &Telemetry, name: &str) -> vigie_core::Span {
    let here = vigie_core::Context::current();
    telemetry.start_span(name, SpanStart { parent: Some(&here), ..SpanStart::default() })
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
