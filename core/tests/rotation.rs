//! Processes that write to one file, which they put aside and compress, and are killed at random: what `flush()` acknowledged is there
//! once, and every line is whole.
//! Not for one process and its file: see `kill`.
#![cfg(unix)]
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vigie_core::{Config, Telemetry};

const PATH: &str = "VIGIE_TEST_ROTATION_PATH";
const WRITER: &str = "VIGIE_TEST_ROTATION_WRITER";
const PACE: &str = "VIGIE_TEST_ROTATION_PACE_MS";

fn output(path: &str) -> Value {
    json!({"to": "file", "path": path, "rotate": {"size": "256KiB", "compress": "zstd"}})
}

/// Plays the part that is killed: logs for ever, and says on standard output up to where flush acknowledged.
#[test]
fn the_part_that_is_killed() {
    let (Ok(path), Ok(writer)) = (std::env::var(PATH), std::env::var(WRITER)) else { return };
    let t = Telemetry::new(Config::new("killed").output(output(&path))).unwrap();
    let log = t.logger("kill");
    let pace = Duration::from_millis(std::env::var(PACE).unwrap().parse().unwrap());
    for n in 0_u64.. {
        // Sizes from a fraction of a page to several.
        let filler = "x".repeat(if n % 7 == 0 { 9_000 } else { 100 });
        log.info("line").attr("writer", &*writer).attr("n", n).attr("filler", filler).emit();
        if n % 20 == 19 && t.flush(Duration::from_secs(5)) {
            println!("acknowledged {n}");
            // All share two processors, and all that is written is read again.
            std::thread::sleep(pace);
        }
    }
}

/// A process that writes, and what it has acknowledged.
struct Writer {
    name: String,
    child: Child,
    acknowledged: JoinHandle<Option<u64>>,
}

impl Writer {
    fn start(path: &Path, name: String, pace_ms: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_part_that_is_killed", "--nocapture", "--test-threads=1"])
            .env(PATH, path)
            .env(WRITER, &name)
            .env(PACE, pace_ms.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let acknowledged = std::thread::spawn(move || {
            let told = output.lines().map_while(Result::ok);
            told.filter_map(|line| line.split("acknowledged ").nth(1)?.parse().ok()).last()
        });
        Self { name, child, acknowledged }
    }

    fn kill(mut self) -> (String, Option<u64>) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        (self.name, self.acknowledged.join().unwrap())
    }
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rotation");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The files, compressed or not, without those that are no log.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.')).collect()
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    match path.extension().unwrap().to_str().unwrap() {
        "zst" => zstd::Decoder::new(file).unwrap().read_to_string(&mut text).unwrap(),
        "jsonl" => file.read_to_string(&mut text).unwrap(),
        other => panic!("{other}: {}", path.display()),
    };
    text
}

/// How often each line of each writer is there. Every line has to be whole.
fn counted(folder: &Path) -> HashMap<String, HashMap<u64, u32>> {
    let mut found: HashMap<String, HashMap<u64, u32>> = HashMap::new();
    for path in files(folder) {
        for line in text(&path).split_terminator('\n') {
            let record: Value = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{error} in {}: {line}", path.display()));
            if let (Some(writer), Some(n)) = (record["writer"].as_str(), record["n"].as_u64()) {
                *found.entry(writer.to_owned()).or_default().entry(n).or_default() += 1;
            }
        }
    }
    found
}

#[test]
fn of_what_was_acknowledged_nothing_is_lost_and_no_line_is_broken() {
    let is_full = std::env::var_os("VIGIE_FULL").is_some();
    let (processes, kills) = if is_full { (64, 500) } else { (6, 30) };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let folder = folder();
    let path = folder.join("shop.jsonl");
    let mut named = 0..;
    let mut start = || Writer::start(&path, format!("w{}", named.next().unwrap()), processes);
    let mut writers: Vec<Writer> = (0..processes).map(|_| start()).collect();
    let mut acknowledged = Vec::new();
    for _ in 0..kills {
        std::thread::sleep(Duration::from_millis(20 + random.next_u64() % 80));
        let place = random.next_u64() as usize % writers.len();
        acknowledged.push(writers.swap_remove(place).kill());
        writers.push(start());
    }
    acknowledged.extend(writers.into_iter().map(Writer::kill));
    // The next process to open the file cuts what the last ones left half written, and compresses what they put aside.
    let t = Telemetry::new(Config::new("next").output(output(path.to_str().unwrap()))).unwrap();
    let since = Instant::now();
    let is_left =
        |path: &PathBuf| path.extension().is_some_and(|last| last != "zst") && !path.ends_with("shop.jsonl");
    while files(&folder).iter().any(is_left) {
        assert!(since.elapsed() < Duration::from_secs(60), "{:?}", files(&folder));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(t.shutdown(Duration::from_secs(5)));
    let found = counted(&folder);
    let nothing = HashMap::new();
    for (writer, last) in &acknowledged {
        let lines = found.get(writer).unwrap_or(&nothing);
        for n in 0..last.map_or(0, |last| last + 1) {
            assert_eq!(lines.get(&n), Some(&1), "line {n} of {writer}");
        }
        assert!(lines.values().all(|count| *count == 1), "{writer}");
    }
    let count = acknowledged.iter().filter_map(|(_, last)| *last).count();
    assert!(count > processes / 2, "only {count} writers came to acknowledge anything");
    assert!(files(&folder).len() > 3, "{:?}", files(&folder));
}
