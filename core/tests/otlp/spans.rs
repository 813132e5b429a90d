//! Spans: every field of the protocol.

use super::far::Far;
use super::model::{Value, decoded_members, every_type, expected_members, members, record, text};
use opentelemetry_proto::tonic::trace::v1::Span;
use vigie_core::{Context, Link, SpanContext, SpanId, SpanKind, SpanStart, Status, TraceFlags, TraceId};

fn one(far: &Far) -> (String, Span) {
    let request = far.spans();
    let [of_resource] = &*request.resource_spans else { panic!("{request:?}") };
    let [of_scope] = &*of_resource.scope_spans else { panic!("{request:?}") };
    let [span] = &*of_scope.spans else { panic!("{request:?}") };
    (of_scope.scope.as_ref().map(|scope| scope.name.clone()).unwrap_or_default(), span.clone())
}

/// The context of a caller elsewhere.
fn incoming(far: &Far) -> Context {
    let headers = [
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"),
        ("tracestate", "vendor=abc,other=x"),
        ("x-correlation-id", "req-7"),
    ];
    far.telemetry.extract(&Context::root(), headers)
}

fn linked(is_remote: bool) -> Link {
    Link {
        span: SpanContext {
            trace_id: TraceId::from(7_u128),
            span_id: SpanId::from(8_u64),
            flags: TraceFlags::SAMPLED,
            is_remote,
        },
    }
}

#[test]
fn every_field_of_a_span() {
    let far = Far::new("span");
    let parent = incoming(&far);
    let start = SpanStart {
        kind: SpanKind::Server,
        parent: Some(&parent),
        start_time_ns: Some(1_767_323_045_000_000_001),
        scope: "shop.http",
        links: &[linked(true)],
    };
    let mut span = far.telemetry.start_span("GET /cart \"x\"", start);
    span.attributes(|w| record(&every_type(), w));
    span.add_event("stock\n", Some(1_767_323_045_000_000_005), |w| w.attr("left", 3));
    span.add_event("bare", Some(1_767_323_045_000_000_006), |_| {});
    span.add_link(&linked(false), |w| w.attr("why", "retry"));
    span.set_status(Status::Error, Some("no stock"));
    span.add_dropped(4, 5);
    let ids = span.context().span.unwrap();
    span.end(Some(1_767_323_045_000_001_001));
    let (scope, span) = one(&far);
    assert_eq!(scope, "shop.http");
    assert_eq!(span.trace_id, TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128).to_bytes());
    assert_eq!(span.span_id, ids.span_id.to_bytes());
    assert_eq!(span.parent_span_id, SpanId::from(0x00f0_67aa_0ba9_02b7_u64).to_bytes());
    assert_eq!(span.trace_state, "vendor=abc,other=x");
    assert_eq!((&*span.name, span.kind), ("GET /cart \"x\"", 2));
    let times = (span.start_time_unix_nano, span.end_time_unix_nano);
    assert_eq!(times, (1_767_323_045_000_000_001, 1_767_323_045_000_001_001));
    // Sampled, and the parent's second flag; the parent is known to be remote.
    assert_eq!(span.flags, 0x303);
    let mut expected = every_type();
    expected.push(("correlation_id".to_owned(), text("req-7")));
    assert_eq!(decoded_members(&span.attributes), expected_members(&expected));
    let status = span.status.as_ref().unwrap();
    assert_eq!((status.code, &*status.message), (2, "no stock"));
    let counts = (span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count);
    assert_eq!(counts, (0, 4, 5));
    let events: Vec<_> = span
        .events
        .iter()
        .map(|event| (event.time_unix_nano - times.0, &*event.name, decoded_members(&event.attributes)))
        .collect();
    let left = expected_members(&members(&[("left", Value::Int(3))]));
    assert_eq!(events, [(4, "stock\n", left), (5, "bare", Default::default())]);
    let links: Vec<_> = span
        .links
        .iter()
        .map(|link| (link.trace_id[15], link.span_id[7], link.flags, decoded_members(&link.attributes)))
        .collect();
    let why = expected_members(&members(&[("why", text("retry"))]));
    assert_eq!(links, [(7, 8, 0x301, Default::default()), (7, 8, 0x101, why)]);
}

#[test]
fn roots_and_children_of_this_process_have_no_remote_parent() {
    let far = Far::new("root");
    let mut root = far.telemetry.start_span("root", SpanStart::default());
    let start = SpanStart { parent: Some(root.context()), ..SpanStart::default() };
    let mut child = far.telemetry.start_span("child", start);
    child.set_status(Status::Ok, None);
    child.end(None);
    root.end(None);
    let request = far.spans();
    let [child, root] = &*request.resource_spans[0].scope_spans[0].spans else { panic!("{request:?}") };
    assert!(request.resource_spans[0].scope_spans[0].scope.is_none());
    // Sampled, of a random trace id, and known to be of this process.
    assert_eq!((root.flags, child.flags), (0x103, 0x103));
    assert!(root.parent_span_id.is_empty() && root.trace_state.is_empty() && root.status.is_none());
    assert_eq!((&child.parent_span_id, &child.trace_id), (&root.span_id, &root.trace_id));
    assert_eq!((root.kind, child.status.as_ref().unwrap().code), (1, 1));
    assert!(root.end_time_unix_nano >= child.end_time_unix_nano);
}

#[test]
fn a_span_that_says_what_its_context_says_says_it_once() {
    let far = Far::new("once");
    let parent = incoming(&far);
    let mut span = far.telemetry.start_span("s", SpanStart { parent: Some(&parent), ..SpanStart::default() });
    span.attr("correlation_id", 9);
    span.attr("level", "kept");
    span.end(None);
    let expected = members(&[("correlation_id", Value::Int(9)), ("level", text("kept"))]);
    assert_eq!(decoded_members(&one(&far).1.attributes), expected_members(&expected));
}

#[test]
fn kinds_have_the_numbers_of_the_protocol() {
    let far = Far::new("kinds");
    let kinds =
        [SpanKind::Internal, SpanKind::Server, SpanKind::Client, SpanKind::Producer, SpanKind::Consumer];
    for kind in kinds {
        far.telemetry.start_span("s", SpanStart { kind, ..SpanStart::default() }).end(None);
    }
    let request = far.spans();
    let found: Vec<i32> =
        request.resource_spans[0].scope_spans[0].spans.iter().map(|span| span.kind).collect();
    assert_eq!(found, [1, 2, 3, 4, 5]);
}
