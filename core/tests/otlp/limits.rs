//! Records at their limits: what finds no room is counted, and no record is larger than it may be.

use super::far::Far;
use super::model::decoded_members;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use prost::Message;
use serde_json::json;
use vigie_core::extend::Signal;
use vigie_core::{ErrorInfo, Severity, SpanContext, SpanId, SpanStart, Status, TraceFlags, TraceId};

const LINE_BYTES: usize = 4096;

fn far(name: &'static str) -> Far {
    Far::with(name, json!({"limits": {"line_bytes": LINE_BYTES, "attributes": 40}}))
}

fn sizes(far: &Far, signal: Signal) -> Vec<usize> {
    far.take_pieces(signal).into_iter().flat_map(|(_, pieces)| pieces).map(|piece| piece.len()).collect()
}

#[test]
fn attributes_beyond_their_limit_are_counted_and_no_note_is_left() {
    let far = far("attributes");
    let logger = far.telemetry.logger("a");
    let mut log = logger.record(Severity::INFO).unwrap();
    (0..45).for_each(|i| log.attributes().attr(&format!("k{i}"), i));
    log.emit();
    let request = far.logs();
    let log = &request.resource_logs[0].scope_logs[0].log_records[0];
    assert_eq!((log.attributes.len(), log.dropped_attributes_count), (40, 5));
    let mut span = far.telemetry.start_span("s", SpanStart::default());
    (0..45).for_each(|i| span.attr(&format!("k{i}"), i));
    span.add_event("e", None, |w| (0..42).for_each(|i| w.attr(&format!("k{i}"), i)));
    span.end(None);
    let request = far.spans();
    let span = &request.resource_spans[0].scope_spans[0].spans[0];
    assert_eq!((span.attributes.len(), span.dropped_attributes_count), (40, 5));
    assert_eq!((span.events[0].attributes.len(), span.events[0].dropped_attributes_count), (40, 2));
}

#[test]
fn a_large_log_record_loses_attributes_and_counts_them() {
    let far = far("log_room");
    for message in ["short".to_owned(), "m\"".repeat(3_000)] {
        for logger in ["a".to_owned(), "l\n".repeat(2_000)] {
            let log = far.telemetry.logger(&logger);
            let mut record = log.record(Severity::ERROR).unwrap();
            record.message(&message);
            record.error(ErrorInfo {
                type_name: "T".to_owned(),
                stack: "s\n".repeat(400),
                ..ErrorInfo::default()
            });
            (0..39).for_each(|i| record.attributes().attr(&format!("k{i}"), "v\"".repeat(100)));
            record.emit();
        }
    }
    let [(encoding, pieces), _] = far.take_pieces(Signal::Logs);
    let request = ExportLogsServiceRequest::decode(&*far.body(encoding, Signal::Logs, &pieces)).unwrap();
    let mut records = 0;
    for log in request.resource_logs[0].scope_logs.iter().flat_map(|of_scope| &of_scope.log_records) {
        let kept = decoded_members(&log.attributes);
        assert!(kept.contains_key("exception.type"), "{kept:?}");
        assert!(log.dropped_attributes_count > 0);
        records += 1;
    }
    assert_eq!(records, 4);
}

#[test]
fn no_record_is_larger_than_a_line_may_be() {
    let far = far("sizes");
    for step in 0..120 {
        let logger = far.telemetry.logger("l");
        let mut log = logger.record(Severity::INFO).unwrap();
        let text = "x\u{7f}".repeat(step * 20);
        log.template("{k0} {k1}");
        log.attributes().attr("event", "e".repeat(1000));
        (0..30).for_each(|i| log.attributes().attr(&format!("k{i}"), &text));
        log.emit();
        let mut span = far.telemetry.start_span(&text, SpanStart { scope: &text, ..SpanStart::default() });
        (0..step).for_each(|i| span.attr(&format!("k{i}"), &text));
        (0..step).for_each(|_| span.add_event("e", None, |w| w.attr("a", &text)));
        span.set_status(Status::Error, Some(&text));
        span.end(None);
    }
    for signal in [Signal::Logs, Signal::Spans] {
        let sizes = sizes(&far, signal);
        assert_eq!(sizes.len(), 240);
        let largest = sizes.iter().max().unwrap();
        assert!((LINE_BYTES / 2..=LINE_BYTES).contains(largest), "{signal:?}: {largest}");
    }
    let stats: serde_json::Value = serde_json::from_str(&far.telemetry.stats_json()).unwrap();
    assert!(stats["truncated"].as_u64().unwrap_or_default() > 100, "{stats}");
}

#[test]
fn events_and_links_that_find_no_room_are_counted() {
    let far = far("span_room");
    let mut span = far.telemetry.start_span("s", SpanStart::default());
    let ids = SpanContext {
        trace_id: TraceId::from(1_u128),
        span_id: SpanId::from(2_u64),
        flags: TraceFlags::default(),
        is_remote: false,
    };
    span.attr("a", 1);
    (0..100).for_each(|_| span.add_event("e", None, |w| w.attr("text", "t".repeat(100))));
    (0..100).for_each(|_| span.add_link(&vigie_core::Link { span: ids }, |_| {}));
    span.add_dropped(7, 9);
    span.end(None);
    let [(encoding, pieces), _] = far.take_pieces(Signal::Spans);
    let body = far.body(encoding, Signal::Spans, &pieces);
    let value = super::canonical::of_protobuf(Signal::Spans, &body);
    let span = &value["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(span["attributes"].as_array().unwrap().len(), 1);
    let kept = |name: &str| span[name].as_array().map_or(0, Vec::len) as u64;
    assert!(kept("events") > 10);
    assert_eq!(kept("events") + span["droppedEventsCount"].as_u64().unwrap(), 107);
    assert_eq!(kept("links") + span["droppedLinksCount"].as_u64().unwrap(), 109);
}
