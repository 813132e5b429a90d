//! prometheus-client: a family per instrument, label sets of static strings.

use crate::measure::Case;
use crate::values::{EXPOSED, SERIES, in_turn, series};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Static strings: faster than the owned ones that a real route would need.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OwnedLabels {
    method: String,
    route: String,
    status: String,
}

fn labels(series: &[&'static str; 3]) -> Labels {
    let [method, route, status] = *series;
    Labels { method, route, status }
}

/// The bounds that ours has for seconds.
fn histogram() -> Histogram {
    Histogram::new([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0])
}

fn exposition() -> Case {
    let mut registry = Registry::default();
    let counter = Family::<OwnedLabels, Counter>::default();
    registry.register("requests", "Requests", counter.clone());
    let owned = |item: usize| OwnedLabels {
        method: "GET".to_owned(),
        route: format!("/item/{item}"),
        status: "200".to_owned(),
    };
    for item in 0..EXPOSED {
        counter.get_or_create(&owned(item)).inc();
    }
    let changing = owned(7);
    Case::plain(move |count| {
        let mut text = String::new();
        for _ in 0..count {
            counter.get_or_create(&changing).inc();
            text = String::new();
            encode(&mut text, &registry).expect("a String takes it");
        }
        assert_eq!(text.matches("route=\"/item/").count(), EXPOSED);
    })
}

pub fn make_case(workload: &str) -> Case {
    let counter = Family::<Labels, Counter>::default();
    let latency = Family::<Labels, Histogram>::new_with_constructor(histogram);
    let [first, ..] = &SERIES;
    match workload {
        "M1" | "M1v" => Case::plain(in_turn(series(workload), move |series| {
            counter.get_or_create(&labels(series)).inc();
        })),
        "M2" => Case::plain(in_turn(series(workload), move |series| {
            latency.get_or_create(&labels(series)).observe(0.12);
        })),
        "M1b" => {
            let bound = counter.get_or_create_owned(&labels(first));
            Case::plain(move |count| {
                for _ in 0..count {
                    bound.inc();
                }
            })
        }
        "M2b" => {
            let bound = latency.get_or_create_owned(&labels(first));
            Case::plain(move |count| {
                for _ in 0..count {
                    bound.observe(0.12);
                }
            })
        }
        _ => exposition(),
    }
}
