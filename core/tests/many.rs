//! Many processes that write to one file, whether it is put aside meanwhile or not: every line is there once, and whole.
//! Not for processes that are killed: see `rotation`.
#![cfg(unix)]
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;
use vigie_core::{Config, Telemetry};

const OUTPUT: &str = "VIGIE_TEST_MANY_OUTPUT";
const WRITER: &str = "VIGIE_TEST_MANY_WRITER";
const LINES: &str = "VIGIE_TEST_MANY_LINES";

/// Every so many lines one is large.
const LARGE_EVERY: u64 = 500;

/// Plays one of them.
#[test]
fn the_part_that_writes() {
    let (Ok(output), Ok(writer)) = (std::env::var(OUTPUT), std::env::var(WRITER)) else { return };
    let lines: u64 = std::env::var(LINES).unwrap().parse().unwrap();
    let output: Value = serde_json::from_str(&output).unwrap();
    let t = Telemetry::new(Config::new("many").output(output)).unwrap();
    let log = t.logger("many");
    let large = "x".repeat(60_000);
    for n in 0..lines {
        let line = log.info("line").attr("writer", &*writer).attr("n", n);
        if n % LARGE_EVERY == 1 {
            line.attr("a", &*large).attr("b", &*large).attr("c", &*large).attr("d", &*large).emit();
        } else {
            line.attr("filler", &large[..n as usize % 300]).emit();
        }
    }
    assert!(t.shutdown(Duration::from_secs(60)));
    let books = &serde_json::from_str::<Value>(&t.stats_json()).unwrap()["outputs"][0];
    assert_eq!((&books["accepted"], &books["delivered"]), (&json!(lines), &json!(lines)), "{books}");
}

fn is_full() -> bool {
    std::env::var_os("VIGIE_FULL").is_some()
}

/// Has processes write their lines; the files that are there afterwards.
fn written(name: &str, processes: u64, lines: u64, rotate: Option<Value>) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("many-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut output = json!({"to": "file", "path": folder.join("shop.jsonl"), "stall": "30s"});
    if let Some(rotate) = rotate {
        output["rotate"] = rotate;
    }
    let start = |writer: u64| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_part_that_writes", "--test-threads=1"])
            .env(OUTPUT, output.to_string())
            .env(WRITER, writer.to_string())
            .env(LINES, lines.to_string())
            .spawn()
            .unwrap()
    };
    let writers: Vec<Child> = (0..processes).map(start).collect();
    assert!(writers.into_iter().all(|mut writer| writer.wait().unwrap().success()));
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|last| last == "jsonl")).collect();
    let mut found = vec![vec![0_u32; lines as usize]; processes as usize];
    for path in &files {
        for line in BufReader::new(std::fs::File::open(path).unwrap()).lines() {
            let line = line.unwrap();
            let record: Value = serde_json::from_str(&line)
                .unwrap_or_else(|error| panic!("{error} in {}: {}", path.display(), line.len()));
            let writer: usize = record["writer"].as_str().unwrap().parse().unwrap();
            found[writer][record["n"].as_u64().unwrap() as usize] += 1;
        }
    }
    let wrong = found.iter().flatten().filter(|count| **count != 1).count();
    assert_eq!(wrong, 0, "of {} lines", processes * lines);
    files
}

#[test]
fn d6_a_file_that_four_processes_put_aside() {
    let (lines, size, least) = if is_full() { (50_000, "300KiB", 200) } else { (2_500, "200KiB", 10) };
    let files = written("rotate", 4, lines, Some(json!({"size": size})));
    assert!(files.len() > least, "{} files", files.len());
}

#[test]
fn d7_a_file_of_eight_processes() {
    let lines = if is_full() { 50_000 } else { 1_500 };
    let files = written("one", 8, lines, None);
    assert_eq!(files.len(), 1);
}
