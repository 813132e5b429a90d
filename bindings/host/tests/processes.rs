//! Processes that share their metrics and are killed at any moment: nothing that was counted is lost or counted twice.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use vigie_core::{Config, InstrumentOptions, Telemetry};

const FOLDER: &str = "VIGIE_TEST_PROCESSES";

fn config(folder: &Path) -> Config {
    let folder = folder.display();
    Config::from_json(&format!(
        r#"{{"service": "shop", "outputs": [{{"to": "null", "signals": ["logs"]}}], "metrics": {{"multiprocess": "{folder}",
            "across": {{"newest": "last", "least": "min", "most": "max", "in_flight": "live_sum", "kept": "sum"}}}}}}"#
    ))
}

fn joined(folder: &Path) -> Telemetry {
    vigie_host::lend_memory();
    Telemetry::new(config(folder)).unwrap()
}

fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// Plays a worker: counts until it is killed, and tells of each count.
#[test]
fn the_part_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let telemetry = joined(Path::new(&folder));
    let meter = telemetry.meter();
    let requests = meter.counter("requests", InstrumentOptions::default()).unwrap();
    let latency = meter.histogram("latency", InstrumentOptions::default()).unwrap();
    let in_flight = meter.up_down_counter("in_flight", InstrumentOptions::default()).unwrap();
    let mut out = std::io::stdout().lock();
    for n in 1_u64.. {
        in_flight.add(1, |_| {});
        requests.add(1, |series| {
            series.key("route");
            series.str(if n % 2 == 0 { "/even" } else { "/odd" });
        });
        latency.record(n as f64, |_| {});
        writeln!(out, "counted {n}").unwrap();
    }
}

struct Worker {
    child: Child,
    told: JoinHandle<u64>,
}

impl Worker {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_part_that_is_killed", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let told = thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            lines.filter_map(|line| line.split("counted ").nth(1)?.parse().ok()).last().unwrap_or(0)
        });
        Self { child, told }
    }

    /// Kills it; how often it told that it had counted.
    fn kill(mut self) -> u64 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.told.join().unwrap()
    }
}

/// The sum of the samples whose names begin like this.
fn sum(text: &str, sample: &str) -> u64 {
    let values =
        text.lines().filter(|line| line.starts_with(sample)).filter_map(|line| line.rsplit(' ').next());
    values.map(|value| value.parse::<f64>().unwrap() as u64).sum()
}

/// Files that are not what they look like.
fn spoil(folder: &Path) {
    std::fs::create_dir_all(folder.join("00000000000000000001-1.cells/inside")).unwrap();
    let own = std::process::id();
    for (name, bytes) in [
        ("00000000000000000002-1.cells".to_owned(), &b""[..]),
        (format!("00000000000000000003-{own}.cells"), b"this is not a file of ours"),
        ("00000000000000000004-1.cells".to_owned(), b"VIGIECEL\x01\0\0\0\0\0\0\0torn"),
        ("notes.txt".to_owned(), b"somebody else's"),
        ("archive.next".to_owned(), b"left behind"),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

#[test]
fn workers_that_are_killed_and_replaced_lose_no_count() {
    let recycles = if std::env::var_os("VIGIE_FULL").is_some() { 1_000 } else { 60 };
    let folder = empty_folder("recycled");
    std::fs::create_dir_all(&folder).unwrap();
    spoil(&folder);
    let telemetry = joined(&folder);
    let last = AtomicU64::new(0);
    let scrape = || {
        let text = telemetry.metrics_text(false);
        let seen = sum(&text, "requests_total{");
        let before = last.fetch_max(seen, Ordering::SeqCst);
        assert!(seen >= before, "from {before} to {seen}");
        // Each may have been killed between the two.
        assert!(sum(&text, "latency_count").abs_diff(seen) <= recycles + 8);
        text
    };
    let mut told = 0;
    let mut workers: Vec<_> = (0..8).map(|_| Worker::start(&folder)).collect();
    let mut random = 1_u64;
    for round in 0..recycles {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_millis((random >> 33) % 20));
        let worker = workers.remove((random >> 40) as usize % workers.len());
        told += worker.kill();
        workers.push(Worker::start(&folder));
        if round % 3 == 0 {
            scrape();
        }
    }
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        scrape();
        fastest = fastest.min(start.elapsed());
    }
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert!(files <= 20, "{files} files");
    for worker in workers {
        told += worker.kill();
    }
    let text = scrape();
    let seen = sum(&text, "requests_total{");
    // Each may have been killed between counting and telling.
    assert!(seen >= told && seen <= told + recycles + 8, "{seen} of {told}");
    assert!(told > 100, "{told}");
    assert_eq!(sum(&text, "in_flight"), 0, "nobody lives");
    println!("{recycles} recycles, {told} told, {seen} seen, scrape {fastest:?}, {files} files");
}

