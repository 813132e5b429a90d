//! Metric points: one metric of each instrument, whatever the number of its series.

use super::far::Far;
use super::model::decoded_members;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{Metric, metric::Data};
use serde_json::json;
use vigie_core::InstrumentOptions;
use vigie_core::extend::Signal;
use vigie_core::extend::otlp::Encoding;

const START: u64 = 1_767_323_045_000_000_000;

/// Under a clock that moves by a second at each reading.
fn far(name: &'static str) -> Far {
    Far::with(name, json!({"testing": {"clock": "2026-01-02T03:04:05Z", "step": "1s"}}))
}

fn metrics(far: &Far) -> Vec<Metric> {
    let request = far.metrics();
    let [of_resource] = &*request.resource_metrics else { panic!("{request:?}") };
    let [of_scope] = &*of_resource.scope_metrics else { panic!("{request:?}") };
    assert!(of_scope.scope.is_none());
    of_scope.metrics.clone()
}

fn options(unit: &str, description: &str, buckets: Option<Vec<f64>>) -> InstrumentOptions {
    InstrumentOptions { unit: unit.to_owned(), description: description.to_owned(), buckets }
}

#[test]
fn sums_are_cumulative_and_only_counters_are_monotonic() {
    let far = far("sums");
    let meter = far.telemetry.meter();
    let orders = meter.counter("orders", options("{order}", "Orders \"placed\"\n", None)).unwrap();
    orders.add(2, |w| w.attr("region", "eu"));
    orders.add(0.5, |w| w.attr("region", "us"));
    orders.add(3, |w| w.attr("region", "eu"));
    let open = meter.up_down_counter("open", InstrumentOptions::default()).unwrap();
    open.add(-4, |w| w.attr("n", 1));
    let found = metrics(&far);
    let [up_down, counter] = &*found else { panic!("{found:?}") };
    assert_eq!(
        (&*counter.name, &*counter.unit, &*counter.description),
        ("orders", "{order}", "Orders \"placed\"\n")
    );
    let Some(Data::Sum(sum)) = &counter.data else { panic!("{counter:?}") };
    assert_eq!((sum.aggregation_temporality, sum.is_monotonic), (2, true));
    let points: Vec<_> = sum
        .data_points
        .iter()
        .map(|point| {
            // All were made before the clock was read, which is done once for a push.
            assert_eq!((point.start_time_unix_nano, point.time_unix_nano), (START, START));
            (decoded_members(&point.attributes)["region"].clone(), point.value.unwrap())
        })
        .collect();
    assert_eq!(
        points,
        [("text \"eu\"".to_owned(), Number::AsInt(5)), ("text \"us\"".to_owned(), Number::AsDouble(0.5))]
    );
    let Some(Data::Sum(sum)) = &up_down.data else { panic!("{up_down:?}") };
    assert_eq!((sum.aggregation_temporality, sum.is_monotonic, sum.data_points.len()), (2, false, 1));
    assert_eq!(sum.data_points[0].value, Some(Number::AsInt(-4)));
}

#[test]
fn a_series_keeps_its_start() {
    let far = far("start");
    let orders = far.telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    orders.add(1, |w| w.attr("n", 1));
    let first = metrics(&far);
    orders.add(1, |w| w.attr("n", 1));
    orders.add(1, |w| w.attr("n", 2));
    let second = metrics(&far);
    let times = |metrics: &[Metric]| -> Vec<(u64, u64)> {
        let Some(Data::Sum(sum)) = &metrics[0].data else { panic!("{metrics:?}") };
        let seconds = |time: u64| (time - START) / 1_000_000_000;
        let points = sum.data_points.iter();
        points.map(|point| (seconds(point.start_time_unix_nano), seconds(point.time_unix_nano))).collect()
    };
    assert_eq!(times(&first), [(0, 0)]);
    assert_eq!(times(&second), [(0, 1), (1, 1)]);
}

