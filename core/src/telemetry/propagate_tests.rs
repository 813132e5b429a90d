//! What goes out and comes in, end to end.

use super::*;
use crate::api::span_start::SpanStart;
use crate::config::Config;
use crate::config::Environment;
use crate::encode::attributes::writer::AttributeWriter;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn telemetry(extra: &[(&str, serde_json::Value)]) -> Telemetry {
    let mut config =
        Config::new("shop").output(serde_json::json!({"to": "memory"})).variables(Environment::empty());
    for (key, value) in extra {
        config = config.set(key, value.clone());
    }
    Telemetry::new(config).unwrap()
}

fn extracted(telemetry: &Telemetry, base: &Context, headers: &[(&str, &str)]) -> Context {
    telemetry.extract(base, headers.iter().copied())
}

fn injected(telemetry: &Telemetry, context: &Context) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    telemetry.inject(context, &mut |name, value| headers.push((name.to_owned(), value.to_owned())));
    headers
}

fn names_and_values(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn all_four_headers_pass_through() {
    let telemetry = telemetry(&[]);
    let given = [
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("baggage", "k=v,l=%C3%A4"),
        ("x-correlation-id", "req-1"),
    ];
    let context = extracted(&telemetry, &Context::root(), &given);
    let headers = injected(&telemetry, &context);
    let mut expected = given;
    expected[3].0 = "X-Correlation-ID";
    assert_eq!(names_and_values(&headers), expected);
    assert_eq!(context.baggage().collect::<Vec<_>>(), [("k", "v"), ("l", "ä")]);
}

#[test]
fn nothing_in_means_nothing_out() {
    let telemetry = telemetry(&[]);
    assert!(injected(&telemetry, &Context::root()).is_empty());
    let context =
        extracted(&telemetry, &Context::root(), &[("tracestate", "a=1"), ("baggage", ""), ("other", "x")]);
    assert!(context.carried.is_none() && context.span.is_none());
}

#[test]
fn a_refused_header_leaves_the_base_as_it_is() {
    let telemetry = telemetry(&[]);
    let base = extracted(&telemetry, &Context::root(), &[("traceparent", PARENT), ("tracestate", "a=1")]);
    for headers in [vec![], vec![("traceparent", "bad"), ("tracestate", "b=2")], vec![("tracestate", "b=2")]]
    {
        let context = extracted(&telemetry, &base, &headers);
        assert_eq!((context.span, context.trace_state()), (base.span, Some("a=1")), "{headers:?}");
    }
}

#[test]
fn another_parent_brings_its_own_state_or_none() {
    let telemetry = telemetry(&[]);
    let base = extracted(
        &telemetry,
        &Context::root(),
        &[("traceparent", PARENT), ("tracestate", "a=1"), ("baggage", "k=v")],
    );
    let other = PARENT.replace("b7ad", "c7ad");
    let context = extracted(&telemetry, &base, &[("traceparent", &other), ("baggage", "k=w,m=x")]);
    assert_eq!(context.trace_state(), None);
    assert_eq!(context.traceparent(), Some(other));
    assert_eq!(context.baggage().collect::<Vec<_>>(), [("k", "w"), ("m", "x")]);
}

#[test]
fn allowed_keys_travel_as_baggage_and_come_back_as_context() {
    let telemetry = telemetry(&[("propagate", serde_json::json!(["tenant_id", "region"]))]);
    let context = telemetry.context_with(&Context::root(), |writer| {
        writer.key("tenant_id");
        writer.str("acme \"gmbh\"");
        writer.key("region");
        writer.int(7);
        writer.key("secret_plan");
        writer.str("stays");
    });
    let headers = injected(&telemetry, &context);
    assert_eq!(names_and_values(&headers), [("baggage", "tenant_id=acme%20%22gmbh%22,region=7")]);
    let back =
        extracted(&telemetry, &Context::root(), &[("baggage", "x=1,tenant_id=acme%20%22gmbh%22,region=7")]);
    let fields = back.fields().unwrap();
    assert_eq!(text_of(fields, "tenant_id").as_deref(), Some("acme \"gmbh\""));
    assert_eq!(text_of(fields, "region").as_deref(), Some("7"));
    assert_eq!(text_of(fields, "x"), None, "not allowed, so it is no context key");
    let on = injected(&telemetry, &back);
    assert_eq!(names_and_values(&on), [("baggage", "x=1,tenant_id=acme%20%22gmbh%22,region=7")]);
    let changed = telemetry.context_with(&back, |writer| {
        writer.key("tenant_id");
        writer.str("other");
    });
    assert_eq!(
        names_and_values(&injected(&telemetry, &changed)),
        [("baggage", "x=1,tenant_id=other,region=7")]
    );
}

#[test]
fn correlation_ids_of_any_scalar_travel() {
    let telemetry = telemetry(&[]);
    let with = |fill: &dyn Fn(&mut AttributeWriter<'_>)| {
        let context = telemetry.context_with(&Context::root(), |writer| {
            writer.key("correlation_id");
            fill(writer);
        });
        injected(&telemetry, &context).first().map(|(_, value)| value.clone())
    };
    assert_eq!(with(&|writer| writer.int(5)).as_deref(), Some("5"));
    assert_eq!(with(&|writer| writer.str("a\r\nb\u{e9}")).as_deref(), Some("a%0D%0Ab%C3%A9"));
    assert_eq!(with(&|writer| writer.null()), None);
    assert_eq!(with(&|writer| writer.str("")), None);
}

#[test]
fn the_setting_decides_which_headers_and_in_which_order() {
    let given = [
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("baggage", "tenant_id=acme"),
        ("x-correlation-id", "c"),
    ];
    let cases: [(&[&str], &[&str]); 4] = [
        (&["tracecontext", "correlation"], &["traceparent", "tracestate", "X-Correlation-ID"]),
        (&["correlation", "baggage"], &["X-Correlation-ID", "baggage"]),
        (&["tracecontext"], &["traceparent", "tracestate"]),
        (&[], &[]),
    ];
    let all = telemetry(&[]);
    let everything = extracted(&all, &Context::root(), &given);
    for (names, expected) in cases {
        let chosen =
            telemetry(&[("propagators", names.into()), ("propagate", serde_json::json!(["tenant_id"]))]);
        let outgoing = injected(&chosen, &everything);
        assert_eq!(outgoing.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), expected, "{names:?}");
        let incoming = extracted(&chosen, &Context::root(), &given);
        let read = injected(&all, &incoming);
        let mut read: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
        let mut expected = expected.to_vec();
        read.sort_unstable();
        expected.sort_unstable();
        assert_eq!(read, expected, "{names:?}");
    }
}

