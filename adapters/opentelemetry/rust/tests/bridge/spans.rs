//! What is said to a span of the API stands in its line.

use super::{lines, named, telemetry, tracer};
use opentelemetry::trace::{
    Event, Link, Span, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState, Tracer,
};
use opentelemetry::{Array, Context, KeyValue, Value};
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn far() -> SpanContext {
    SpanContext::new(TraceId::from(7_u128), SpanId::from(8_u64), TraceFlags::SAMPLED, true, TraceState::NONE)
}

#[test]
fn a_span_from_a_builder_is_whole() {
    let telemetry = telemetry();
    let tracer = tracer(&telemetry);
    let builder = tracer
        .span_builder("checkout")
        .with_kind(SpanKind::Server)
        .with_start_time(at(10))
        .with_attributes([KeyValue::new("order_id", 42), KeyValue::new("order_id", 43)])
        .with_events(vec![Event::new("paid", at(11), vec![KeyValue::new("amount", 9.5)], 0)])
        .with_links(vec![Link::new(far(), vec![KeyValue::new("why", "batch")], 0)]);
    tracer.build(builder).end_with_timestamp(at(12));
    let lines = lines(&telemetry);
    let span = named(&lines, "checkout");
    assert_eq!(span["timestamp"], "1970-01-01T00:00:10.000000Z");
    assert_eq!((&span["span_kind"], &span["scope"]), (&json!("server"), &json!("shop.cart")));
    assert_eq!(span["duration_ns"], 2_000_000_000_u64);
    assert_eq!(span["attributes"], json!({"order_id": 43}));
    assert_eq!(
        span["events"],
        json!([{"timestamp": "1970-01-01T00:00:11.000000Z", "name": "paid", "attributes": {"amount": 9.5}}])
    );
    let link = json!({"trace_id": "00000000000000000000000000000007", "span_id": "0000000000000008",
        "attributes": {"why": "batch"}});
    assert_eq!(span["links"], json!([link]));
    assert_eq!(span["parent_span_id"], serde_json::Value::Null);
}

#[test]
fn values_of_all_kinds() {
    let telemetry = telemetry();
    let mut span = tracer(&telemetry).start("values");
    span.set_attributes([
        KeyValue::new("bool", true),
        KeyValue::new("float", 0.5),
        KeyValue::new("text", "a\"b"),
        KeyValue::new("bools", Value::Array(Array::Bool(vec![true, false]))),
        KeyValue::new("ints", Value::Array(Array::I64(vec![1, 2]))),
        KeyValue::new("floats", Value::Array(Array::F64(vec![0.5]))),
        KeyValue::new("texts", Value::Array(Array::String(vec!["x".into()]))),
    ]);
    span.set_attribute(KeyValue::new("int", i64::MIN));
    span.end();
    span.set_attribute(KeyValue::new("late", true));
    let expected = json!({"bool": true, "float": 0.5, "text": "a\"b", "bools": [true, false], "ints": [1, 2],
        "floats": [0.5], "texts": ["x"], "int": i64::MIN});
    assert_eq!(named(&lines(&telemetry), "values")["attributes"], expected);
}

#[test]
fn status_follows_the_specification() {
    let telemetry = telemetry();
    let cases: [(&str, &[Status], serde_json::Value); 4] = [
        ("unset", &[Status::Unset], json!(["unset", null])),
        ("failed", &[Status::error("no answer"), Status::Unset], json!(["error", "no answer"])),
        ("silent", &[Status::error("")], json!(["error", null])),
        ("final", &[Status::error("x"), Status::Ok, Status::error("y")], json!(["ok", null])),
    ];
    for (name, said, _) in &cases {
        let mut span = tracer(&telemetry).start(*name);
        said.iter().for_each(|status| span.set_status(status.clone()));
        span.end();
    }
    let lines = lines(&telemetry);
    for (name, _, expected) in cases {
        let span = named(&lines, name);
        assert_eq!(json!([span["status"], span.get("status_message")]), expected, "{name}");
    }
}

#[test]
fn an_error_is_an_exception_and_no_status() {
    let telemetry = telemetry();
    let mut span = tracer(&telemetry).start("pay");
    span.record_error(&std::io::Error::other("declined"));
    span.update_name("paid");
    span.end();
    let lines = lines(&telemetry);
    let span = named(&lines, "paid");
    assert_eq!(span["events"][0]["name"], "exception");
    assert_eq!(span["events"][0]["attributes"], json!({"exception.message": "declined"}));
    assert_eq!(span["status"], "unset");
}

#[test]
fn a_span_ends_once_and_at_the_latest_when_it_is_dropped() {
    let telemetry = telemetry();
    let mut twice = tracer(&telemetry).start("twice");
    assert!(twice.is_recording());
    twice.end();
    assert!(!twice.is_recording());
    twice.end();
    drop(twice);
    drop(tracer(&telemetry).start("dropped"));
    let lines = lines(&telemetry);
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(named(&lines, "dropped")["attributes"].is_null());
}

#[test]
fn links_that_name_no_span_are_left_out_and_what_is_suppressed_is_not_recorded() {
    let telemetry = telemetry();
    let mut span = tracer(&telemetry).start("span");
    span.add_link(SpanContext::NONE, Vec::new());
    span.add_link(far(), Vec::new());
    span.end();
    let _quiet = Context::enter_telemetry_suppressed_scope();
    let mut span = tracer(&telemetry).start("suppressed");
    span.set_attribute(KeyValue::new("a", 1));
    assert!(!span.is_recording() && !span.span_context().is_valid());
    drop(span);
    let lines = lines(&telemetry);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["links"].as_array().unwrap().len(), 1);
}

#[test]
fn a_trace_that_is_not_kept_has_ids_all_the_same() {
    let config = vigie_core::Config::new("shop").sample_traces(0.0).output(json!({"to": "memory"}));
    let telemetry = vigie_core::Telemetry::new(config).unwrap();
    let span = tracer(&telemetry).start("left out");
    assert!(!span.is_recording());
    assert!(span.span_context().is_valid() && !span.span_context().is_sampled());
    drop(span);
    assert!(lines(&telemetry).is_empty());
}
