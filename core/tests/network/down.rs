//! Many servers that are down: the thread that records does not wait for them.
//!
//! What a record costs then is measured by the bench: on a busy machine time says nothing of waiting.
#![cfg(target_os = "linux")]

use crate::support::closed_port;
use serde_json::{Value, json};
use vigie_core::{Config, Telemetry};

const SERVERS: usize = 100;
const RECORDS: usize = 5_000;

/// How often this thread has waited so far, for a lock or for anything else.
fn waits() -> usize {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_hundred_servers_that_are_down_do_not_hold_up_the_thread_that_records() {
    let port = closed_port();
    let kinds = |n: usize| if n.is_multiple_of(2) { "otlp" } else { "http" };
    let outputs: Vec<Value> = (0..SERVERS)
        .map(|n| json!({"to": kinds(n), "url": format!("http://127.0.0.1:{port}/{n}"), "signals": ["logs"]}))
        .collect();
    // Small buffers: many records find all of them full.
    let document = json!({"service": "net", "outputs": outputs, "limits": {"buffer_bytes": "256KiB"}});
    let telemetry = Telemetry::new(Config::from_json(&document.to_string())).unwrap();
    let logger = telemetry.logger("net");
    let before = waits();
    (0..RECORDS).for_each(|n| logger.info("request handled").attr("n", n).attr("method", "GET").emit());
    let waited = waits() - before;
    println!("waited {waited} times");
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    for output in stats["outputs"].as_array().unwrap() {
        let full = output["dropped"]["full"].as_u64().unwrap_or_default();
        assert!(full > 0 && output["queued"].as_u64().unwrap() > 0, "{output}");
    }
    // Each record takes a hundred locks, which the threads that send take now and then.
    assert!(waited <= RECORDS / 100, "{waited} waits");
}
