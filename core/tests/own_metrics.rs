//! Metrics of Vigie itself: the books of the outputs, by every way that metrics go, and only where they are asked for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![cfg(unix)]

use serde_json::{Value, json};
use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

const LONG: Duration = Duration::from_secs(60);

fn telemetry(document: &Value) -> Telemetry {
    Telemetry::new(Config::from_json(&document.to_string()).variables(Environment::empty())).unwrap()
}

fn asked(outputs: &Value) -> Value {
    json!({"service": "shop", "metrics": {"self": true, "every": "1h"}, "outputs": outputs})
}

/// The value of a sample in the exposition.
fn sample(telemetry: &Telemetry, name: &str) -> Option<f64> {
    let text = telemetry.metrics_text(false);
    let line = text.lines().find(|line| line.starts_with(&format!("{name} ")))?;
    Some(line[name.len() + 1..].parse().unwrap())
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("own_metrics").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn nobody_gets_them_who_did_not_ask() {
    let telemetry = telemetry(&json!({"service": "shop", "outputs": [{"to": "memory"}]}));
    telemetry.logger("shop").info("m").emit();
    telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap().add(1, |_| ());
    assert!(telemetry.flush(LONG));
    assert!(!telemetry.metrics_text(false).contains("vigie"));
    assert!(!telemetry.memory_lines().concat().contains("vigie"));
    assert!(!telemetry.metric_lines().contains("vigie"));
}

#[test]
fn every_way_that_metrics_go_has_them() {
    let folder = folder("ways");
    let (statsd, influx) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let at = |socket: &UdpSocket| socket.local_addr().unwrap().to_string();
    let telemetry = telemetry(&asked(&json!([
        {"to": "memory"},
        {"to": "file", "path": folder.join("otlp.jsonl"), "format": "otlp-json"},
        {"to": "statsd", "address": at(&statsd), "dialect": "dogstatsd"},
        {"to": "influx", "url": format!("udp://{}", at(&influx))},
    ])));
    telemetry.logger("shop").info("m").emit();
    assert!(telemetry.flush(LONG));
    let received = |socket: &UdpSocket| {
        socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut bytes = vec![0; 65_536];
        let datagrams = std::iter::from_fn(|| {
            let length = socket.recv(&mut bytes).ok()?;
            Some(String::from_utf8_lossy(&bytes[..length]).into_owned() + "\n")
        });
        datagrams.collect::<String>()
    };
    let lines = telemetry.memory_lines().join("\n");
    assert!(
        lines.contains(r#""name":"vigie.output.accepted","service":"shop""#)
            && lines.contains(r#""unit":"{record}""#),
        "{lines}"
    );
    let otlp = std::fs::read_to_string(folder.join("otlp.jsonl")).unwrap();
    assert!(otlp.contains(r#""name":"vigie.output.accepted""#), "{otlp}");
    let dogstatsd = received(&statsd);
    assert!(dogstatsd.contains("vigie.output.accepted:1|c|#service:shop,output:memory"), "{dogstatsd}");
    let points = received(&influx);
    assert!(
        points.lines().any(|line| line.starts_with("vigie.output.queued,") && line.contains("output=memory")),
        "{points}"
    );
    assert!(telemetry.metrics_text(true).contains("vigie_output_accepted_total{output=\"memory\"}"));
}

#[test]
fn they_are_written_where_nothing_else_is_measured() {
    let telemetry = telemetry(
        &json!({"service": "shop", "metrics": {"self": true, "every": "10ms"}, "outputs": [{"to": "memory"}]}),
    );
    telemetry.ensure();
    let began = Instant::now();
    while !telemetry.memory_lines().concat().contains("vigie.output.accepted") {
        assert!(began.elapsed() < LONG);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_is_lost_and_what_waits_is_told_with_its_output() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    let telemetry = telemetry(&asked(&json!([
        {"to": "file", "path": "/dev/full", "signals": ["logs"]},
        {"to": "http", "url": url, "signals": ["logs"]},
    ])));
    (0..3).for_each(|_| telemetry.logger("shop").info("m").emit());
    assert!(!telemetry.flush(Duration::from_millis(500)));
    let of = |name: &str, labels: &str| sample(&telemetry, &format!("vigie_output_{name}{{{labels}}}"));
    assert_eq!(of("dropped_total", r#"output="file:/dev/full",reason="io""#), Some(3.0));
    assert_eq!(
        of("dropped_total", r#"output="file:/dev/full",reason="full""#),
        Some(0.0),
        "it is there before its first loss"
    );
    assert_eq!(of("delivered_total", r#"output="file:/dev/full""#), Some(0.0));
    assert!(of("failed_attempts_total", r#"output="file:/dev/full""#) >= Some(1.0));
    let http = format!("output=\"http:{url}\"");
    // The record that tells of the losses may have joined them.
    assert!(of("queued", &http) >= Some(3.0));
    assert!(of("oldest_queued", &http) > Some(0.4));
    assert!(of("failed_attempts_total", &http) >= Some(1.0));
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    assert!(stats["outputs"][1]["failed_attempts"].as_u64() >= Some(1), "{stats}");
}

#[test]
fn what_a_spool_holds_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let spool = folder("spool").join("of shop");
    let output = json!({"to": "http", "url": format!("http://127.0.0.1:{port}/"), "signals": ["logs"], "spool": spool});
    let telemetry = telemetry(&asked(&json!([output])));
    (0..5).for_each(|_| telemetry.logger("shop").info("m").emit());
    assert!(telemetry.flush(LONG), "what is on the disk is safe");
    let labels = format!("{{output=\"http:http://127.0.0.1:{port}/\"}}");
    let of = |name: &str| sample(&telemetry, &format!("vigie_output_{name}{labels}"));
    assert_eq!((of("spooled"), of("delivered_total")), (Some(5.0), Some(0.0)));
    assert!(of("failed_attempts_total") >= Some(1.0), "those of the thread that sends count");
}

#[test]
fn counters_go_on_where_outputs_are_opened_anew() {
    let outputs = json!([{"to": "memory", "signals": ["logs"]}]);
    let telemetry = telemetry(&asked(&outputs));
    let accepted = || sample(&telemetry, "vigie_output_accepted_total{output=\"memory\"}");
    telemetry.logger("shop").info("one").emit();
    assert_eq!(accepted(), Some(1.0));
    // Told to nobody before the output is gone.
    telemetry.logger("shop").info("two").emit();
    let mut changed = asked(&outputs);
    changed["level"] = json!("debug");
    telemetry.reconfigure(&changed.to_string(), &Environment::empty()).unwrap();
    telemetry.logger("shop").debug("three").emit();
    assert_eq!(accepted(), Some(3.0));
}

#[test]
fn outputs_of_one_name_are_one_series() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    let output = json!({"to": "http", "url": url, "signals": ["logs"]});
    let telemetry = telemetry(&asked(&json!([output, output])));
    telemetry.logger("shop").info("m").emit();
    let of = |name: &str| sample(&telemetry, &format!("vigie_output_{name}{{output=\"http:{url}\"}}"));
    assert_eq!((of("accepted_total"), of("queued")), (Some(2.0), Some(2.0)));
}

#[test]
fn an_instrument_of_the_users_keeps_its_name() {
    let telemetry = telemetry(&asked(&json!([{"to": "memory", "signals": ["logs"]}])));
    let own = telemetry.meter().gauge("vigie.output.accepted", InstrumentOptions::default()).unwrap();
    own.set(7, |_| ());
    let text = telemetry.metrics_text(false);
    assert!(
        text.contains("vigie_output_accepted 7\n") && !text.contains("vigie_output_accepted_total"),
        "{text}"
    );
    assert!(text.contains("vigie_output_delivered_total"), "{text}");
}