#[test]
fn gauges_and_numbers_that_are_none() {
    let far = far("gauges");
    let gauge = far.telemetry.meter().gauge("temperature", options("Cel", "", None)).unwrap();
    gauge.set(f64::NAN, |_| {});
    gauge.set(f64::NEG_INFINITY, |w| w.attr("at", "space"));
    gauge.set(-3, |w| w.attr("at", "home"));
    let found = metrics(&far);
    let [metric] = &*found else { panic!("{found:?}") };
    let Some(Data::Gauge(gauge)) = &metric.data else { panic!("{metric:?}") };
    let values: Vec<_> =
        gauge.data_points.iter().map(|point| format!("{:?}", point.value.unwrap())).collect();
    assert_eq!(values, ["AsDouble(NaN)", "AsInt(-3)", "AsDouble(-inf)"]);
}

#[test]
fn histograms_have_their_bounds_and_extremes() {
    let far = far("histograms");
    let meter = far.telemetry.meter();
    let latency = meter.histogram("latency", options("s", "", Some(vec![0.5, 10.0]))).unwrap();
    for value in [0.25, 12.0, 0.5] {
        latency.record(value, |w| w.attr("route", "/"));
    }
    let drift = meter.histogram("drift", options("", "", Some(vec![]))).unwrap();
    drift.record(-1, |_| {});
    let found = metrics(&far);
    let [drift, latency] = &*found else { panic!("{found:?}") };
    let Some(Data::Histogram(histogram)) = &latency.data else { panic!("{latency:?}") };
    assert_eq!(histogram.aggregation_temporality, 2);
    let [point] = &*histogram.data_points else { panic!("{histogram:?}") };
    assert_eq!((point.count, point.sum, point.min, point.max), (3, Some(12.75), Some(0.25), Some(12.0)));
    assert_eq!((&*point.bucket_counts, &*point.explicit_bounds), (&[2, 0, 1][..], &[0.5, 10.0][..]));
    assert_eq!(decoded_members(&point.attributes)["route"], "text \"/\"");
    let Some(Data::Histogram(histogram)) = &drift.data else { panic!("{drift:?}") };
    let [point] = &*histogram.data_points else { panic!("{histogram:?}") };
    // A sum of what may be negative is no counter, so the protocol wants none.
    assert_eq!((point.count, point.sum, point.min), (1, None, Some(-1.0)));
    assert_eq!((&*point.bucket_counts, point.explicit_bounds.len()), (&[1][..], 0));
}

#[test]
fn points_of_one_metric_are_together_whatever_their_order() {
    let far = far("together");
    let meter = far.telemetry.meter();
    for name in ["a", "b"] {
        let counter = meter.counter(name, InstrumentOptions::default()).unwrap();
        (0..200).for_each(|i| counter.add(i, |w| w.attr("i", i)));
    }
    for (encoding, pieces) in far.take_pieces(Signal::Metrics) {
        assert_eq!(pieces.len() % 400, 0);
        // As they would be if two collections had met in one batch.
        let (even, odd): (Vec<_>, Vec<_>) = pieces.iter().cloned().enumerate().partition(|(i, _)| i % 2 == 0);
        let mixed: Vec<Vec<u8>> = even.into_iter().chain(odd).map(|(_, piece)| piece).collect();
        let body = far.body(encoding, Signal::Metrics, &mixed);
        let value = match encoding {
            Encoding::Protobuf => super::canonical::of_protobuf(Signal::Metrics, &body),
            Encoding::Json => super::canonical::of_json(&body),
        };
        let metrics = value["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap().clone();
        let found: Vec<_> = metrics
            .iter()
            .map(|metric| (metric["name"].clone(), metric["sum"]["dataPoints"].as_array().unwrap().len()))
            .collect();
        assert_eq!(found, [(json!("a"), pieces.len() / 2), (json!("b"), pieces.len() / 2)]);
    }
}
