//! OTLP over HTTP: what a collector gets, and what becomes of what it says.

use crate::server::{Answer, Request, Server};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};
use std::time::Duration;
use vigie_core::{Config, Environment, InstrumentOptions, SpanStart, Telemetry};

const LONG: Duration = Duration::from_secs(60);

fn telemetry(outputs: &Value, variables: &[(&str, &str)]) -> Telemetry {
    let document = json!({"service": "shop", "outputs": outputs});
    let environment = Environment::from_pairs(variables.iter().copied());
    Telemetry::new(Config::from_json(&document.to_string()).variables(environment)).unwrap()
}

fn record(telemetry: &Telemetry, count: usize) {
    for n in 0..count {
        telemetry.logger("cart").info("n is {n}").attr("n", n as i64).emit();
        telemetry.start_span("s", SpanStart { scope: "cart", ..SpanStart::default() }).end(None);
    }
    let counter = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    counter.add(count as i64, |_| {});
}

fn at<'r>(requests: &'r [Request], path: &str) -> Vec<&'r Request> {
    requests.iter().filter(|request| request.path == path).collect()
}

fn outputs(telemetry: &Telemetry) -> Vec<Value> {
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    stats["outputs"].as_array().unwrap().clone()
}

#[test]
fn each_signal_arrives_at_its_path_in_its_own_requests() {
    let server = Server::new(|_, _| Answer::ok());
    let telemetry = telemetry(&json!([{"to": "otlp", "url": server.url("/")}]), &[]);
    record(&telemetry, 1_000);
    assert!(telemetry.flush(LONG));
    let seen = server.seen();
    let (mut logs, mut spans, mut points) = (0, 0, 0);
    for request in &seen {
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
        let body = &request.body[..];
        match request.path.as_str() {
            "/v1/logs" => {
                let got = ExportLogsServiceRequest::decode(body).unwrap();
                logs += got
                    .resource_logs
                    .iter()
                    .flat_map(|r| &r.scope_logs)
                    .map(|s| s.log_records.len())
                    .sum::<usize>();
            }
            "/v1/traces" => {
                let got = ExportTraceServiceRequest::decode(body).unwrap();
                spans += got
                    .resource_spans
                    .iter()
                    .flat_map(|r| &r.scope_spans)
                    .map(|s| s.spans.len())
                    .sum::<usize>();
            }
            "/v1/metrics" => {
                let got = ExportMetricsServiceRequest::decode(body).unwrap();
                points += got
                    .resource_metrics
                    .iter()
                    .flat_map(|r| &r.scope_metrics)
                    .map(|s| s.metrics.len())
                    .sum::<usize>();
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!((logs, spans, points), (1_000, 1_000, 1));
    let names: Vec<_> = outputs(&telemetry).iter().map(|books| books["name"].clone()).collect();
    assert_eq!(names, ["otlp:logs", "otlp:spans", "otlp:metrics"]);
    assert!(outputs(&telemetry).iter().all(|books| books["accepted"] == books["delivered"]));
}

#[test]
fn a_partial_success_is_counted_by_the_number_that_the_collector_says() {
    // partial_success { rejected: 3, error_message: "no" }
    let server = Server::new(|_, _| Answer::Reply(200, "", b"\x0a\x06\x08\x03\x12\x02no".to_vec()));
    let telemetry = telemetry(&json!([{"to": "otlp", "url": server.url(""), "signals": ["spans"]}]), &[]);
    record(&telemetry, 100);
    assert!(!telemetry.flush(LONG));
    let books = outputs(&telemetry).remove(0);
    assert_eq!((&books["delivered"], &books["dropped"]), (&json!(97), &json!({"rejected": 3})));
    assert!(books["last_error"].as_str().unwrap().contains("refuses 3 spans: no"), "{books}");
    assert_eq!(server.seen().len(), 1, "nothing is sent again");
}

#[test]
fn one_signal_that_is_refused_holds_up_no_other() {
    let server = Server::new(|_, request| match request.path.as_str() {
        "/v1/traces" => Answer::status(503),
        _ => Answer::ok(),
    });
    let telemetry = telemetry(&json!([{"to": "otlp", "url": server.url("")}]), &[]);
    record(&telemetry, 10);
    assert!(!telemetry.flush(Duration::from_secs(3)));
    let delivered: Vec<_> = outputs(&telemetry).iter().map(|books| books["delivered"].clone()).collect();
    assert_eq!(delivered, [10, 0, 1]);
}

#[test]
fn json_is_what_the_settings_ask_for() {
    let server = Server::new(|_, _| Answer::Reply(200, "", b"{\"partialSuccess\":{}}".to_vec()));
    let output = json!({"to": "otlp", "url": server.url(""), "protocol": "json", "compression": "gzip",
        "signals": ["logs"]});
    let telemetry = telemetry(&json!([output]), &[]);
    record(&telemetry, 1);
    assert!(telemetry.flush(LONG));
    let request = &server.seen()[0];
    assert_eq!(request.headers["content-type"], "application/json");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"]["stringValue"], "n is 0");
}

#[test]
fn variables_fill_what_the_settings_leave_open_and_those_of_a_signal_come_first() {
    let (general, own) = (Server::new(|_, _| Answer::ok()), Server::new(|_, _| Answer::ok()));
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*general.url("/base/")),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &own.url("/own")),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x=y"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "api-key=logs"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
    ];
    let telemetry = telemetry(&json!([{"to": "otlp", "signals": ["logs", "spans"]}]), &variables);
    record(&telemetry, 3);
    assert!(telemetry.flush(LONG));
    let (general, own) = (general.seen(), own.seen());
    assert_eq!((at(&general, "/base/v1/logs").len(), at(&own, "/own").len()), (1, 1));
    assert_eq!(general.len() + own.len(), 2);
    assert_eq!((&*general[0].headers["api-key"], &*own[0].headers["api-key"]), ("logs", "a b"));
    assert!(general.iter().chain(&own).all(|request| request.headers["content-encoding"] == "gzip"));
}

#[test]
fn an_endpoint_in_the_environment_is_an_output_where_none_is_configured() {
    let server = Server::new(|_, _| Answer::ok());
    let url = server.url("");
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*url), ("OTEL_METRICS_EXPORTER", "none")];
    let environment = Environment::from_pairs(variables);
    let telemetry = Telemetry::new(Config::from_json(r#"{"service":"s"}"#).variables(environment)).unwrap();
    record(&telemetry, 2);
    assert!(telemetry.flush(LONG));
    let paths: Vec<_> = server.seen().iter().map(|request| request.path.clone()).collect();
    assert!(paths.contains(&"/v1/logs".to_owned()) && paths.contains(&"/v1/traces".to_owned()), "{paths:?}");
    assert!(!paths.contains(&"/v1/metrics".to_owned()));
    let kinds: Vec<_> = outputs(&telemetry).iter().map(|books| books["to"].clone()).collect();
    assert_eq!(kinds, ["console", "otlp", "otlp"], "the console stays");
}

#[test]
fn mistakes_in_variables_are_named_and_their_values_are_not() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "soon"),
    ];
    let environment = Environment::from_pairs(variables);
    let config = Config::from_json(r#"{"service":"s","outputs":[{"to":"otlp"}]}"#).variables(environment);
    let error = Telemetry::new(config).unwrap_err().to_string();
    for (name, value) in variables {
        assert!(error.contains(name) && !error.contains(value) || value == "grpc", "{name}: {error}");
    }
}
