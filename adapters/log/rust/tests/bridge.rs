//! Records of `log` on a Vigie that keeps its lines in memory.

// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use log::{Level, LevelFilter, Log, Metadata, debug, error, info, trace, warn};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;
use vigie_core::{Config, SpanStart, Telemetry};
use vigie_log::{VigieLog, follow_levels};

fn telemetry(more: Value) -> Telemetry {
    let mut document = json!({"service": "shop", "outputs": [{"to": "memory"}], "level": "trace",
        "testing": {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 1}});
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Telemetry::new(Config::from_json(&document.to_string())).unwrap()
}

/// The lines of what `work` logs.
fn logged(telemetry: &Telemetry, logger: &VigieLog, work: impl FnOnce(&VigieLog)) -> Vec<Value> {
    log::set_max_level(LevelFilter::Trace);
    work(logger);
    assert!(telemetry.flush(Duration::from_secs(5)));
    telemetry.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(work: impl FnOnce(&VigieLog)) -> Vec<Value> {
    let telemetry = telemetry(json!({}));
    logged(&telemetry, &VigieLog::new(&telemetry), work)
}

#[test]
fn a_record_has_its_level_target_and_message() {
    let lines = lines(|logger| {
        error!(logger: logger, target: "shop::cart", "e");
        warn!(logger: logger, target: "shop::cart", "w {}", 1);
        info!(logger: logger, target: "shop::cart", "{{n}} {}", "{n}");
        debug!(logger: logger, target: "a", "d");
        trace!(logger: logger, target: "", "t");
    });
    let told = |key: &str| lines.iter().map(|line| line[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("level"), ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"]);
    assert_eq!(told("message"), ["e", "w 1", "{n} {n}", "d", "t"]);
    assert_eq!(
        told("logger"),
        [json!("shop.cart"), json!("shop.cart"), json!("shop.cart"), json!("a"), Value::Null]
    );
    assert!(lines.iter().all(|line| line["template"].is_null() && line["code.file.path"].is_null()));
}

#[test]
fn key_values_are_attributes_with_their_types() {
    let lines = lines(|logger| {
        info!(logger: logger, count = 7_u8, big = u64::MAX, huge = i128::MIN, ratio = 0.5, yes = true, letter = 'x',
            name = "ann", shown:% = format_args!("{}", 1), debugged:? = Some(1), level = 3, message = "m"; "hi");
    });
    let line = &lines[0];
    assert_eq!((&line["count"], &line["ratio"], &line["yes"]), (&json!(7), &json!(0.5), &json!(true)));
    assert_eq!(line["big"], json!(u64::MAX.to_string()));
    assert_eq!(line["huge"], json!(i128::MIN.to_string()));
    assert_eq!((&line["letter"], &line["name"]), (&json!("x"), &json!("ann")));
    assert_eq!((&line["shown"], &line["debugged"]), (&json!("1"), &json!("Some(1)")));
    assert_eq!((&line["level_"], &line["message_"]), (&json!(3), &json!("m")));
    assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("hi")));
}

#[derive(Debug)]
struct Outer(std::io::Error);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("checkout failed")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_error_among_them_is_the_records_error() {
    let failure = Outer(std::io::Error::other("no stock"));
    let lines = lines(|logger| {
        error!(logger: logger, cause:err = failure, second:err = failure, n = 1; "m");
        error!(logger: logger, error = "a text", err = "another"; "m");
        error!(logger: logger, error = 7; "m");
    });
    assert_eq!(lines[0]["error"]["message"], "checkout failed");
    assert_eq!(lines[0]["error"]["cause"]["message"], "no stock");
    assert_eq!((&lines[0]["second"], &lines[0]["n"]), (&json!("checkout failed"), &json!(1)));
    assert_eq!((&lines[1]["error"]["message"], &lines[1]["err"]), (&json!("a text"), &json!("another")));
    assert_eq!(lines[2]["error_"], 7, "a number is no error");
}

#[test]
fn records_belong_to_the_current_context() {
    let telemetry = telemetry(json!({}));
    let span = telemetry.start_span("s", SpanStart::default());
    let lines = logged(&telemetry, &VigieLog::new(&telemetry), |logger| {
        let entered = span.context().clone().enter();
        info!(logger: logger, "inside");
        drop(entered);
        info!(logger: logger, "outside");
    });
    assert!(lines[0]["span_id"].is_string() && lines[0]["trace_id"].is_string(), "{}", lines[0]);
    assert!(lines[1]["span_id"].is_null(), "{}", lines[1]);
}

#[test]
fn the_place_in_the_program_is_told_on_demand() {
    let telemetry = telemetry(json!({}));
    let lines =
        logged(&telemetry, &VigieLog::new(&telemetry).with_location(), |logger| info!(logger: logger, "m"));
    assert!(lines[0]["code.file.path"].as_str().unwrap().ends_with("bridge.rs"), "{}", lines[0]);
    assert!(lines[0]["code.line.number"].is_u64() && lines[0]["code.namespace"].is_string(), "{}", lines[0]);
}

struct Hostile;

impl fmt::Display for Hostile {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("shown")
    }
}

#[test]
fn what_a_value_throws_is_not_thrown_at_the_program() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let lines = lines(|logger| {
        info!(logger: logger, n = 1, bad:% = Hostile, m = 2; "a");
        info!(logger: logger, "before {}", Hostile);
        info!(logger: logger, "last");
    });
    std::panic::set_hook(hook);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(
        (&lines[0]["n"], &lines[0]["m"], &lines[1]["message"]),
        (&json!(1), &json!(2), &json!("before "))
    );
}

/// A value that logs while it is shown.
struct Telling<'l>(&'l VigieLog);

impl fmt::Display for Telling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(logger: self.0, "inner {}", 1);
        f.write_str("shown")
    }
}

#[test]
fn a_value_may_log_while_it_is_shown() {
    let lines = lines(|logger| info!(logger: logger, value:% = Telling(logger); "outer {}", Telling(logger)));
    let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["inner 1", "inner 1", "outer shown"]);
    assert_eq!(lines[2]["value"], "shown");
}

#[test]
fn levels_are_those_of_the_settings() {
    let telemetry = telemetry(json!({"level": "warn", "levels": {"shop": "debug", "off": "fatal"}}));
    let logger = VigieLog::new(&telemetry);
    let asked =
        |level, target: &str| logger.enabled(&Metadata::builder().level(level).target(target).build());
    assert!(asked(Level::Debug, "shop::cart") && !asked(Level::Trace, "shop::cart"));
    assert!(asked(Level::Warn, "other") && !asked(Level::Info, "other") && !asked(Level::Error, "off::x"));
    let lines = logged(&telemetry, &logger, |logger| {
        debug!(logger: logger, target: "shop::cart", "in");
        info!(logger: logger, target: "other", "out");
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    // It is set for the whole process: the other tests ask for the finest whenever they log.
    follow_levels(&telemetry);
    let finest = log::max_level();
    log::set_max_level(LevelFilter::Trace);
    assert!(finest >= LevelFilter::Debug, "{finest}");
}
