//! The Pushgateway of Prometheus.

use crate::process::{self, Server, http, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

type Labels = BTreeMap<String, String>;

/// A gateway that has nothing yet.
struct Gateway {
    port: u16,
    _server: Server,
}

impl Gateway {
    fn start(name: &str) -> Option<Self> {
        if !process::is_installed("prometheus-pushgateway") {
            eprintln!(
                "SKIP prometheus-pushgateway is not installed; enable with: apt-get install prometheus-pushgateway"
            );
            return None;
        }
        let port = process::tcp_port();
        let mut command = Command::new("prometheus-pushgateway");
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let server = Server::start(process::folder(name), &mut command);
        until("Pushgateway", || http(port, "GET", "/-/ready", "").filter(|(status, _)| *status == 200));
        Some(Self { port, _server: server })
    }

    fn telemetry(&self, settings: &Value) -> Telemetry {
        let mut output = json!({"to": "pushgateway", "url": format!("http://127.0.0.1:{}", self.port)});
        output.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output]));
        Telemetry::new(config.set("metrics", json!({"every": "1h"}))).unwrap()
    }

    /// What it shows to a scrape of what was pushed: each sample by its name, and the labels of each.
    fn samples(&self) -> BTreeMap<String, Vec<(Labels, f64)>> {
        let (status, text) = http(self.port, "GET", "/metrics", "").unwrap();
        assert_eq!(status, 200);
        let mut samples: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && line.contains("job=")) {
            let (head, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = head.strip_suffix('}').unwrap().split_once('{').unwrap();
            samples
                .entry(name.to_owned())
                .or_default()
                .push((labels_of(labels), value.replace("+Inf", "inf").parse().unwrap()));
        }
        samples
    }
}

/// Labels as the text format has them. Their values are JSON strings but for what is not ASCII.
fn labels_of(text: &str) -> Labels {
    let mut labels = Labels::new();
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once('=') {
        let mut values = serde_json::Deserializer::from_str(behind).into_iter::<String>();
        labels.insert(name.to_owned(), values.next().unwrap().unwrap());
        rest = behind[values.byte_offset()..].trim_start_matches(',');
    }
    labels
}

fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Labels {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

#[test]
fn what_is_pushed_is_scraped_value_for_value() {
    let Some(gateway) = Gateway::start("pushgateway-values") else { return };
    let telemetry = gateway.telemetry(&json!({"job": "nightly"}));
    let (meter, options) = (telemetry.meter(), InstrumentOptions::default);
    let hostile = "a\"b\\c\nd é😀,}=";
    meter.counter("orders", options()).unwrap().add(41, |w| w.attr("region", hostile));
    meter.up_down_counter("open", options()).unwrap().add(-3, |_| {});
    meter.gauge("load", options()).unwrap().set(-0.1, |_| {});
    meter.gauge("broken", options()).unwrap().set(f64::NAN, |_| {});
    let sizes =
        meter.histogram("sizes", InstrumentOptions { buckets: Some(vec![0.5, 10.0]), ..options() }).unwrap();
    [0.25, 1.0, 99.5].into_iter().for_each(|value| sizes.record(value, |_| {}));
    assert!(telemetry.shutdown(process::PATIENCE), "{}", telemetry.stats_json());

    let samples = gateway.samples();
    // The gateway shows an `instance` of all that has none, so that the server that scrapes gives it none of its own.
    let job = labels([("job", "nightly"), ("instance", "")]);
    let with = |name: &str, text: &str| {
        job.clone().into_iter().chain([(name.to_owned(), text.to_owned())]).collect::<Labels>()
    };
    assert_eq!(samples["orders_total"], [(with("region", hostile), 41.0)]);
    assert_eq!(samples["open"], [(job.clone(), -3.0)]);
    assert_eq!(samples["load"], [(job.clone(), -0.1)]);
    assert!(samples["broken"][0].1.is_nan());
    assert_eq!(
        samples["sizes_bucket"],
        [(with("le", "0.5"), 1.0), (with("le", "10"), 2.0), (with("le", "+Inf"), 3.0)]
    );
    assert_eq!((samples["sizes_sum"][0].1, samples["sizes_count"][0].1), (100.75, 3.0));
    assert!(samples["push_time_seconds"][0].1 > 0.0);
}

#[test]
fn groups_are_those_of_their_labels_whatever_these_are() {
    let Some(gateway) = Gateway::start("pushgateway-groups") else { return };
    let texts = ["plain", "", "a/b", "..", ".", "/", "1 + 50%&?#", "é😀", "a@base64", "Pz8/", "?>~?/??"];
    for (n, text) in texts.iter().enumerate() {
        let telemetry = gateway.telemetry(&json!({"job": format!("j/{n} %2F+"), "grouping": {"key": text}}));
        telemetry.meter().gauge("n", InstrumentOptions::default()).unwrap().set(n as i64, |_| {});
        assert!(telemetry.shutdown(process::PATIENCE), "{text}: {}", telemetry.stats_json());
    }
    let samples = gateway.samples();
    assert_eq!(samples["n"].len(), texts.len());
    for (labels, value) in &samples["n"] {
        let n = *value as usize;
        assert_eq!(labels["job"], format!("j/{n} %2F+"));
        assert_eq!(labels.get("key").map_or("", String::as_str), texts[n]);
    }
}

#[test]
fn a_push_takes_the_place_of_its_group_or_of_its_names() {
    let Some(gateway) = Gateway::start("pushgateway-methods") else { return };
    let push = |method: &str, name: &str| {
        let telemetry = gateway.telemetry(&json!({"method": method}));
        telemetry.meter().gauge(name, InstrumentOptions::default()).unwrap().set(1, |_| {});
        assert!(telemetry.shutdown(process::PATIENCE), "{}", telemetry.stats_json());
    };
    let pushed = || {
        let samples = gateway.samples();
        ["one", "two", "three"].map(|name| samples.contains_key(name))
    };
    push("put", "one");
    push("post", "two");
    assert_eq!(pushed(), [true, true, false]);
    push("put", "three");
    assert_eq!(pushed(), [false, false, true]);
}

#[test]
fn what_the_gateway_refuses_is_said_in_its_words() {
    let Some(gateway) = Gateway::start("pushgateway-refusal") else { return };
    let (status, _) =
        http(gateway.port, "PUT", "/metrics/job/a", "# TYPE orders_total gauge\norders_total 1\n").unwrap();
    assert_eq!(status, 200);
    let telemetry = gateway.telemetry(&json!({"job": "b"}));
    telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap().add(1, |_| {});
    assert!(!telemetry.flush(process::PATIENCE));
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    let books = &stats["outputs"][0];
    assert_eq!(books["dropped"], json!({"rejected": 1}));
    assert!(books["last_error"].as_str().unwrap().contains("inconsistent"), "{books}");
}
