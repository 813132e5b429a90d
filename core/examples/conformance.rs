//! The Rust driver of the conformance vectors: `conformance <vectors-dir> <out-dir>`; see tests/conformance/README.md.
//! Not for judging: the runner compares what this leaves behind.

// A driver stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../tests/conformance/drivers/rust/mod.rs"]
mod vectors;

use std::io::Write;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out] = arguments.as_slice() else { panic!("usage: conformance <vectors-dir> <out-dir>") };
    let telemetry = vigie_core::host::global();
    for (name, vector) in
        vectors::load(Path::new(folder), |name| Path::new(out).join(format!("{name}.jsonl")))
    {
        if vectors::not_expressible(&vector).is_some() {
            continue;
        }
        let mut file = std::fs::File::create(Path::new(out).join(format!("{name}.extra"))).unwrap();
        for (kind, data) in vectors::player::play(telemetry, &vector) {
            write!(file, "{kind} {}\n{data}\n", data.len()).unwrap();
        }
    }
}
