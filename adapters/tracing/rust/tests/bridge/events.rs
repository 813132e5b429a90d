//! Events, and records of `log`, as log records.

use super::{named, traced};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Once;
use tracing::{debug, error, info, info_span, trace, warn};

#[derive(Debug)]
struct Outer(std::num::ParseIntError);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no number")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_event_is_a_record_with_the_ids_of_its_span() {
    let lines = traced(|_| {
        let _entered = info_span!("checkout").entered();
        info!(target: "shop::cart", order_id = 42, city = "Ulm", "order {} placed, {{braces}} stay", 42);
        info!("outside of nothing");
    });
    let (record, span) = (&lines[0], named(&lines, "checkout"));
    assert_eq!(record["message"], "order 42 placed, {braces} stay");
    assert_eq!((&record["level"], &record["logger"]), (&json!("INFO"), &json!("shop.cart")));
    assert_eq!((&record["order_id"], &record["city"]), (&json!(42), &json!("Ulm")));
    assert_eq!(record["span_id"], span["span_id"]);
    assert_eq!(record["trace_id"], span["trace_id"]);
    assert_eq!((&record["template"], &record["event"]), (&Value::Null, &Value::Null));
    assert_eq!(named(&lines, "outside of nothing")["logger"], "bridge.events");
}

#[test]
fn levels_are_severities() {
    let lines = traced(|_| {
        trace!("a");
        debug!("b");
        info!("c");
        warn!("d");
        error!("e");
    });
    let levels: Vec<&Value> = lines.iter().map(|line| &line["level"]).collect();
    assert_eq!(levels, ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]);
}

#[test]
fn an_error_is_told_with_its_causes_and_fails_nothing_below_error() {
    let lines = traced(|_| {
        let error = Outer("x".parse::<i32>().unwrap_err());
        let error: &(dyn std::error::Error + 'static) = &error;
        let _entered = info_span!("import").entered();
        warn!(cause = error, second = error, "line skipped");
    });
    let record = named(&lines, "line skipped");
    assert_eq!(record["error"]["message"], "no number");
    assert_eq!(record["error"]["cause"]["message"], "invalid digit found in string");
    assert_eq!(record["second"], "no number");
    assert_eq!(named(&lines, "import")["status"], "unset");
}

#[test]
fn a_name_of_its_own_is_the_event() {
    let lines = traced(|_| info!(name: "order.placed", order_id = 1, "placed"));
    assert_eq!(lines[0]["event"], "order.placed");
}

#[test]
fn records_of_log_are_records_too() {
    static BRIDGED: Once = Once::new();
    BRIDGED.call_once(|| tracing_log::LogTracer::init().unwrap());
    let lines = traced(|_| {
        let _entered = info_span!("checkout").entered();
        log::warn!(target: "shop::old", "card {} refused", 7);
    });
    let record = named(&lines, "card 7 refused");
    assert_eq!((&record["level"], &record["logger"]), (&json!("WARN"), &json!("shop.old")));
    assert_eq!(record["span_id"], named(&lines, "checkout")["span_id"]);
    let told = record.as_object().unwrap().keys().filter(|key| key.starts_with("log"));
    assert_eq!(told.collect::<Vec<_>>(), ["logger"]);
}
