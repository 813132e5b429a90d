//! What every peer does in a workload: the same values, so that only the library differs.
//!
//! Not for code of any library: each has its own `peer_*`.

use crate::varied;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

pub const MESSAGE: &str = "request handled";
pub const LOGGER: &str = "shop.api";
pub const SERVICE: &str = "shop";
pub const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub const SPAN_ID: &str = "00f067aa0ba902b7";
pub const CORRELATION_ID: &str = "req-7f3a9c";
/// Eight series in turn, three label values each: method, route, status.
pub const SERIES: [[&str; 3]; 8] = [
    ["GET", "/", "200"],
    ["GET", "/cart", "200"],
    ["GET", "/pay", "200"],
    ["GET", "/login", "200"],
    ["POST", "/", "200"],
    ["POST", "/cart", "200"],
    ["POST", "/pay", "200"],
    ["POST", "/login", "200"],
];
pub const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
pub const TRACESTATE: &str = "vendor=abc123,other=xyz";
pub const BAGGAGE: &str = "tenant=acme,user=u-7";
pub const EXPOSED: usize = 10_000;

/// The label values that a workload counts under: eight, or those of M1v.
pub fn series(workload: &str) -> &'static [[&'static str; 3]] {
    if workload == "M1v" { varied::series() } else { &SERIES }
}

/// The headers that a workload extracts.
pub fn headers(workload: &str) -> HashMap<String, String> {
    let (tracestate, baggage) =
        if workload == "P1v" { (varied::TRACESTATE, varied::BAGGAGE) } else { (TRACESTATE, BAGGAGE) };
    [("traceparent", TRACEPARENT), ("tracestate", tracestate), ("baggage", baggage)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// Runs `update` with all series in turn, going on where the run before stopped.
pub fn in_turn(
    series: &'static [[&'static str; 3]],
    mut update: impl FnMut(&'static [&'static str; 3]),
) -> impl FnMut(u64) {
    let mut endless = series.iter().cycle();
    move |count| {
        for series in endless.by_ref().take(count as usize) {
            update(series);
        }
    }
}

/// The path that L1 and L1f write to.
pub fn sink(workload: &str) -> PathBuf {
    if workload == "L1f" {
        std::env::var_os("VIGIE_BENCH_FILE").map_or_else(|| "bench.jsonl".into(), Into::into)
    } else {
        "/dev/null".into()
    }
}

/// An empty file, or /dev/null.
pub fn open_sink(workload: &str) -> File {
    File::create(sink(workload)).expect("the sink can be created")
}

/// The address of what receives OTLP.
pub fn receiver() -> String {
    std::env::var("VIGIE_BENCH_RECEIVER").expect("VIGIE_BENCH_RECEIVER is what --receive prints")
}

/// How many lines L1f has left behind; unknown for /dev/null.
pub fn lines_on_disk(workload: &str) -> Option<Box<dyn FnMut() -> u64>> {
    let path = (workload == "L1f").then(|| sink(workload))?;
    Some(Box::new(move || {
        let mut file = File::open(&path).expect("the file was written");
        let mut chunk = vec![0; 1 << 20];
        let mut lines = 0;
        loop {
            let read = file.read(&mut chunk).expect("the file can be read");
            if read == 0 {
                return lines;
            }
            lines += chunk.iter().take(read).filter(|byte| **byte == b'\n').count() as u64;
        }
    }))
}
