//! opentelemetry and opentelemetry_sdk: spans to an exporter that drops, a reader that is not read.

use crate::measure::Case;
use crate::values::{LOGGER, SPAN_ID, TRACE_ID, headers, in_turn, series};
use crate::varied::{CUSTOMER, ORDER_ID, TAGS};
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider as _,
};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanData, SpanExporter,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Spans after which the processor is flushed: it drops what is over its queue.
const PORTION: u64 = 512;

/// Counts and drops, without encoding: less work than any real exporter.
#[derive(Debug)]
struct Dropping(Arc<AtomicU64>);

impl SpanExporter for Dropping {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

pub fn inside<T>(tracer: &T, name: &'static str, i: i64, within: impl FnOnce())
where
    T: Tracer<Span: Send + Sync + 'static>,
{
    tracer.in_span(name, |context| {
        let span = context.span();
        span.set_attribute(KeyValue::new("cart.items", i));
        span.set_attribute(KeyValue::new("cart.total", 99.5));
        span.set_attribute(KeyValue::new("cart.tenant", "acme"));
        within();
    });
}

/// S1v: six attributes of mixed kinds, an event with two, a link.
fn varied_span(tracer: &SdkTracer, i: i64, linked: &SpanContext) {
    tracer.in_span("child", |context| {
        let span = context.span();
        span.set_attribute(KeyValue::new("cart.items", i));
        span.set_attribute(KeyValue::new("cart.total", 99.5));
        span.set_attribute(KeyValue::new("cart.customer", CUSTOMER));
        span.set_attribute(KeyValue::new("cart.express", true));
        span.set_attribute(KeyValue::new("cart.order_id", ORDER_ID));
        let tags = TAGS.map(StringValue::from).to_vec();
        span.set_attribute(KeyValue::new("cart.tags", Value::Array(Array::String(tags))));
        span.add_event("stock reserved", vec![KeyValue::new("warehouse", "Köln"), KeyValue::new("left", i)]);
        span.add_link(linked.clone(), Vec::new());
    });
}

fn linked() -> SpanContext {
    let trace_id = TraceId::from_hex(TRACE_ID).expect("a trace id");
    let span_id = SpanId::from_hex(SPAN_ID).expect("a span id");
    SpanContext::new(trace_id, span_id, TraceFlags::SAMPLED, true, TraceState::NONE)
}

fn spans(depth: u64, varied: bool) -> Case {
    let exported = Arc::new(AtomicU64::new(0));
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(1 << 16)
        .with_max_export_batch_size(PORTION as usize)
        .build();
    let processor = BatchSpanProcessor::new(Dropping(Arc::clone(&exported)), config);
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    let tracer = provider.tracer(LOGGER);
    let root = Context::current_with_span(tracer.start("root"));
    let linked = linked();
    let run = move |count: u64| {
        let _current = root.clone().attach();
        for i in 0..count {
            let n = i as i64;
            if varied {
                varied_span(&tracer, n, &linked);
            } else if depth == 1 {
                inside(&tracer, "child", n, || {});
            } else {
                inside(&tracer, "outer", n, || {
                    inside(&tracer, "middle", n, || inside(&tracer, "inner", n, || {}));
                });
            }
            if i % PORTION == PORTION - 1 {
                provider.force_flush().expect("the exporter takes it");
            }
        }
        provider.force_flush().expect("the exporter takes it");
    };
    let exported = move || exported.load(Ordering::Relaxed) / depth;
    Case { run: Box::new(run), flush: None, exported: Some(Box::new(exported)) }
}

/// Updates of a counter and a histogram of `meter` with three labels in the call, so many at each call.
pub fn measure_loop(meter: &Meter, workload: &str) -> Box<dyn FnMut(u64)> {
    let histogram = workload == "M2";
    let counter = meter.u64_counter("requests").build();
    let latency = meter.f64_histogram("latency").build();
    Box::new(in_turn(series(workload), move |[method, route, status]| {
        let labels = [
            KeyValue::new("method", *method),
            KeyValue::new("route", *route),
            KeyValue::new("status", *status),
        ];
        if histogram {
            latency.record(0.12, &labels);
        } else {
            counter.add(1, &labels);
        }
    }))
}

fn metrics(workload: &str) -> Case {
    let reader = PeriodicReader::builder(InMemoryMetricExporter::default())
        .with_interval(Duration::from_secs(3600))
        .build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let mut run = measure_loop(&provider.meter(LOGGER), workload);
    // The provider stops counting when it is dropped.
    Case::plain(move |count| {
        let _alive = &provider;
        run(count);
    })
}

fn propagation(workload: &str) -> Case {
    let propagator = TextMapCompositePropagator::new(vec![
        Box::new(TraceContextPropagator::new()),
        Box::new(BaggagePropagator::new()),
    ]);
    let incoming = headers(workload);
    Case::plain(move |count| {
        let mut carrier: HashMap<String, String> = HashMap::new();
        for _ in 0..count {
            let context = propagator.extract_with_context(&Context::new(), &incoming);
            carrier = HashMap::new();
            propagator.inject_context(&context, &mut carrier);
        }
        assert_eq!(carrier.len(), 3, "{carrier:?}");
    })
}

pub fn make_case(workload: &str) -> Case {
    match workload {
        "S1" | "S1v" => spans(1, workload == "S1v"),
        "S2" => spans(3, false),
        "P1" | "P1v" => propagation(workload),
        _ => metrics(workload),
    }
}
