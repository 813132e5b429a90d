//! SIGKILL at random times while Rust logs to a file: what `flush()` acknowledged is there, and the next
//! open leaves no broken line.
//! Not for other ways to end: see `life_cycle`.
#![cfg(unix)]
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use vigie_core::{Config, Telemetry};

const PATH: &str = "VIGIE_TEST_KILL_PATH";

/// What it says before its first line: how long a program takes to start is not what is tested.
const STARTED: &str = "started";

/// Plays the part that is killed: logs for ever, and says on standard output up to where flush acknowledged.
#[test]
fn the_part_that_is_killed() {
    let Ok(path) = std::env::var(PATH) else { return };
    let limits = serde_json::json!({"string_bytes": "512KiB", "line_bytes": "512KiB"});
    let config = Config::new("killed").set("limits", limits);
    let t = Telemetry::new(config.output(serde_json::json!({"to": "file", "path": path}))).unwrap();
    let log = t.logger("kill");
    println!("{STARTED}");
    for n in 0_u64.. {
        // From less than a page to many, so that a kill meets long writes too.
        let filler = "x".repeat(match n {
            n if n % 90 == 0 => 256 * 1024,
            n if n % 7 == 0 => 8 * 1024,
            _ => 100,
        });
        log.info("line").attr("n", n).attr("filler", filler).emit();
        if n % 50 == 49 {
            assert!(t.flush(Duration::from_secs(5)));
            println!("acknowledged {n}");
        }
    }
}

/// Starts a writer, kills it `patience` after its start, and returns the last line that it had acknowledged.
fn killed_after(path: &Path, patience: Duration) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_part_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(told.any(|line| line.ends_with(STARTED)));
    let reader = std::thread::spawn(move || {
        told.filter_map(|line| line.split("acknowledged ").nth(1)?.parse().ok()).last()
    });
    std::thread::sleep(patience);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kill");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn acknowledged_lines_survive_and_the_file_heals() {
    let rounds = if std::env::var_os("VIGIE_FULL").is_some() { 500 } else { 20 };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let folder = folder();
    let mut acknowledged_rounds = 0;
    for round in 0..rounds {
        let path = folder.join(format!("{round}.jsonl"));
        let patience = Duration::from_millis(20 + random.next_u64() % 180);
        let acknowledged = killed_after(&path, patience);
        if !path.exists() {
            assert_eq!(acknowledged, None, "round {round}");
            continue;
        }
        // A kill in the middle of a write is rare on a fast disk: every second round tears the tail itself.
        if round % 2 == 0 {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(br#"{"timestamp":"2026-01-02T03:04"#).unwrap();
        }
        // The next open heals.
        let t = Telemetry::new(Config::new("next").output(serde_json::json!({"to": "file", "path": path})))
            .unwrap();
        t.logger("next").info("after").emit();
        assert!(t.shutdown(Duration::from_secs(5)));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with('\n'));
        let records: Vec<Value> = text
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("round {round}: {error}: {line}"))
            })
            .collect();
        let numbers: Vec<u64> = records.iter().filter_map(|record| record["n"].as_u64()).collect();
        let in_order: Vec<u64> = (0..numbers.len() as u64).collect();
        assert_eq!(numbers, in_order, "round {round}");
        if let Some(last) = acknowledged {
            acknowledged_rounds += 1;
            assert!(
                numbers.len() as u64 > last,
                "round {round}: {last} was acknowledged, {} are there",
                numbers.len()
            );
        }
        std::fs::remove_file(&path).unwrap();
    }
    assert!(acknowledged_rounds > rounds / 4, "too few rounds got as far as a flush: {acknowledged_rounds}");
}
