//! InfluxDB over HTTP: what a server gets, and what becomes of what it says.

use crate::server::{Answer, Server};
use serde_json::{Value, json};
use std::time::Duration;
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
