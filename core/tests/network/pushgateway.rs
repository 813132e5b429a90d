//! A Pushgateway: what a push is, and what becomes of one that is not taken.

use crate::server::{Answer, Request, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

const LONG: Duration = Duration::from_secs(60);

fn telemetry(output: &Value, every: &str) -> Telemetry {
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output]));
    Telemetry::new(config.set("metrics", json!({"every": every}))).unwrap()
}

fn add(telemetry: &Telemetry, amount: i64) {
    telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap().add(amount, |_| {});
}

fn books(telemetry: &Telemetry) -> Value {
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    stats["outputs"][0].clone()
}

fn bodies(seen: &[Request]) -> Vec<String> {
    seen.iter().map(|request| String::from_utf8(request.body.clone()).unwrap()).collect()
}

#[test]
fn each_push_is_the_whole_exposition() {
    let server = Server::new(|_, _| Answer::ok());
    let grouping = json!({"region": "eu west", "path": "/var/tmp", "instance": ""});
    let output = json!({"to": "pushgateway", "url": server.url("/gate/"), "job": "nightly/1", "grouping": grouping,
                        "compression": "gzip", "headers": {"Authorization": "Bearer t0"}});
    let telemetry = telemetry(&output, "1h");
    assert!(telemetry.flush(LONG));
    assert!(server.seen().is_empty(), "nothing was measured yet");
    add(&telemetry, 1);
    assert!(telemetry.flush(LONG));
    add(&telemetry, 2);
    assert!(telemetry.shutdown(LONG));
    let seen = server.seen();
    assert_eq!(
        bodies(&seen),
        ["# TYPE orders_total counter\norders_total 1\n", "# TYPE orders_total counter\norders_total 3\n"]
    );
    for request in &seen {
        assert_eq!(request.method, "PUT");
        assert_eq!(
            request.path,
            "/gate/metrics/job@base64/bmlnaHRseS8x/instance@base64/=/path@base64/L3Zhci90bXA=/region/eu%20west"
        );
        assert_eq!(request.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        assert_eq!(request.headers["authorization"], "Bearer t0");
    }
    assert_eq!(books(&telemetry)["delivered"], 2);
}

#[test]
fn the_job_is_the_service_and_a_push_may_leave_other_names_alone() {
    let server = Server::new(|_, _| Answer::status(202));
    let output = json!({"to": "pushgateway", "url": server.url(""), "method": "post"});
    let telemetry = telemetry(&output, "1h");
    add(&telemetry, 1);
    assert!(telemetry.flush(LONG));
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/metrics/job/shop"));
}

#[test]
fn it_pushes_at_the_interval_of_the_metrics() {
    let server = Server::new(|_, _| Answer::ok());
    let telemetry = telemetry(&json!({"to": "pushgateway", "url": server.url("")}), "20ms");
    add(&telemetry, 1);
    let start = Instant::now();
    while server.seen().len() < 3 {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", server.seen().len());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn many_series_are_one_request_however_large() {
    let server = Server::new(|_, _| Answer::ok());
    let output = json!([{"to": "pushgateway", "url": server.url("")}]);
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", output);
    let config =
        config.set("limits", json!({"series_per_instrument": 5000})).set("metrics", json!({"every": "1h"}));
    let telemetry = Telemetry::new(config).unwrap();
    let counter = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    let long = "x".repeat(400);
    (0..5000_i64).for_each(|n| {
        counter.add(1, |w| {
            w.attr("n", n);
            w.attr("long", long.as_str());
        });
    });
    assert!(telemetry.flush(LONG));
    let bodies = bodies(&server.seen());
    assert_eq!(bodies.len(), 1);
    assert!(bodies[0].len() > 2_000_000 && bodies[0].lines().count() == 5_001, "{}", bodies[0].len());
    assert_eq!(books(&telemetry)["delivered"], 5_000);
}

#[test]
fn a_push_that_is_refused_is_lost_whole_and_said() {
    for (status, reason) in [(413, "too_large"), (400, "rejected"), (500, "rejected")] {
        let server = Server::new(move |_, _| Answer::Reply(status, "", b"inconsistent help".to_vec()));
        let telemetry = telemetry(&json!({"to": "pushgateway", "url": server.url("")}), "1h");
        let gauge = telemetry.meter().gauge("depth", InstrumentOptions::default()).unwrap();
        (0..3_i64).for_each(|n| gauge.set(n, |w| w.attr("n", n)));
        assert!(!telemetry.flush(LONG));
        assert_eq!(server.seen().len(), 1, "{status}");
        let books = books(&telemetry);
        assert_eq!((&books["accepted"], &books["dropped"]), (&json!(3), &json!({reason: 3})));
        let said = books["last_error"].as_str().unwrap();
        assert!(said.contains(&format!("answers {status}: inconsistent help")), "{said}");
    }
}

#[test]
fn a_push_that_had_to_wait_shows_what_is_true_by_then() {
    let server = Server::new(|n, _| match n {
        0 => Answer::Reply(503, "retry-after: 1\r\n", Vec::new()),
        _ => Answer::ok(),
    });
    let telemetry = telemetry(&json!({"to": "pushgateway", "url": server.url("")}), "1h");
    add(&telemetry, 1);
    assert!(!telemetry.flush(Duration::from_millis(200)));
    add(&telemetry, 4);
    assert!(telemetry.flush(LONG));
    let bodies = bodies(&server.seen());
    assert!(bodies[0].ends_with("orders_total 1\n") && bodies[1].ends_with("orders_total 5\n"), "{bodies:?}");
    assert_eq!(books(&telemetry)["delivered"], 2);
}

#[test]
fn metrics_that_are_no_more_take_the_place_of_none() {
    let server = Server::new(|n, _| match n {
        0 => Answer::Reply(503, "retry-after: 1\r\n", Vec::new()),
        _ => Answer::ok(),
    });
    let telemetry = telemetry(&json!({"to": "pushgateway", "url": server.url("")}), "1h");
    add(&telemetry, 1);
    telemetry.flush(Duration::from_millis(200));
    drop(telemetry);
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(bodies(&server.seen()).iter().filter(|body| body.is_empty()).count(), 0);
}
