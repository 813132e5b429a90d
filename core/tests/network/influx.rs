//! InfluxDB over HTTP: what a server gets, and what becomes of what it says.

use crate::server::{Answer, Request, Server};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

const LONG: Duration = Duration::from_secs(60);

fn telemetry(output: &Value) -> Telemetry {
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output]));
    Telemetry::new(config.set("metrics", json!({"every": "1h"}))).unwrap()
}

fn measure(telemetry: &Telemetry, series: i64) {
    let counter = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    for n in 0..series {
        counter.add(n, |w| w.attr("n", n));
    }
}

fn books(telemetry: &Telemetry) -> Value {
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    stats["outputs"][0].clone()
}

#[test]
fn lines_are_posted_with_the_token_and_packed() {
    let server = Server::new(|_, _| Answer::status(204));
    let url = server.url("/api/v2/write?org=shop&bucket=metrics");
    let output = json!({"to": "influx", "url": url, "token": "t0", "compression": "gzip"});
    let telemetry = telemetry(&output);
    measure(&telemetry, 3);
    assert!(telemetry.flush(LONG));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].path, "/api/v2/write?org=shop&bucket=metrics&precision=ns");
    assert_eq!(seen[0].headers["authorization"], "Token t0");
    assert_eq!(seen[0].headers["content-type"], "text/plain; charset=utf-8");
    let body = String::from_utf8(seen[0].body.clone()).unwrap();
    assert_eq!(body.lines().count(), 3);
    assert!(
        body.lines().all(|line| line.starts_with("orders,") && line.contains(",service=shop value=")),
        "{body}"
    );
    assert_eq!(books(&telemetry)["delivered"], 3);
}

#[test]
fn a_line_that_the_server_cannot_read_costs_itself_only() {
    let server = Server::new(|_, request| {
        let body = String::from_utf8(request.body.clone()).unwrap();
        match body.lines().find(|line| line.contains(",n=2,")) {
            Some(bad) => {
                let answer =
                    json!({"code": "invalid", "message": format!("unable to parse '{bad}': no reason")});
                Answer::Reply(400, "", answer.to_string().into_bytes())
            }
            None => Answer::status(204),
        }
    });
    let telemetry = telemetry(&json!({"to": "influx", "url": server.url("/write?db=shop")}));
    measure(&telemetry, 4);
    assert!(!telemetry.flush(LONG), "one line is lost");
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(String::from_utf8(seen[1].body.clone()).unwrap().lines().count(), 3);
    let books = books(&telemetry);
    assert_eq!((&books["delivered"], &books["dropped"]), (&json!(3), &json!({"rejected": 1})));
}

#[test]
fn what_a_server_was_not_there_for_arrives_from_the_spool() {
    let folder = std::env::temp_dir().join(format!("vigie-influx-spool-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let is_up = Arc::new(AtomicBool::new(false));
    let up = Arc::clone(&is_up);
    let server = Server::new(move |_, _| Answer::status(if up.load(Ordering::SeqCst) { 204 } else { 503 }));
    let output = json!({"to": "influx", "url": server.url("/write?db=shop"), "spool": folder});
    let first = telemetry(&output);
    measure(&first, 5);
    first.flush(Duration::from_secs(1));
    assert_eq!(books(&first)["spooled"], 5);
    first.shutdown(Duration::from_secs(1));
    is_up.store(true, Ordering::SeqCst);
    let before = server.seen().len();
    let second = telemetry(&output);
    measure(&second, 1);
    assert!(second.flush(LONG));
    let start = Instant::now();
    let arrived = || {
        let seen = server.seen();
        let lines = |request: &Request| String::from_utf8(request.body.clone()).unwrap().lines().count();
        seen[before..].iter().map(lines).sum::<usize>()
    };
    while arrived() < 6 {
        assert!(start.elapsed() < Duration::from_secs(10), "{}", arrived());
        std::thread::sleep(Duration::from_millis(20));
    }
    second.shutdown(LONG);
    assert!(arrived() >= 6);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_was_written_in_part_is_not_sent_again() {
    for status in [400, 422] {
        let server = Server::new(move |_, _| {
            let answer = json!({"error": "partial write: field type conflict: input field dropped=2"});
            Answer::Reply(status, "", answer.to_string().into_bytes())
        });
        let telemetry = telemetry(&json!({"to": "influx", "url": server.url("/write?db=shop")}));
        measure(&telemetry, 5);
        assert!(!telemetry.flush(LONG));
        assert_eq!(server.seen().len(), 1);
        let books = books(&telemetry);
        assert_eq!((&books["delivered"], &books["dropped"]), (&json!(3), &json!({"rejected": 2})));
    }
}
