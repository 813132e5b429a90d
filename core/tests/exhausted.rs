//! A process that has little memory: its outputs go on, and what is lost is counted.
#![cfg(target_os = "linux")]
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use vigie_core::{Config, Telemetry};

const FOLDER: &str = "VIGIE_TEST_EXHAUSTED_FOLDER";

/// Runs a part of this file under a limit of the system's; its folder.
fn limited(part: &str, limit: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exhausted-{part}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let done = Command::new("prlimit")
        .arg(limit)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", part, "--nocapture", "--test-threads=1"])
        .env(FOLDER, &folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{:?}\n{}\n{said}", done.status, String::from_utf8_lossy(&done.stdout));
    assert!(said.lines().filter(|line| line.starts_with("vigie: ")).count() <= 4, "{said}");
    folder
}

fn books(t: &Telemetry, output: usize) -> Value {
    let books = serde_json::from_str::<Value>(&t.stats_json()).unwrap()["outputs"][output].clone();
    let count = |key: &str| books[key].as_u64().unwrap();
    let dropped: u64 =
        books["dropped"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(
        count("accepted"),
        count("delivered") + dropped + count("queued") + count("spooled"),
        "{books}"
    );
    books
}

/// How often each number is in a file of any length, whose lines are all whole.
fn counts(path: &Path, numbers: u64) -> Vec<u32> {
    let mut counts = vec![0; usize::try_from(numbers).unwrap()];
    for line in BufReader::new(File::open(path).unwrap()).lines() {
        let record: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if let Some(n) = record["n"].as_u64() {
            counts[usize::try_from(n).unwrap()] += 1;
        }
    }
    counts
}

const THREADS: u64 = 8;

fn lines_of_a_thread() -> u64 {
    if std::env::var_os("VIGIE_FULL").is_some() { 50_000 } else { 2_000 }
}

#[test]
fn the_part_with_little_memory() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let path = Path::new(&folder).join("shop.jsonl");
    // A far side that takes nothing, so that its queue is full all the time.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let outputs = json!([
        {"to": "file", "path": path, "stall": "30s"},
        {"to": "otlp", "url": url, "signals": ["logs"]},
    ]);
    let t = Telemetry::new(Config::new("exhausted").set("outputs", outputs)).unwrap();
    let lines = lines_of_a_thread();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let log = t.logger("exhausted");
            scope.spawn(move || {
                let filler = "x".repeat(4_000);
                for n in 0..lines {
                    log.info("line").attr("n", thread * lines + n).attr("filler", &*filler).emit();
                }
            });
        }
    });
    t.shutdown(Duration::from_secs(2));
    (0..2).for_each(|output| _ = books(&t, output));
}

#[test]
fn d13_little_memory_is_enough() {
    let folder = limited("the_part_with_little_memory", "--as=536870912");
    let counts = counts(&folder.join("shop.jsonl"), THREADS * lines_of_a_thread());
    assert!(counts.iter().all(|count| *count == 1));
    std::fs::remove_dir_all(folder).unwrap();
}
