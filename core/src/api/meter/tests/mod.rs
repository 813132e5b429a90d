//! Tests of the meter as its callers see it.

mod cardinality;
mod exposition;
mod gains;
mod lifecycle;
mod measuring;

use super::*;
use crate::clock::Clock;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::redact::Redaction;
use crate::encode::jsonl::JsonLines;
use crate::encode::prometheus::{Escaping, Exposition, Format};
use crate::encode::record::Encoder;
use crate::generation;
use crate::model::resource::Resource;
use crate::stats::Counts;
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A telemetry that consists of its registry.
struct TestHome {
    current: ArcSwap<Registry>,
    exposition: ArcSwap<Exposition>,
    counts: Arc<Counts>,
    enabled: AtomicBool,
    opened: AtomicU64,
}

impl MeterHome for TestHome {
    fn registry(&self) -> Arc<Registry> {
        self.current.load_full()
    }

    fn open(&self) -> bool {
        self.opened.fetch_add(1, Ordering::Relaxed);
        self.enabled.load(Ordering::Relaxed)
    }
}

fn rules(limits: Limits, keys: &[&str]) -> Arc<Rules> {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let redaction = Redaction { keys, ..Redaction::default() };
    Arc::new(Rules::new(limits, &redaction, None))
}

fn clock() -> Arc<Clock> {
    Arc::new(Clock::system())
}

fn home_with(limits: Limits) -> (Arc<TestHome>, Meter) {
    let counts = Arc::new(Counts::default());
    let registry = Registry::new(rules(limits, &[]), Arc::clone(&counts), clock());
    let home = Arc::new(TestHome {
        current: ArcSwap::from_pointee(registry),
        exposition: ArcSwap::default(),
        counts,
        enabled: AtomicBool::new(true),
        opened: AtomicU64::new(0),
    });
    (Arc::clone(&home), Meter::new(home))
}

fn home() -> (Arc<TestHome>, Meter) {
    home_with(Limits::default())
}

impl TestHome {
    /// A new generation: the same callbacks, no series.
    fn renew(&self) {
        let fresh = self.registry().fresh(rules(Limits::default(), &[]), Arc::clone(&self.counts), clock());
        self.current.store(Arc::new(fresh));
        self.exposition.store(Arc::default());
        generation::advance();
    }

    fn text_with(&self, format: Format, escaping: Escaping) -> String {
        let registry = self.registry();
        registry.collect();
        self.exposition.load().text(format, escaping, &registry.instruments())
    }

    fn text_as(&self, format: Format) -> String {
        self.text_with(format, Escaping::default())
    }

    fn text(&self) -> String {
        self.text_as(Format::Prometheus)
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        let registry = self.registry();
        registry.collect();
        let mut lines = Vec::new();
        let resource = Resource { service: "shop".to_owned(), ..Resource::default() };
        let encoder = JsonLines::new(&resource, &rules(Limits::default(), &[]), &self.counts);
        // 2026-01-02T03:04:05Z
        registry.points(1_767_323_045_000_000_000, &mut |point| {
            let mut line = Vec::new();
            encoder.point(point, &mut line);
            assert_eq!(line.last(), Some(&b'\n'));
            lines.push(serde_json::from_slice(&line).unwrap());
        });
        lines
    }
}

fn no_options() -> InstrumentOptions {
    InstrumentOptions::default()
}

/// No attributes.
fn none(_: &mut crate::encode::attributes::writer::AttributeWriter<'_>) {}

/// One attribute.
fn label<'a>(
    key: &'a str,
    value: &'a str,
) -> impl Fn(&mut crate::encode::attributes::writer::AttributeWriter<'_>) + 'a {
    move |w| {
        w.key(key);
        w.str(value);
    }
}
