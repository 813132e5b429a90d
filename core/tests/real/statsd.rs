//! The original StatsD.

use crate::process::{self, Server, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

/// Notes down what each flush of the daemon has.
const BACKEND: &str = r#"
const fs = require("fs");
exports.init = (start, config, events) => {
  events.on("flush", (time, { counters, gauges, timers, timer_counters }) =>
    fs.appendFileSync(config.notes, JSON.stringify({ counters, gauges, timers, timer_counters }) + "\n"));
  return true;
};
"#;

/// What the daemon got, over all flushes.
#[derive(Debug, Default)]
struct Got {
    counters: BTreeMap<String, f64>,
    gauges: BTreeMap<String, f64>,
    timers: BTreeMap<String, Vec<f64>>,
    /// How many values there were, by the rates.
    counts: BTreeMap<String, f64>,
}

fn daemon() -> Option<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/statsd/node_modules/statsd/stats.js");
    if script.is_file() && process::is_installed("node") {
        return Some(script);
    }
    eprintln!(
        "SKIP statsd is not installed; enable with: npm install --prefix target/statsd --ignore-scripts statsd@0.9.0"
    );
    None
}

fn got(notes: &Path) -> Got {
    let mut got = Got::default();
    for line in std::fs::read_to_string(notes).unwrap_or_default().lines() {
        let flush: Value = serde_json::from_str(line).unwrap();
        let of = |key: &str| flush[key].as_object().unwrap().clone();
        for (name, value) in of("counters") {
            *got.counters.entry(name).or_default() += value.as_f64().unwrap();
        }
        got.gauges.extend(of("gauges").into_iter().map(|(name, value)| (name, value.as_f64().unwrap())));
        for (name, values) in of("timers") {
            let values = values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
            got.timers.entry(name).or_default().extend(values);
        }
        for (name, count) in of("timer_counters") {
            *got.counts.entry(name).or_default() += count.as_f64().unwrap();
        }
    }
    got
}

/// Starts the daemon; its port and the file of its notes come back.
fn start(script: &Path) -> (Server, u16, PathBuf) {
    let (folder, port, admin) = (process::folder("statsd"), process::udp_port(), process::tcp_port());
    let notes = folder.join("notes.jsonl");
    std::fs::write(folder.join("backend.js"), BACKEND).unwrap();
    let config = json!({
        "address": "127.0.0.1", "port": port, "mgmt_address": "127.0.0.1", "mgmt_port": admin,
        "flushInterval": 200, "backends": [folder.join("backend.js")], "notes": notes,
    });
    std::fs::write(folder.join("config.js"), format!("({config})")).unwrap();
    let server =
        Server::start(folder.clone(), Command::new("node").arg(script).arg(folder.join("config.js")));
    until("flush of statsd", || notes.is_file().then_some(()));
    (server, port, notes)
}

#[test]
fn it_counts_what_was_measured() {
    let Some(script) = daemon() else { return };
    let (_server, port, notes) = start(&script);
    let output = json!({"to": "statsd", "address": format!("127.0.0.1:{port}"), "prefix": "shop"});
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output]));
    let telemetry = Telemetry::new(config).unwrap();
    let (meter, options) = (telemetry.meter(), InstrumentOptions::default);
    let seconds = || InstrumentOptions { unit: "s".to_owned(), ..options() };
    let orders = meter.counter("orders_total", options()).unwrap();
    let paid = meter.counter("paid", options()).unwrap();
    let open = meter.up_down_counter("open", options()).unwrap();
    let load = meter.gauge("load", options()).unwrap();
    let one = meter.histogram("one", seconds()).unwrap();
    let many = meter.histogram("many", seconds()).unwrap();
    one.record(0.07, |_| {});
    for n in 0..10_000 {
        orders.add(n % 3, |w| w.attr("region", ["eu", "u|s:1\n"][n as usize % 2]));
        paid.add(0.5, |_| {});
        open.add(if n % 2 == 0 { 3 } else { -4 }, |_| {});
        many.record(f64::from(n) / 1e4, |_| {});
        if n % 2_500 == 0 {
            assert!(telemetry.flush(process::PATIENCE));
        }
    }
    load.set(-0.25, |_| {});
    assert!(telemetry.shutdown(process::PATIENCE));
    let got =
        until("end of the counting", || Some(got(&notes)).filter(|got| got.gauges.contains_key("shop.load")));
    assert_eq!(got.counters["statsd.bad_lines_seen"], 0.0);
    assert_eq!(got.counters["shop.orders_total.region.eu"], 5_000.0);
    assert_eq!(got.counters["shop.orders_total.region.u_s_1_"], 4_999.0);
    assert_eq!(got.counters["shop.paid"], 5_000.0);
    assert_eq!((got.gauges["shop.open"], got.gauges["shop.load"]), (-5_000.0, -0.25));
    assert_eq!((&got.timers["shop.one"], got.counts["shop.one"]), (&vec![70.0], 1.0));
    assert_eq!(got.counts["shop.many"], 10_000.0, "exactly, by the rates");
    let values = &got.timers["shop.many"];
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!((450.0..550.0).contains(&mean), "{mean}");
    assert!(values.iter().all(|value| (0.0..1_000.0).contains(value)));
}
