//! The public face end to end: what goes in through handles comes out as lines, and the books balance.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use std::time::Duration;
use vigie_core::{Config, Context, Environment, Severity, SpanKind, SpanStart, Status, Telemetry};

const TESTING: &str = r#"{"service":"shop","version":"1.4.2","environment":"prod","outputs":[{"to":"memory"}],
    "testing":{"clock":"2026-01-02T03:04:05Z","step":"1ms","ids":1,"host":"h","pid":1}}"#;

fn shop() -> Telemetry {
    Telemetry::new(Config::from_json(TESTING)).unwrap()
}

#[test]
fn the_first_line() {
    let t = shop();
    t.logger("shop.cart").info("order {order_id} placed").attr("order_id", 42).attr("amount", 9.5).emit();
    assert_eq!(
        t.memory_lines(),
        [concat!(
            r#"{"timestamp":"2026-01-02T03:04:05.000000Z","level":"INFO","message":"order 42 placed","logger":"shop.cart","#,
            r#""service":"shop","version":"1.4.2","environment":"prod","host":"h","pid":1,"#,
            r#""template":"order {order_id} placed","order_id":42,"amount":9.5}"#
        )]
    );
}

#[test]
fn spans_nest_and_logs_correlate() {
    let t = shop();
    let context = t.context_with(&Context::root(), |w| {
        w.key("user_id");
        w.str("u-7");
        w.key("shop");
        w.str("eu");
    });
    let mut root = t.start_span(
        "checkout",
        SpanStart { kind: SpanKind::Server, parent: Some(&context), ..SpanStart::default() },
    );
    root.attributes(|w| w.key("order_id"));
    root.attributes(|w| {
        w.key("order_id");
        w.int(42);
    });
    let mut child = t.start_span("pay", SpanStart { parent: Some(root.context()), ..SpanStart::default() });
    t.logger("shop").warn("slow").context(child.context()).emit();
    child.set_status(Status::Error, Some("declined"));
    assert!(child.end(None));
    assert!(!child.end(None));
    root.end(None);
    let lines: Vec<Value> = t.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["trace_id"], "00000000000000000000000000000001");
    assert_eq!(lines[0]["span_id"], "0000000000000003");
    assert_eq!(lines[0]["user_id"], "u-7");
    assert_eq!(lines[0]["shop"], "eu");
    assert_eq!(lines[1]["name"], "pay");
    assert_eq!(lines[1]["parent_span_id"], "0000000000000002");
    assert_eq!(lines[1]["status_message"], "declined");
    assert_eq!(lines[1]["duration_ns"], 2_000_000);
    assert_eq!(lines[2]["attributes"]["order_id"], 42);
    assert_eq!(lines[2]["span_kind"], "server");
    assert_eq!(lines[2]["user_id"], "u-7");
    assert!(lines[2].get("shop").is_none());
}

