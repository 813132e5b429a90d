//! Ours behind what programs are instrumented with already: the lines of code are the peer's.

use crate::measure::Case;
use crate::peer_opentelemetry::{inside, measure_loop};
use crate::peer_vigie::{delivered, flush, telemetry};
use crate::values::{LOGGER, sink};
use crate::{peer_opentelemetry, peer_tracing};
use opentelemetry::Context;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider as _};
use tracing_subscriber::prelude::*;
use vigie_opentelemetry::{MeterProvider, TracerProvider};

/// What is written to the OpenTelemetry API, and to tracing.
pub const WORKLOADS: &[&str] = &["S1a", "M1a", "L1t", "L0t"];

fn spans() -> Case {
    let telemetry = telemetry("{\"to\":\"null\"}", "");
    vigie_opentelemetry::install(&telemetry);
    let tracer = TracerProvider::new(&telemetry).tracer(LOGGER);
    let root = Context::current_with_span(tracer.start("root"));
    let run = move |count: u64| {
        let _current = root.clone().attach();
        for i in 0..count {
            inside(&tracer, "child", i as i64, || {});
        }
    };
    Case { run: Box::new(run), flush: Some(flush(&telemetry)), exported: Some(delivered(&telemetry, 1)) }
}

fn metrics() -> Case {
    let telemetry = telemetry("{\"to\":\"null\",\"signals\":[\"logs\"]}", "");
    Case::plain(measure_loop(&MeterProvider::new(&telemetry).meter(LOGGER), "M1"))
}

fn logs(workload: &str) -> Case {
    let path = sink(workload);
    let output = format!("{{\"to\":\"file\",\"path\":\"{}\",\"signals\":[\"logs\"]}}", path.display());
    let telemetry = telemetry(&output, "");
    tracing_subscriber::registry().with(vigie_tracing::layer(&telemetry)).init();
    let exported = (workload == "L1t").then(|| delivered(&telemetry, 1));
    Case { run: peer_tracing::log_loop(workload), flush: Some(flush(&telemetry)), exported }
}

pub fn make_case(workload: &str) -> Case {
    match workload {
        "S1a" => spans(),
        "M1a" => metrics(),
        _ => logs(workload),
    }
}

/// The peers in the same workloads, by the names that these have there.
pub fn opentelemetry(workload: &str) -> Case {
    peer_opentelemetry::make_case(if workload == "S1a" { "S1" } else { "M1" })
}

pub fn tracing(workload: &str) -> Case {
    peer_tracing::make_case(if workload == "L1t" { "L1" } else { "L0" })
}
