//! One current context for the API, for Vigie's own face and for `tracing`.

use super::{is_below, lines, named, own, telemetry, tracer};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::{Span, TraceContextExt, Tracer, TracerProvider, get_active_span};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing_subscriber::prelude::*;
use vigie_opentelemetry::{from_vigie, to_vigie};

#[test]
fn each_face_starts_spans_below_the_others() {
    let telemetry = telemetry();
    let tracer = tracer(&telemetry);
    let subscriber = tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry));
    tracing::subscriber::with_default(subscriber, || {
        tracer.in_span("outer", |_| {
            let mut middle = own(&telemetry, "middle");
            let entered = middle.context().clone().enter();
            tracing::info_span!("inner").in_scope(|| {
                tracer.in_span("innermost", |_| tracing::info!("told"));
                tracing::info!("inside");
            });
            drop(entered);
            middle.end(None);
            get_active_span(|span| span.set_attribute(KeyValue::new("again", true)));
        });
        tracing::info!("nowhere");
    });
    let lines = lines(&telemetry);
    for (child, parent) in [("middle", "outer"), ("inner", "middle"), ("innermost", "inner")] {
        assert!(is_below(named(&lines, child), named(&lines, parent)), "{child}");
    }
    assert_eq!(named(&lines, "told")["span_id"], named(&lines, "innermost")["span_id"]);
    assert_eq!(named(&lines, "inside")["span_id"], named(&lines, "inner")["span_id"]);
    assert_eq!(named(&lines, "outer")["attributes"]["again"], true);
    assert!(named(&lines, "nowhere").get("span_id").is_none());
}

#[test]
fn the_official_sdk_has_the_same_current_span() {
    let telemetry = telemetry();
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let mut outer = own(&telemetry, "outer");
    {
        let _entered = outer.context().clone().enter();
        provider.tracer("official").in_span("official", |_| own(&telemetry, "inner").end(None));
    }
    outer.end(None);
    let official = &exporter.get_finished_spans().unwrap()[0];
    let lines = lines(&telemetry);
    assert_eq!(official.parent_span_id.to_string(), named(&lines, "outer")["span_id"].as_str().unwrap());
    assert_eq!(named(&lines, "inner")["parent_span_id"], official.span_context.span_id().to_string());
    assert_eq!(named(&lines, "inner")["trace_id"], named(&lines, "outer")["trace_id"]);
}

#[test]
fn baggage_and_context_keys_are_the_same_in_both() {
    let telemetry = telemetry();
    let tracer = tracer(&telemetry);
    let context = telemetry.context_with(&vigie_core::Context::root(), |writer| writer.attr("user_id", 7));
    let entered = context.with_baggage([("tier".to_owned(), "gold".to_owned())]).enter();
    assert_eq!(Context::current().baggage().get("tier").unwrap().as_str(), "gold");
    let more =
        Context::current().with_baggage([KeyValue::new("tier", "silver"), KeyValue::new("shop", "eu")]);
    let attached = more.attach();
    let here = vigie_core::Context::current();
    let mut members: Vec<_> = here.baggage().map(|(name, value)| format!("{name}={value}")).collect();
    members.sort_unstable();
    assert_eq!(members, ["shop=eu", "tier=silver"]);
    tracer.in_span("inside", |_| {
        telemetry.logger("shop").info("told").context(&vigie_core::Context::current()).emit()
    });
    drop(attached);
    drop(entered);
    assert!(Context::current().baggage().is_empty());
    let lines = lines(&telemetry);
    assert_eq!(named(&lines, "told")["user_id"], 7);
    assert_eq!(named(&lines, "inside")["user_id"], 7);
}

#[test]
fn one_as_the_other_and_back_is_the_same() {
    let telemetry = telemetry();
    let mut span = tracer(&telemetry).start("span");
    let ids = span.span_context().clone();
    span.end();
    let context = Context::new().with_span(span).with_value("mine");
    let vigie = to_vigie(&context);
    assert_eq!(vigie.span.unwrap().span_id, ids.span_id());
    let back = from_vigie(&context, &vigie);
    assert_eq!(back.span().span_context(), &ids);
    assert_eq!(back.get::<&str>(), Some(&"mine"));
    let none = from_vigie(&context, &vigie_core::Context::root());
    assert!(!none.span().span_context().is_valid());
    assert!(to_vigie(&none).span.is_none());
}