#[test]
fn a_second_init_is_a_no_op_or_an_error_and_shutdown_opens_the_way_anew() {
    let t = shop();
    let environment = Environment::empty();
    t.init(Some(TESTING), &environment).unwrap();
    let other = TESTING.replace("1.4.2", "2");
    let error = t.init(Some(&other), &environment).unwrap_err();
    assert!(error.to_string().contains("version"), "{error}");
    t.reconfigure(&other, &environment).unwrap();
    assert!(t.shutdown(Duration::from_secs(1)));
    t.logger("late").info("dropped").emit();
    assert!(t.stats_json().contains(r#""dropped":{"shutdown":1}"#), "{}", t.stats_json());
    t.init(Some(TESTING), &environment).unwrap();
    t.logger("again").info("kept").emit();
    assert_eq!(t.memory_lines().len(), 1);
    assert!(t.memory_lines()[0].contains("03:04:05.000000Z"), "the clock begins anew");
}

#[test]
fn levels_by_logger_name() {
    let config = r#"{"service":"s","level":"warn","levels":{"shop.cart":"debug"},"outputs":[{"to":"null"}]}"#;
    let t = Telemetry::new(Config::from_json(config)).unwrap();
    let before = t.logger("shop.cart.item");
    assert!(before.enabled(Severity::DEBUG));
    assert!(!before.enabled(Severity::TRACE));
    assert!(!t.logger("shop").enabled(Severity::INFO));
    assert!(!t.logger("shop.cartoon").enabled(Severity::INFO));
    let louder = r#"{"service":"s","level":"trace","outputs":[{"to":"null"}]}"#;
    t.reconfigure(louder, &Environment::empty()).unwrap();
    assert!(before.enabled(Severity::TRACE), "existing loggers follow");
}

#[test]
fn metric_lines_on_demand_are_those_of_a_flush() {
    let t = shop();
    assert_eq!(t.metric_lines(), "");
    let options = vigie_core::InstrumentOptions { unit: "1".into(), ..Default::default() };
    let orders = t.meter().counter("orders_total", options).unwrap();
    orders.add(2, |writer| {
        writer.key("region");
        writer.str("eu");
    });
    orders.add(1, |_| ());
    let asked = t.metric_lines();
    assert!(t.flush(Duration::from_secs(1)));
    let pushed = t.memory_lines();
    assert_eq!(asked.lines().count(), 2);
    assert!(asked.ends_with("}\n"));
    let without_time = |line: &str| line.split_once(",\"kind\"").map(|(_, rest)| rest.to_owned()).unwrap();
    assert_eq!(
        asked.lines().map(without_time).collect::<Vec<_>>(),
        pushed.iter().map(|line| without_time(line.trim_end())).collect::<Vec<_>>()
    );
    assert!(
        asked.lines().any(|line| line.ends_with(r#""attributes":{"region":"eu"},"value":2}"#)),
        "{asked}"
    );
}

#[test]
fn captures_see_everything_and_go_away() {
    let t = Telemetry::new(Config::from_json(r#"{"service":"s","outputs":[{"to":"null"}]}"#)).unwrap();
    let log = t.logger("x");
    log.info("before").emit();
    let capture = t.capture();
    log.info("during").emit();
    t.start_span("s", SpanStart::default()).end(None);
    assert_eq!(capture.lines().len(), 2);
    drop(capture);
    log.info("after").emit();
    assert!(
        t.stats_json().contains(r#""accepted":3"#) || t.stats_json().contains(r#""accepted":4"#),
        "{}",
        t.stats_json()
    );
    assert!(!t.stats_json().contains("capture"));
}

#[test]
fn secrets_bound_before_init_are_masked_after_it() {
    let t = Telemetry::new(Config::from_json(r#"{"service":"s","outputs":[{"to":"memory"}]}"#)).unwrap();
    let log = t.logger("x").bind(|w| {
        w.key("iban");
        w.str("DE00");
    });
    t.reconfigure(
        r#"{"service":"s","outputs":[{"to":"memory"}],"redact":{"keys":["iban"]}}"#,
        &Environment::empty(),
    )
    .unwrap();
    log.info("pay").emit();
    assert!(t.memory_lines()[0].contains(r#""iban":"[redacted]""#));
}

#[test]
fn a_burst_into_a_file_loses_nothing() {
    let path = std::env::temp_dir().join(format!("vigie-burst-{}.jsonl", std::process::id()));
    let t =
        Telemetry::new(Config::new("burst").output(serde_json::json!({"to": "file", "path": path}))).unwrap();
    let log = t.logger("burst");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..25_000).for_each(|n| log.info("line").attr("n", n).emit()));
        }
    });
    assert!(t.flush(Duration::from_secs(5)));
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 100_000);
    assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn what_a_host_left_out_of_a_span_is_counted_and_not_replayed() {
    let t = shop();
    let mut span = t.start_span("checkout", SpanStart::default());
    span.add_event("kept", Some(0), |_| {});
    span.add_dropped(2, 3);
    span.add_dropped(1, 0);
    span.end(None);
    let line: Value = serde_json::from_str(&t.memory_lines()[0]).unwrap();
    assert_eq!(line["events"].as_array().unwrap().len(), 1);
    assert_eq!(line["dropped"], serde_json::json!({"events": 3, "links": 3}), "{line}");
    let stats: Value = serde_json::from_str(&t.stats_json()).unwrap();
    assert_eq!(stats["span_items_dropped"], 6, "{stats}");
    let void = Telemetry::new(Config::from_json(r#"{"disabled":true}"#)).unwrap();
    let mut unrecorded = void.start_span("checkout", SpanStart::default());
    unrecorded.add_dropped(1, 1);
    assert!(!unrecorded.end(None));
}