#[test]
fn the_variable_of_the_specification_leaves_our_own_header_on() {
    let given = [("traceparent", PARENT), ("baggage", "k=v"), ("x-correlation-id", "c")];
    let cases = [
        ("tracecontext", vec!["traceparent", "X-Correlation-ID"]),
        ("baggage", vec!["baggage", "X-Correlation-ID"]),
        ("none", vec![]),
    ];
    for (propagators, expected) in cases {
        let variables = Environment::from_pairs([("OTEL_PROPAGATORS", propagators)]);
        let telemetry = Telemetry::new(
            Config::new("shop").output(serde_json::json!({"to": "memory"})).variables(variables),
        )
        .unwrap();
        let headers = injected(&telemetry, &extracted(&telemetry, &Context::root(), &given));
        assert_eq!(headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn the_environment_is_a_carrier_too() {
    let variables = Environment::from_pairs([
        ("TRACEPARENT", PARENT),
        ("TRACESTATE", "a=1"),
        ("BAGGAGE", "tenant_id=acme"),
    ]);
    let config = Config::new("shop")
        .output(serde_json::json!({"to": "memory"}))
        .set("propagate", serde_json::json!(["tenant_id"]));
    let telemetry = Telemetry::new(config.variables(variables)).unwrap();
    let context = telemetry.initial_context();
    assert_eq!((context.traceparent().as_deref(), context.trace_state()), (Some(PARENT), Some("a=1")));
    assert_eq!(context.fields().and_then(|fields| text_of(fields, "tenant_id")).as_deref(), Some("acme"));
    assert!(context.span.is_some_and(|span| span.is_remote));
}

fn span_line(telemetry: &Telemetry, name: &str) -> serde_json::Value {
    assert!(telemetry.flush(std::time::Duration::from_secs(5)));
    let lines = telemetry.memory_lines();
    let mut values = lines.iter().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    values.rfind(|line| line["name"] == name).unwrap()
}

#[test]
fn a_new_trace_says_that_its_id_is_random() {
    let random = telemetry(&[]);
    let fixed = telemetry(&[("testing", serde_json::json!({"ids": 1}))]);
    for (telemetry, flags) in [(random, "-03"), (fixed, "-01")] {
        let root = telemetry.start_span("root", SpanStart::default());
        let child =
            telemetry.start_span("child", SpanStart { parent: Some(root.context()), ..SpanStart::default() });
        for span in [&root, &child] {
            assert!(span.context().traceparent().is_some_and(|header| header.ends_with(flags)), "{flags}");
        }
    }
}

#[test]
fn strangers_are_linked_to_once_and_not_continued() {
    let telemetry =
        telemetry(&[("public_endpoint", true.into()), ("propagate", serde_json::json!(["tenant_id"]))]);
    let headers = [
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("baggage", "tenant_id=acme"),
        ("x-correlation-id", "req-1"),
    ];
    let own = telemetry.start_span("own", SpanStart::default());
    let base = own.context().with_baggage([("k".to_owned(), "v".to_owned())]);
    let context = extracted(&telemetry, &base, &headers);
    assert!(context.span.is_none() && context.trace_state().is_none());
    assert!(context.fields().is_none_or(|fields| fields.plain.is_empty() && !fields.has_well_known()));
    assert_eq!(context.baggage().collect::<Vec<_>>(), [("k", "v")], "what was here before stays");
    assert_eq!(names_and_values(&injected(&telemetry, &context)), [("baggage", "k=v")]);

    let start = |parent| SpanStart { parent: Some(parent), ..SpanStart::default() };
    let mut server = telemetry.start_span("server", start(&context));
    let mut inner = telemetry.start_span("inner", start(server.context()));
    assert_ne!(server.context().span.unwrap().trace_id, own.context().span.unwrap().trace_id);
    inner.end(None);
    server.end(None);
    let line = span_line(&telemetry, "server");
    let link = serde_json::json!([{"trace_id": &PARENT[3..35], "span_id": &PARENT[36..52]}]);
    assert_eq!((&line["links"], &line["parent_span_id"]), (&link, &serde_json::Value::Null));
    let line = span_line(&telemetry, "inner");
    assert_eq!(line["links"], serde_json::Value::Null);
    assert_eq!(line["parent_span_id"], server.context().span.unwrap().span_id.to_string());
}

#[test]
fn headers_are_read_under_names_of_any_case_and_lent_ones_without_copies() {
    let telemetry = telemetry(&[("propagators", serde_json::json!(["jaeger"]))]);
    let given = [("Uber-Trace-Id", "a:b:0:1"), ("UBERCTX-Plan", "gold"), ("Cookie", "x")];
    let context = telemetry.extract(&Context::root(), given);
    let lent = telemetry.reading(|reader| {
        let pairs: Vec<(&str, &str)> = given
            .iter()
            .filter_map(|(name, value)| Some((reader.propagators().key(name)?, *value)))
            .collect();
        reader.extract_headers(&Context::root(), Headers::new(&pairs))
    });
    for context in [context, lent] {
        assert_eq!(context.traceparent(), Some(format!("00-{:032x}-{:016x}-01", 10, 11)));
        assert_eq!(context.baggage().collect::<Vec<_>>(), [("plan", "gold")]);
    }
}
