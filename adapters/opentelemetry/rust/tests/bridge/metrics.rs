//! Instruments of the API measure into Vigie's.

use super::{lines, telemetry};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use vigie_opentelemetry::MeterProvider;

#[test]
fn instruments_that_are_told() {
    let telemetry = telemetry();
    let meter = MeterProvider::new(&telemetry).meter("shop");
    let eu = [KeyValue::new("region", "eu")];
    let orders = meter.u64_counter("orders").with_unit("{order}").with_description("Orders placed.").build();
    orders.add(2, &eu);
    meter.u64_counter("orders").with_unit("{order}").build().add(1, &eu);
    meter.f64_counter("weight").build().add(0.5, &[]);
    meter.i64_up_down_counter("open").build().add(-2, &[]);
    meter.f64_up_down_counter("balance").build().add(-0.5, &[]);
    meter.i64_gauge("level").build().record(-3, &[]);
    meter.u64_gauge("size").build().record(3, &[]);
    meter.f64_gauge("heat").build().record(36.6, &[]);
    meter.f64_histogram("wait").with_boundaries(vec![1.0, 2.0]).build().record(1.5, &[]);
    meter.u64_histogram("bytes").build().record(7, &[]);
    let text = telemetry.metrics_text(false);
    for line in [
        "# HELP orders_total Orders placed.",
        "orders_total{region=\"eu\"} 3",
        "weight_total 0.5",
        "open -2",
        "balance -0.5",
        "level -3",
        "size 3",
        "heat 36.6",
        "wait_bucket{le=\"1.0\"} 0",
        "wait_bucket{le=\"2.0\"} 1",
        "bytes_count 1",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} is missing in\n{text}");
    }
}

#[test]
fn instruments_that_are_asked_tell_totals() {
    let telemetry = telemetry();
    let meter = MeterProvider::new(&telemetry).meter("shop");
    let total = Arc::new(AtomicU64::new(5));
    let told = Arc::clone(&total);
    let eu = [KeyValue::new("region", "eu"), KeyValue::new("tier", 1)];
    let counter = meter.u64_observable_counter("read");
    let _read =
        counter.with_callback(move |told_to| told_to.observe(told.load(Ordering::Relaxed), &eu)).build();
    let _ = meter
        .i64_observable_up_down_counter("open")
        .with_callback(|told_to| told_to.observe(-4, &[]))
        .build();
    let _ = meter.f64_observable_gauge("heat").with_callback(|told_to| told_to.observe(36.6, &[])).build();
    let _ =
        meter.u64_observable_gauge("broken").with_callback(|_| panic!("a callback of the program's")).build();
    let read = |expected: &str| {
        let text = telemetry.metrics_text(false);
        let line = format!("read_total{{region=\"eu\",tier=\"1\"}} {expected}");
        assert!(text.lines().any(|one| one == line), "{line} is missing in\n{text}");
        assert!(text.contains("\nopen -4\n") && text.contains("\nheat 36.6\n"), "{text}");
        assert!(!text.contains("asked"), "{text}");
    };
    read("5");
    read("5");
    total.store(9, Ordering::Relaxed);
    read("9");
    // It began anew.
    total.store(2, Ordering::Relaxed);
    read("11");
}

#[test]
fn each_provider_asks_its_own_callbacks() {
    let telemetry = telemetry();
    for name in ["one", "two"] {
        let meter = MeterProvider::new(&telemetry).meter("shop");
        let _ = meter.u64_observable_gauge(name).with_callback(|told_to| told_to.observe(1, &[])).build();
    }
    let text = telemetry.metrics_text(false);
    assert!(text.contains("\none 1\n") && text.contains("\ntwo 1\n"), "{text}");
}

#[test]
fn a_name_that_is_another_kinds_measures_nothing_and_is_told() {
    let telemetry = telemetry();
    let meter = MeterProvider::new(&telemetry).meter("shop");
    meter.u64_counter("orders").build().add(1, &[]);
    meter.f64_gauge("orders").build().record(9.0, &[]);
    meter.u64_counter("not a name").build().add(1, &[]);
    assert!(telemetry.metrics_text(false).contains("\norders_total 1\n"));
    let lines = lines(&telemetry);
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines.iter().all(|line| line["logger"] == "vigie.opentelemetry" && line["level"] == "WARN"));
    assert!(lines[0]["message"].as_str().unwrap().contains("orders"), "{lines:#?}");
}