#[test]
fn gauges_follow_their_rules() {
    let folder = empty_folder("gauges");
    let first = joined(&folder);
    let second = joined(&folder);
    let set = |telemetry: &Telemetry, value: f64| {
        for name in ["usual", "newest", "least", "most", "kept"] {
            telemetry.meter().gauge(name, InstrumentOptions::default()).unwrap().set(value, |_| {});
        }
        let sum = telemetry.meter().up_down_counter("up_down", InstrumentOptions::default()).unwrap();
        sum.add(value, |_| {});
    };
    let shown = |telemetry: &Telemetry| {
        let text = telemetry.metrics_text(false);
        let value = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(&format!("{name} ")))?;
            line.rsplit(' ').next()?.parse::<f64>().ok()
        };
        ["usual", "newest", "least", "most", "kept", "up_down"].map(value)
    };
    set(&first, 5.0);
    set(&second, 2.5);
    for telemetry in [&first, &second] {
        assert_eq!(shown(telemetry), [Some(7.5), Some(2.5), Some(2.5), Some(5.0), Some(7.5), Some(7.5)]);
    }
    drop(second);
    let after = shown(&first);
    assert_eq!(after, [Some(5.0), Some(2.5), Some(5.0), Some(5.0), Some(7.5), Some(7.5)]);
    assert_eq!(shown(&first), after, "and once more, from the archive");
}

#[test]
fn what_was_counted_before_and_what_comes_after_a_change_is_shared() {
    let folder = empty_folder("changes");
    let first = joined(&folder);
    let orders = first.meter().counter("orders", InstrumentOptions::default()).unwrap();
    let bound = orders.bind(|_| {});
    bound.add(3);
    let second = joined(&folder);
    assert!(second.metrics_text(false).contains("\norders_total 3\n"));
    first
        .reconfigure(
            &format!(
                r#"{{"level": "warn", "outputs": [{{"to": "null", "signals": ["logs"]}}],
                         "metrics": {{"multiprocess": "{}"}}}}"#,
                folder.display()
            ),
            &vigie_core::Environment::empty(),
        )
        .unwrap();
    bound.add(4);
    assert!(second.metrics_text(false).contains("\norders_total 7\n"));
    let elsewhere = r#"{"outputs": [{"to": "null"}]}"#;
    let error = first.reconfigure(elsewhere, &vigie_core::Environment::empty()).unwrap_err();
    assert!(error.to_string().starts_with("metrics.multiprocess: differs from "), "{error}");
    bound.add(1);
    assert!(second.metrics_text(false).contains("\norders_total 8\n"));
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    vigie_host::lend_memory();
    let error = Telemetry::new(config(Path::new("/dev/null/metrics"))).unwrap_err().to_string();
    assert!(error.starts_with("metrics.multiprocess: /dev/null/metrics: "), "{error}");
    assert!(error.ends_with("; accepted: a folder that can be written"), "{error}");
}

/// The files of processes in the folder.
fn files_of_cells(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "cells")).collect()
}

/// The file that a worker leaves behind, and how often it told that it had counted.
fn left_behind(folder: &Path) -> (PathBuf, u64) {
    let worker = Worker::start(folder);
    thread::sleep(Duration::from_millis(300));
    let told = worker.kill();
    assert!(told > 0);
    let files = files_of_cells(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    (files[0].clone(), told)
}

#[test]
fn a_process_id_that_is_used_again_says_nothing() {
    let folder = empty_folder("reused");
    let (file, told) = left_behind(&folder);
    std::fs::rename(&file, folder.join(format!("1-{}.cells", std::process::id()))).unwrap();
    let telemetry = joined(&folder);
    assert!(files_of_cells(&folder).is_empty(), "archived by whoever joins");
    assert!(sum(&telemetry.metrics_text(false), "requests_total{") >= told);
}

#[test]
fn what_was_archived_is_not_counted_again_where_its_file_stayed() {
    let folder = empty_folder("stayed");
    let (file, told) = left_behind(&folder);
    let bytes = std::fs::read(&file).unwrap();
    let telemetry = joined(&folder);
    let seen = sum(&telemetry.metrics_text(false), "requests_total{");
    assert!(seen >= told);
    // As if the one that archived it had been killed before it could delete it.
    std::fs::write(&file, bytes).unwrap();
    for _ in 0..3 {
        assert_eq!(sum(&telemetry.metrics_text(false), "requests_total{"), seen);
    }
    assert!(!file.exists(), "deleted in the end");
}

#[test]
fn a_file_that_was_cut_off_is_read_as_far_as_it_goes() {
    let folder = empty_folder("cut");
    let (file, _) = left_behind(&folder);
    let whole = std::fs::read(&file).unwrap();
    let used = whole.len() - whole.iter().rev().take_while(|byte| **byte == 0).count();
    for length in (0..used).step_by(41) {
        std::fs::write(&file, &whole[..length]).unwrap();
        let _ = std::fs::remove_file(folder.join("archive"));
        let telemetry = joined(&folder);
        // In whole records or not at all: each series was counted at least once.
        let text = telemetry.metrics_text(false);
        assert!(text.lines().filter(|line| line.starts_with("requests_total{")).count() <= 2, "{text}");
        assert!(text.lines().all(|line| line.starts_with('#') || line.rsplit(' ').next().unwrap() != "NaN"));
    }
}
