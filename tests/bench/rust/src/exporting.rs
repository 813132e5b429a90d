//! Ours with an output that sends OTLP: alone, and beside a file.
//!
//! Not for what is recorded: see `peer_vigie`.

use crate::measure::Case;
use crate::peer_vigie::{count_loop, delivered, flush, log_loop, span_loop, telemetry};
use crate::portions::in_portions;
use crate::receiver;
use crate::values::receiver as address;
use vigie_core::Severity;

/// What records go to OTLP alone (`o`), or to a file and OTLP (`fo`).
pub const RECORDING: &[&str] = &["L1o", "L1fo", "S1o", "S1fo", "M1o", "M1fo"];
/// All that ours is measured in.
pub const WORKLOADS: &[&str] = &["E1", "L1o", "L1fo", "S1o", "S1fo", "M1o", "M1fo"];

fn signal(workload: &str) -> &'static str {
    match workload.as_bytes().first() {
        Some(b'L') => "logs",
        Some(b'M') => "metrics",
        _ => "spans",
    }
}

fn case(workload: &str, outputs: &[&str]) -> Case {
    let entries: Vec<String> =
        outputs.iter().map(|output| format!("{{{output},\"signals\":[\"{}\"]}}", signal(workload))).collect();
    let telemetry = telemetry(&entries.join(","), "");
    let flush = flush(&telemetry);
    let mut make = match signal(workload) {
        "logs" => log_loop(&telemetry, Severity::INFO, false),
        "spans" => span_loop(&telemetry, 1, false),
        _ => return Case { run: count_loop(&telemetry, "M1"), flush: Some(flush), exported: None },
    };
    let mut out = delivered(&telemetry, 1);
    let run = move |count| in_portions(count, &mut make, &mut out);
    let exported: Box<dyn FnMut() -> u64> = if outputs.contains(&FILE) && outputs.len() == 1 {
        delivered(&telemetry, 1)
    } else {
        Box::new(receiver::received)
    };
    Case { run: Box::new(run), flush: Some(flush), exported: Some(exported) }
}

const FILE: &str = "\"to\":\"file\",\"path\":\"/dev/null\"";

/// With OTLP.
pub fn make_case(workload: &str) -> Case {
    let otlp = format!("\"to\":\"otlp\",\"url\":\"{}\"", address());
    if workload.ends_with("fo") { case(workload, &[FILE, &otlp]) } else { case(workload, &[&otlp]) }
}

/// The same with a file alone.
pub fn make_file_case(workload: &str) -> Case {
    case(workload, &[FILE])
}
