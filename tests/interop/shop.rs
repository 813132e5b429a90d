//! The program of `test_prometheus.py` in Rust: a word on each line, an answer to each.
//! Its argument is JSON: the buckets, and the latencies that each order records.

// A program of a test stops at the first thing that is not as it must be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn main() {
    let argument: Value = serde_json::from_str(&std::env::args().nth(1).unwrap()).unwrap();
    let output = json!({"to": "prometheus", "listen": "127.0.0.1:0"});
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", json!([output]));
    let telemetry = Telemetry::new(config).unwrap();
    let described = |text: &str| InstrumentOptions { description: text.to_owned(), ..Default::default() };
    let orders = telemetry.meter().counter("orders", described("Orders placed.")).unwrap();
    let seconds = InstrumentOptions {
        unit: "s".to_owned(),
        buckets: Some(numbers(&argument["buckets"])),
        ..described("Time taken.")
    };
    let latency = telemetry.meter().histogram("latency_seconds", seconds).unwrap();
    for line in std::io::stdin().lines().map_while(Result::ok) {
        if line == "where" {
            let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
            println!("{}", stats["outputs"][0]["listening"].as_str().unwrap());
            continue;
        }
        orders.add(line.parse::<i64>().unwrap(), |series| series.attr("region", "eu"));
        numbers(&argument["latencies"]).into_iter().for_each(|value| latency.record(value, |_| {}));
        println!("done");
    }
}
