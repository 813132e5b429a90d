//! opentelemetry_sdk with opentelemetry-otlp: spans over HTTP in protobuf, as they come.

use crate::measure::Case;
use crate::peer_opentelemetry::inside;
use crate::portions::in_portions;
use crate::receiver;
use crate::values::{LOGGER, receiver as address};
use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider as _};
use opentelemetry_otlp::{Protocol, WithExportConfig};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanData, SpanExporter,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what the exporter has brought out, for the closed loop.
#[derive(Debug)]
struct Counting {
    exporter: opentelemetry_otlp::SpanExporter,
    out: Arc<AtomicU64>,
}

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        self.exporter.export(batch).await?;
        self.out.fetch_add(spans, Ordering::Relaxed);
        Ok(())
    }

    fn set_resource(&mut self, resource: &opentelemetry_sdk::Resource) {
        self.exporter.set_resource(resource);
    }
}

pub fn make_case(_: &str) -> Case {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", address()))
        .build()
        .expect("the exporter can be built");
    let out = Arc::new(AtomicU64::new(0));
    let config = BatchConfigBuilder::default().with_max_queue_size(1 << 16).build();
    let processor = BatchSpanProcessor::new(Counting { exporter, out: Arc::clone(&out) }, config);
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    let tracer = provider.tracer(LOGGER);
    let root = Context::current_with_span(tracer.start("root"));
    let mut next = 0;
    let (flushed, seen) = (provider.clone(), out);
    let run = move |count| {
        let _current = root.clone().attach();
        let make = |portion| {
            for _ in 0..portion {
                inside(&tracer, "child", next, || {});
                next += 1;
            }
        };
        in_portions(count, make, || seen.load(Ordering::Relaxed));
    };
    let flush = move || flushed.force_flush().expect("the exporter takes it");
    Case { run: Box::new(run), flush: Some(Box::new(flush)), exported: Some(Box::new(receiver::received)) }
}
