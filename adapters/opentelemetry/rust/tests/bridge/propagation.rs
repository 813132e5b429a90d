//! Context into headers and out of them.

use super::{configured, lines, named, own, telemetry, tracer};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue};
use serde_json::json;
use std::collections::HashMap;
use vigie_opentelemetry::Propagator;

#[test]
fn what_goes_out_comes_in() {
    let telemetry = telemetry();
    let propagator = Propagator::new(&telemetry);
    let headers: HashMap<String, String> = [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("tracestate", "a=1,b=2"),
        ("baggage", "tier=gold"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let context = propagator.extract(&headers);
    let span = context.span().span_context().clone();
    assert!(span.is_remote() && span.is_sampled());
    assert_eq!(span.trace_state().header(), "a=1,b=2");
    assert_eq!(context.baggage().get("tier").unwrap().as_str(), "gold");

    let attached =
        context.with_baggage([KeyValue::new("tier", "gold"), KeyValue::new("shop", "eu")]).attach();
    let mut out = HashMap::new();
    tracer(&telemetry).in_span("handler", |_| {
        propagator.inject(&mut out);
        own(&telemetry, "inner").end(None);
    });
    drop(attached);
    let lines = lines(&telemetry);
    let handler = named(&lines, "handler");
    assert_eq!(handler["parent_span_id"], "b7ad6b7169203331");
    let expected = format!("00-0af7651916cd43dd8448eb211c80319c-{}-01", handler["span_id"].as_str().unwrap());
    assert_eq!(out["traceparent"], expected);
    assert_eq!(out["tracestate"], "a=1,b=2");
    let mut members: Vec<&str> = out["baggage"].split(',').collect();
    members.sort_unstable();
    assert_eq!(members, ["shop=eu", "tier=gold"]);
    assert_eq!(named(&lines, "inner")["trace_id"], handler["trace_id"]);
}

#[test]
fn what_cannot_be_read_leaves_the_context_as_it_is() {
    let telemetry = telemetry();
    let propagator = Propagator::new(&telemetry);
    let headers: HashMap<String, String> = [("traceparent".to_owned(), "nonsense".to_owned())].into();
    let context = propagator.extract_with_context(&Context::new().with_value(5_u8), &headers);
    assert!(!context.span().span_context().is_valid());
    assert_eq!(context.get::<u8>(), Some(&5));
    assert!(propagator.fields().any(|field| field == "traceparent"));
}

#[test]
fn other_formats_and_strangers() {
    let jaeger = configured(&json!({"propagators": ["jaeger", "b3"]}));
    let propagator = Propagator::new(&jaeger);
    assert_eq!(propagator.fields().collect::<Vec<_>>(), ["uber-trace-id", "b3"]);
    let headers: HashMap<String, String> =
        [("uber-trace-id".to_owned(), "a:b:0:3".to_owned()), ("uberctx-plan".to_owned(), "gold".to_owned())]
            .into();
    let context = propagator.extract(&headers);
    assert_eq!(context.baggage().get("plan").unwrap().as_str(), "gold");
    let mut out = HashMap::new();
    propagator.inject_context(&context, &mut out);
    assert_eq!(out["b3"], format!("{:032x}-{:016x}-d", 10, 11));

    let public = configured(&json!({"public_endpoint": true}));
    let propagator = Propagator::new(&public);
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers: HashMap<String, String> = [("traceparent".to_owned(), traceparent.to_owned())].into();
    let context = propagator.extract(&headers);
    assert!(!context.span().span_context().is_valid());
    let _attached = context.attach();
    tracer(&public).in_span("server", |_| {});
    let lines = lines(&public);
    let server = named(&lines, "server");
    assert_eq!(server["links"][0]["span_id"], "b7ad6b7169203331");
    assert_ne!(server["trace_id"], "0af7651916cd43dd8448eb211c80319c");
}
