//! Ours with a hundred servers that are down: what one record takes, and the slowest one of a thousand.

use crate::peer_vigie::{log_loop, telemetry};
use std::net::TcpListener;
use std::time::Instant;
use vigie_core::Severity;

const SERVERS: usize = 100;
/// A second and more of records: buffers fill, attempts fail and are put off.
const RECORDS: usize = 100_000;

/// The members of the JSON line, in ns for a record; the measure `p999_ns` is the longest but for one in a thousand.
pub fn measure() -> String {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let outputs: Vec<String> = (0..SERVERS)
        .map(|n| format!("{{\"to\":\"otlp\",\"url\":\"http://{closed}/{n}\",\"signals\":[\"logs\"]}}"))
        .collect();
    let telemetry = telemetry(&outputs.join(","), "");
    let mut record = log_loop(&telemetry, Severity::INFO, false);
    let mut times: Vec<u128> = (0..RECORDS)
        .map(|_| {
            let begun = Instant::now();
            record(1);
            begun.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    let at = |index: usize| times.get(index).copied().unwrap_or(u128::MAX);
    let (min, median, p999) = (at(0), at(RECORDS / 2), at(RECORDS - 1 - RECORDS / 1000));
    format!("\"ns_min\":{min},\"ns_median\":{median},\"p999_ns\":{p999}")
}
