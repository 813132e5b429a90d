//! Records of the logs API.

use super::{lines, named, telemetry, tracer};
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider as _, Severity};
use opentelemetry::trace::{SpanId, TraceId, Tracer};
use opentelemetry::{Context, Key};
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};
use vigie_opentelemetry::LoggerProvider;

#[test]
fn a_record_is_told_as_it_is() {
    let telemetry = telemetry();
    let logger = LoggerProvider::new(&telemetry).logger("bridge");
    let mut record = logger.create_log_record();
    record.set_target("shop::cart");
    record.set_timestamp(UNIX_EPOCH + Duration::from_micros(10_000_001));
    record.set_severity_number(Severity::Warn2);
    record.set_body("card {refused}".into());
    record.set_event_name("card.refused");
    record.add_attribute("card", 7);
    record.add_attributes([
        (Key::new("list"), AnyValue::from_iter([1, 2])),
        (Key::new("map"), AnyValue::from_iter([("a", true)])),
        (Key::new("bytes"), AnyValue::from(&b"x"[..])),
        (Key::new("exception.type"), AnyValue::from("Declined")),
        (Key::new("exception.message"), AnyValue::from("no cover")),
    ]);
    tracer(&telemetry).in_span("pay", |_| logger.emit(record));
    let lines = lines(&telemetry);
    let record = named(&lines, "card {refused}");
    assert_eq!((&record["level"], &record["logger"]), (&json!("WARN"), &json!("shop.cart")));
    assert_eq!(record["timestamp"], "1970-01-01T00:00:10.000001Z");
    assert_eq!(record["event"], "card.refused");
    assert_eq!(
        (&record["card"], &record["list"], &record["map"]),
        (&json!(7), &json!([1, 2]), &json!({"a": true}))
    );
    assert_eq!(record["error"], json!({"type": "Declined", "message": "no cover"}));
    assert_eq!(record["span_id"], named(&lines, "pay")["span_id"]);
}

#[test]
fn what_is_not_said_has_a_default() {
    let telemetry = telemetry();
    let logger = LoggerProvider::new(&telemetry).logger("shop.scope");
    let mut record = logger.create_log_record();
    record.set_body(AnyValue::from_iter([("order", 1)]));
    record.set_trace_context(TraceId::from(5_u128), SpanId::from(6_u64), None);
    logger.emit(record);
    let mut record = logger.create_log_record();
    record.set_severity_text("error");
    record.set_body("by name".into());
    logger.emit(record);
    let lines = lines(&telemetry);
    assert_eq!((&lines[0]["level"], &lines[0]["message"]), (&json!("INFO"), &json!("")));
    assert_eq!((&lines[0]["logger"], &lines[0]["body"]), (&json!("shop.scope"), &json!({"order": 1})));
    assert_eq!(lines[0]["trace_id"], "00000000000000000000000000000005");
    assert_eq!(lines[0]["span_id"], "0000000000000006");
    assert_eq!(named(&lines, "by name")["level"], "ERROR");
}

#[test]
fn what_is_filtered_or_suppressed_is_not_recorded() {
    let telemetry = telemetry();
    let logger = LoggerProvider::new(&telemetry).logger("shop");
    assert!(logger.event_enabled(Severity::Info, "shop::cart", None));
    assert!(!logger.event_enabled(Severity::Debug, "", None));
    let emit = |severity| {
        let mut record = logger.create_log_record();
        record.set_severity_number(severity);
        logger.emit(record);
    };
    emit(Severity::Debug);
    let quiet = Context::enter_telemetry_suppressed_scope();
    assert!(!logger.event_enabled(Severity::Fatal, "", None));
    emit(Severity::Fatal);
    drop(quiet);
    assert!(lines(&telemetry).is_empty());
}
