//! Requests: what a process says of itself, and what stands around the records.

use super::canonical;
use super::far::Far;
use serde_json::{Value, json};
use vigie_core::SpanStart;
use vigie_core::extend::Signal;

fn both(far: &Far, signal: Signal) -> Value {
    canonical::of_protobuf(signal, &far.take_bodies(signal)[0])
}

#[test]
fn the_resource_is_what_the_process_says_of_itself() {
    let more = json!({"version": "1.4.2", "environment": "prod \"eu\"", "testing": {"host": "h", "pid": 17}});
    let far = Far::with("resource", more);
    far.telemetry.logger("a").info("x").emit();
    far.telemetry.start_span("s", SpanStart::default()).end(None);
    for (signal, name) in [(Signal::Logs, "resourceLogs"), (Signal::Spans, "resourceSpans")] {
        let request = both(&far, signal);
        assert_eq!(request[name][0]["schemaUrl"], "https://opentelemetry.io/schemas/1.37.0");
        let attributes = request[name][0]["resource"]["attributes"].as_array().unwrap();
        let found: Vec<(&str, &Value)> =
            attributes.iter().map(|one| (one["key"].as_str().unwrap(), &one["value"])).collect();
        let text = |text: &str| json!({ "stringValue": text });
        let expected = [
            ("service.name", text("shop")),
            ("service.version", text("1.4.2")),
            ("deployment.environment.name", text("prod \"eu\"")),
            ("host.name", text("h")),
            ("telemetry.sdk.name", text("vigie")),
            ("telemetry.sdk.language", text("rust")),
            ("telemetry.sdk.version", text(env!("CARGO_PKG_VERSION"))),
            ("process.pid", json!({"intValue": "17"})),
        ];
        assert_eq!(found, expected.each_ref().map(|(key, value)| (*key, value)));
    }
}

#[test]
fn json_says_what_the_specification_says() {
    let far = Far::with(
        "letter",
        json!({"enrich": [],
            "testing": {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1}}),
    );
    far.telemetry.logger("a").info("x").attr("n", 200).attr("f", f64::NAN).attr("none", ()).emit();
    let body: Value = serde_json::from_slice(&far.take_bodies(Signal::Logs)[1]).unwrap();
    let record = &body["resourceLogs"][0]["scopeLogs"][0];
    assert_eq!(
        *record,
        json!({"scope": {"name": "a"}, "logRecords": [{
            "timeUnixNano": "1767323045000000000",
            "observedTimeUnixNano": "1767323045000000000",
            "severityNumber": 9,
            "severityText": "INFO",
            "body": {"stringValue": "x"},
            "attributes": [
                {"key": "n", "value": {"intValue": "200"}},
                {"key": "f", "value": {"doubleValue": "NaN"}},
                {"key": "none", "value": {}},
            ],
        }]})
    );
    far.telemetry.start_span("s", SpanStart::default()).end(None);
    let body: Value = serde_json::from_slice(&far.take_bodies(Signal::Spans)[1]).unwrap();
    assert_eq!(
        body["resourceSpans"][0]["scopeSpans"],
        json!([{"spans": [{
            "traceId": "00000000000000000000000000000001",
            "spanId": "0000000000000002",
            "flags": 257,
            "name": "s",
            "kind": 1,
            "startTimeUnixNano": "1767323045001000000",
            "endTimeUnixNano": "1767323045002000000",
        }]}])
    );
}

#[test]
fn pieces_that_are_none_are_left_out() {
    let far = Far::new("torn");
    far.telemetry.logger("a").info("x").emit();
    for (encoding, pieces) in far.take_pieces(Signal::Logs) {
        let whole = far.body(encoding, Signal::Logs, &pieces);
        let torn = [vec![], pieces[0].clone()];
        assert_eq!(far.body(encoding, Signal::Logs, &torn), whole);
    }
}
