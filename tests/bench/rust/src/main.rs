//! `vigie-bench`: measures one workload of one library and prints one JSON line.
//!
//! Not for comparing: `run.py` beside this folder starts it once for each round and library, in turn.
#![allow(clippy::panic, clippy::expect_used, reason = "a measurement that went wrong must not look like one")]

mod down;
mod exporting;
mod measure;
mod peer_bridges;
mod peer_formats;
mod peer_opentelemetry;
mod peer_otlp;
mod peer_prometheus;
mod peer_slog;
mod peer_tracing;
mod peer_vigie;
mod portions;
mod receiver;
mod shapes;
mod values;
mod varied;
mod varied_vigie;

use measure::Case;
use std::process::ExitCode;

/// What formats are compared in.
const FORMATS: &[&str] = &["L1", "L1v", "S1", "S1v", "Mp"];

type Maker = fn(&str) -> Case;

/// Every library, what it is measured in, and how.
const PEERS: [(&str, &[&str], Maker); 15] = [
    (
        "vigie",
        &[
            "L1", "L1k", "L1v", "L1f", "L1p", "L0", "S1", "S1v", "S2", "M1", "M1v", "M1b", "M2", "M2b", "P1",
            "P1v", "X1",
        ],
        peer_vigie::make_case,
    ),
    ("vigie", peer_bridges::WORKLOADS, peer_bridges::make_case),
    ("opentelemetry", &["S1a", "M1a"], peer_bridges::opentelemetry),
    ("tracing-json", &["L1t", "L0t"], peer_bridges::tracing),
    ("vigie", exporting::WORKLOADS, exporting::make_case),
    ("vigie-file", exporting::RECORDING, exporting::make_file_case),
    ("lines", FORMATS, peer_formats::lines),
    ("otlp", FORMATS, peer_formats::otlp),
    ("lines+otlp", FORMATS, peer_formats::lines_and_otlp),
    ("otlp-json", FORMATS, peer_formats::otlp_json),
    ("slog-json", &["L1", "L1v", "L1f", "L1p"], peer_slog::make_case),
    ("tracing-json", &["L1", "L1f", "L0"], peer_tracing::make_case),
    ("opentelemetry", &["S1", "S1v", "S2", "M1", "M1v", "M2", "P1", "P1v"], peer_opentelemetry::make_case),
    ("opentelemetry", &["E1"], peer_otlp::make_case),
    ("prometheus", &["M1", "M1v", "M1b", "M2", "M2b", "X1"], peer_prometheus::make_case),
];

const USAGE: &str = "usage: vigie-bench --workload W --peer P [--samples N] [--sample-ms N] [--count N] | vigie-bench --list | --shapes | --receive";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--list") {
        for (peer, workloads, _) in PEERS {
            println!("{peer} {}", workloads.join(" "));
        }
        return ExitCode::SUCCESS;
    }
    if args.iter().any(|arg| arg == "--shapes") {
        shapes::print();
        return ExitCode::SUCCESS;
    }
    if args.iter().any(|arg| arg == "--receive") {
        receiver::serve();
        return ExitCode::SUCCESS;
    }
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1).map(String::as_str)
    };
    let number = |name: &str, default: u64| value(name).map_or(Some(default), |text| text.parse().ok());
    let asked = (value("--workload"), value("--peer"), number("--samples", 5), number("--sample-ms", 60));
    let (Some(workload), Some(peer), Some(samples @ 1..), Some(sample_ms @ 1..)) = asked else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if (workload, peer) == ("D1", "vigie") {
        println!("{{\"lang\":\"rust\",\"workload\":\"D1\",\"peer\":\"vigie\",{}}}", down::measure());
        return ExitCode::SUCCESS;
    }
    let found = PEERS.iter().find(|(name, workloads, _)| *name == peer && workloads.contains(&workload));
    let Some((_, _, make_case)) = found else {
        eprintln!("{peer} has no workload {workload}; --list shows what there is");
        return ExitCode::from(2);
    };
    // Two counts under a profiler of instructions, the difference of the two, and start-up is out of it.
    let result = match number("--count", 0) {
        Some(count @ 1..) => measure::count(make_case(workload), count),
        _ => measure::measure(make_case(workload), samples, sample_ms),
    };
    println!("{{\"lang\":\"rust\",\"workload\":\"{workload}\",\"peer\":\"{peer}\",{result}}}");
    ExitCode::SUCCESS
}
