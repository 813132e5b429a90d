//! A program that stays on the official SDK, with Vigie behind it.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use opentelemetry::logs::{LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::{
    Link, Span, SpanContext, SpanKind, Status, TraceContextExt, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::{
    SamplingDecision, SamplingResult, SdkTracerProvider, ShouldSample, Span as SdkSpan, SpanData,
    SpanProcessor,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vigie_core::{Config, Telemetry};
use vigie_opentelemetry::sdk::{LogExporter, Sampler, SpanExporter, config};
use vigie_opentelemetry::share_context;

fn telemetry(ratio: f64) -> Telemetry {
    share_context();
    let output = json!({"to": "memory"});
    Telemetry::new(Config::new("shop").sample_traces(ratio).output(output)).unwrap()
}

fn lines(telemetry: &Telemetry) -> Vec<Value> {
    telemetry.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_finished_span_arrives_whole() {
    let telemetry = telemetry(1.0);
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(SpanExporter::new(&telemetry))
        .with_max_attributes_per_span(1)
        .with_max_events_per_span(1)
        .with_max_links_per_span(1)
        .build();
    let tracer = provider.tracer("shop.cart");
    tracer.in_span("outer", |context| {
        let other = context.span().span_context().clone();
        let builder = tracer
            .span_builder("inner")
            .with_kind(SpanKind::Client)
            .with_start_time(at(10))
            .with_attributes([KeyValue::new("a", 1), KeyValue::new("b", 2)])
            .with_links(vec![Link::with_context(other.clone()), Link::with_context(other)]);
        let mut inner = tracer.build_with_context(builder, &context);
        inner.add_event_with_timestamp("one", at(11), vec![KeyValue::new("n", 1)]);
        inner.add_event_with_timestamp("two", at(11), vec![]);
        inner.set_status(Status::error("no answer"));
        inner.end_with_timestamp(at(12));
    });
    let lines = lines(&telemetry);
    let [inner, outer] = lines.as_slice() else { panic!("{lines:#?}") };
    assert_eq!(
        (&inner["name"], &inner["span_kind"], &inner["scope"]),
        (&json!("inner"), &json!("client"), &json!("shop.cart"))
    );
    assert_eq!((&inner["parent_span_id"], &inner["trace_id"]), (&outer["span_id"], &outer["trace_id"]));
    assert_eq!(inner["timestamp"], "1970-01-01T00:00:10.000000Z");
    assert_eq!(inner["duration_ns"], 2_000_000_000_u64);
    assert_eq!((&inner["status"], &inner["status_message"]), (&json!("error"), &json!("no answer")));
    assert_eq!(inner["attributes"], json!({"a": 1}));
    assert_eq!(inner["events"].as_array().unwrap().len(), 1);
    assert_eq!((&inner["dropped"]["events"], &inner["dropped"]["links"]), (&json!(1), &json!(1)));
    assert_eq!(inner["links"][0]["span_id"], outer["span_id"]);
    assert!(outer.get("parent_span_id").is_none());
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    assert_eq!(stats["truncated"], 1, "{stats}");
}

#[test]
fn vigies_own_spans_stand_below_those_of_the_sdk() {
    let telemetry = telemetry(1.0);
    let provider = SdkTracerProvider::builder().with_simple_exporter(SpanExporter::new(&telemetry)).build();
    provider.tracer("shop").in_span("outer", |_| {
        let here = vigie_core::Context::current();
        let start = vigie_core::SpanStart { parent: Some(&here), ..vigie_core::SpanStart::default() };
        telemetry.start_span("inner", start).end(None);
    });
    let lines = lines(&telemetry);
    assert_eq!((&lines[0]["name"], &lines[0]["parent_span_id"]), (&json!("inner"), &lines[1]["span_id"]));
}

#[test]
fn records_arrive_with_their_span() {
    let telemetry = telemetry(1.0);
    let logs = SdkLoggerProvider::builder().with_simple_exporter(LogExporter::new(&telemetry)).build();
    let spans = SdkTracerProvider::builder().with_simple_exporter(SpanExporter::new(&telemetry)).build();
    let logger = logs.logger("bridge");
    spans.tracer("shop").in_span("pay", |_| {
        let mut record = logger.create_log_record();
        record.set_target("shop::cart");
        record.set_severity_number(Severity::Error);
        record.set_body("refused".into());
        record.add_attribute("card", 7);
        logger.emit(record);
    });
    assert!(logger.event_enabled(Severity::Info, "shop", None));
    assert!(!logger.event_enabled(Severity::Debug, "shop", None));
    let lines = lines(&telemetry);
    assert_eq!(
        (&lines[0]["message"], &lines[0]["logger"], &lines[0]["card"]),
        (&json!("refused"), &json!("shop.cart"), &json!(7))
    );
    assert_eq!(lines[0]["span_id"], lines[1]["span_id"]);
}

#[test]
fn the_sampler_keeps_what_vigie_keeps() {
    for (ratio, kept) in [(0.0, 0), (1.0, 1)] {
        let telemetry = telemetry(ratio);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::new(&telemetry))
            .with_simple_exporter(SpanExporter::new(&telemetry))
            .build();
        provider.tracer("shop").start("root").end();
        assert_eq!(lines(&telemetry).len(), kept, "{ratio}");
        // A parent's decision stands.
        let ids = SpanContext::new(
            7_u128.into(),
            8_u64.into(),
            opentelemetry::TraceFlags::SAMPLED,
            true,
            Default::default(),
        );
        let parent = Context::new().with_remote_span_context(ids);
        provider.tracer("shop").start_with_context("child", &parent).end();
        assert_eq!(lines(&telemetry).len(), kept + 1, "{ratio}");
    }
}

#[test]
fn the_sampler_tells_a_consistent_probability_and_reads_attributes() {
    let output = json!({"to": "memory"});
    let rules = json!([{"attributes": {"url.path": "/health*"}, "traces": 0}]);
    let sample = json!({"traces": 1, "consistent": true, "rules": rules});
    let telemetry = Telemetry::new(Config::new("shop").set("sample", sample).output(output)).unwrap();
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::new(&telemetry)).build();
    let tracer = provider.tracer("shop");
    let state = |span: &SdkSpan| span.span_context().trace_state().header();
    let span = tracer.start("root");
    assert!(span.is_recording());
    assert_eq!(state(&span), "ot=th:0");
    let health = tracer.span_builder("root").with_attributes([KeyValue::new("url.path", "/healthz")]);
    assert!(!tracer.build_with_context(health, &Context::new()).is_recording());
    let given = "a=1,ot=th:c;rv:00000000000001".parse().unwrap();
    let ids = SpanContext::new(7_u128.into(), 8_u64.into(), opentelemetry::TraceFlags::SAMPLED, true, given);
    let parent = Context::new().with_remote_span_context(ids);
    assert_eq!(state(&tracer.start_with_context("child", &parent)), "ot=rv:00000000000001,a=1");
}

/// Records what it is shown.
#[derive(Debug, Clone, Default)]
struct Shown(Arc<Mutex<Vec<String>>>);

impl SpanProcessor for Shown {
    fn on_start(&self, span: &mut SdkSpan, _: &Context) {
        self.0.lock().unwrap().push(format!("recording {}", span.is_recording()));
    }

    fn on_end(&self, span: SpanData) {
        self.0.lock().unwrap().push(format!("sampled {}", span.span_context.is_sampled()));
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Records everything and samples nothing.
#[derive(Debug, Clone)]
struct RecordOnly;

impl ShouldSample for RecordOnly {
    fn should_sample(
        &self,
        _: Option<&Context>,
        _: opentelemetry::TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let trace_state = Default::default();
        SamplingResult { decision: SamplingDecision::RecordOnly, attributes: Vec::new(), trace_state }
    }
}

#[test]
fn what_is_recorded_only_is_for_processors_and_no_line() {
    let (telemetry, shown) = (telemetry(1.0), Shown::default());
    let provider = SdkTracerProvider::builder()
        .with_sampler(RecordOnly)
        .with_span_processor(shown.clone())
        .with_simple_exporter(SpanExporter::new(&telemetry))
        .with_batch_exporter(SpanExporter::new(&telemetry))
        .build();
    provider.tracer("shop").start("root").end();
    provider.force_flush().unwrap();
    assert_eq!(*shown.0.lock().unwrap(), ["recording true", "sampled false"]);
    assert_eq!(lines(&telemetry), Vec::<Value>::new());
}

#[test]
fn a_resource_is_a_configuration() {
    let resource = Resource::builder_empty()
        .with_service_name("shop")
        .with_attributes([
            KeyValue::new("service.version", "1.4.2"),
            KeyValue::new("deployment.environment.name", "prod"),
        ])
        .build();
    let telemetry = Telemetry::new(config(&resource).output(json!({"to": "memory"}))).unwrap();
    telemetry.logger("x").info("told").emit();
    let line = &lines(&telemetry)[0];
    assert_eq!(
        (&line["service"], &line["version"], &line["environment"]),
        (&json!("shop"), &json!("1.4.2"), &json!("prod"))
    );
}

#[test]
fn after_its_end_vigie_is_told_to_be_shut_down_and_the_exporter_ends_nothing() {
    let telemetry = telemetry(1.0);
    let provider = SdkTracerProvider::builder().with_simple_exporter(SpanExporter::new(&telemetry)).build();
    provider.shutdown().unwrap();
    assert!(!telemetry.is_closed());
    assert!(telemetry.shutdown(Duration::from_secs(5)));
    let exporter = SpanExporter::new(&telemetry);
    let answer = opentelemetry_sdk::trace::SpanExporter::export(&exporter, Vec::new());
    let mut answer = std::pin::pin!(answer);
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(answer) = std::future::Future::poll(answer.as_mut(), &mut task) else {
        panic!()
    };
    assert!(matches!(answer, Err(opentelemetry_sdk::error::OTelSdkError::AlreadyShutdown)));
}
