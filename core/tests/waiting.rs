//! What waiting for a local output promises, each in a process of its own: a slow reader gets everything, one that has
//! stopped costs its patience once, and every loss is told and in the books to the record.

// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![cfg(unix)]

#[path = "common/waited.rs"]
mod waited;

use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use vigie_core::{Config, Environment, Telemetry};
use waited::Waited;

const LINES: usize = 100_000;
/// In seconds: so long that to wait for it twice would be seen.
const STALL: u64 = 3;
/// Says how many threads a child process shall record with, and where it shall leave its books.
const THREADS: &str = "VIGIE_TEST_THREADS";
const BOOKS: &str = "VIGIE_TEST_BOOKS";
/// Has it also say so many errors, which wait until they are written.
const ERRORS: &str = "VIGIE_TEST_ERRORS";

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Played by a child: records as many lines as it is told, ends, and leaves its books.
#[test]
fn a_part_of_another_test() {
    let Some(threads) = number(THREADS) else { return };
    let books = PathBuf::from(std::env::var(BOOKS).unwrap());
    let file = books.with_extension("jsonl");
    let outputs = json!([
        {"to": "console", "stream": "stdout", "stall": STALL},
        {"to": "file", "path": file.to_str().unwrap()},
    ]);
    let config = Config::new("burst").variables(Environment::empty()).set("outputs", outputs);
    let telemetry = Telemetry::new(config).unwrap();
    let work = |thread: usize| {
        let (logger, waited) = (telemetry.logger("a"), Waited::begin());
        for n in 0..LINES / threads {
            logger.info("burst").attr("n", n).attr("thread", thread).emit();
        }
        waited.so_far()
    };
    let longest = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).max().unwrap()
    });
    let waited = Waited::begin();
    for _ in 0..number(ERRORS).unwrap_or_default() {
        telemetry.logger("a").error("bad").emit();
    }
    telemetry.shutdown(Duration::from_secs(5));
    let waited = longest + waited.so_far();
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    std::fs::write(&books, json!({"stats": stats, "waited": waited.as_secs_f64()}).to_string()).unwrap();
    // The harness would print more, and wait for ever for a reader that has stopped.
    std::process::exit(0);
}

fn burst(name: &str, threads: usize, errors: usize) -> (Child, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("waiting-{name}-{threads}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let books = folder.join("books");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_part_of_another_test", "--nocapture", "--test-threads=1"])
        .envs([(THREADS, threads.to_string()), (ERRORS, errors.to_string())])
        .env(BOOKS, &books)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    (child, books)
}

fn books(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The records among lines: the test harness prints lines of its own around them.
fn records(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').filter(|line| is_record(line)).count()
}

fn is_record(line: &[u8]) -> bool {
    let start = line.iter().position(|byte| *byte == b'{').unwrap_or(line.len());
    serde_json::from_slice::<Value>(&line[start..]).is_ok_and(|line| line["service"] == "burst")
}

/// Reads as a slow program does: 64 KiB each 5 ms.
fn read_slowly(mut from: impl Read) -> Vec<u8> {
    let mut all = Vec::new();
    let mut step = vec![0; 64 * 1024];
    loop {
        match from.read(&mut step).unwrap() {
            0 => return all,
            read => all.extend_from_slice(&step[..read]),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_slow_reader_gets_every_line() {
    for threads in [1, 8] {
        let (mut child, path) = burst("slow", threads, 0);
        let text = read_slowly(child.stdout.take().unwrap());
        assert!(child.wait().unwrap().success());
        assert_eq!(records(&text), LINES, "{threads} threads: {}", books(&path));
        let mut complaint = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert!(!complaint.contains("vigie:"), "{complaint}");
    }
}

#[test]
fn a_reader_that_stops_costs_its_patience_once_and_every_loss_is_booked() {
    for threads in [1, 8] {
        let (mut child, path) = burst("stopped", threads, 100);
        assert!(child.wait().unwrap().success());
        let left = books(&path);
        let waited = left["waited"].as_f64().unwrap();
        assert!(waited < STALL as f64 + 2.0, "{threads} threads, each waits once: {left}");
        let [console, file] = left["stats"]["outputs"].as_array().unwrap().as_slice() else {
            panic!("{left}")
        };
        let count = |books: &Value, key: &str| books[key].as_u64().unwrap();
        let dropped = console["dropped"].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
        assert_eq!(count(console, "accepted"), LINES as u64 + 100, "{left}");
        assert_eq!(count(console, "accepted"), count(console, "delivered") + dropped, "{left}");
        assert_eq!(file["dropped"], json!({}), "{left}");
        let mut text = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut text).unwrap();
        assert_eq!(
            records(&text) as u64,
            count(console, "delivered"),
            "what counts as written is in the pipe"
        );
        let mut complaint = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        let said: Vec<&str> = complaint.lines().filter(|line| line.starts_with("vigie:")).collect();
        assert_eq!(said.len(), 2, "one line when loss begins and one when it ends: {said:?}");
        assert!(said[0].contains("full") && said[1].contains(&dropped.to_string()), "{said:?}");
        let file = std::fs::read_to_string(path.with_extension("jsonl")).unwrap();
        let told: Vec<Value> = file
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &Value| line["message"] == "vigie.dropped")
            .collect();
        assert_eq!(told.len(), 1, "the other output has it too: {told:?}");
        assert_eq!((&told[0]["level"], &told[0]["phase"]), (&json!("WARN"), &json!("begins")), "{told:?}");
    }
}

#[test]
fn patience_of_none_waits_for_nothing() {
    let mut pipe = std::io::pipe().unwrap();
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&pipe.1));
    if !Path::new(&path).exists() {
        return;
    }
    let limits = json!({"buffer_bytes": 65_536, "line_bytes": 65_536});
    let outputs = json!([{"to": "file", "path": path, "stall": 0}]);
    let config =
        Config::new("burst").variables(Environment::empty()).set("outputs", outputs).set("limits", limits);
    let telemetry = Telemetry::new(config).unwrap();
    let waited = Waited::begin();
    (0..10_000).for_each(|n| telemetry.logger("a").error("x").attr("n", n).emit());
    assert!(waited.so_far() < Duration::from_secs(1), "{:?}", waited.so_far());
    let reader = std::thread::spawn(move || {
        drop(pipe.1);
        let mut text = Vec::new();
        pipe.0.read_to_end(&mut text).map(|_| text)
    });
    telemetry.shutdown(Duration::from_secs(5));
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    drop(telemetry);
    let delivered = stats["outputs"][0]["delivered"].as_u64().unwrap();
    assert!(delivered < 10_000, "{stats}");
    assert_eq!(records(&reader.join().unwrap().unwrap()) as u64, delivered, "{stats}");
}

const WRITER: &str = "VIGIE_TEST_WRITER";

/// What each child writes.
const MIXED: usize = 300;

/// Played by a child: long lines and short ones in turn.
#[test]
fn a_writer_of_another_test() {
    let Some(writer) = number(WRITER) else { return };
    let outputs = json!([{"to": "console", "stream": "stderr", "stall": "30s"}]);
    let config = Config::new("burst").variables(Environment::empty()).set("outputs", outputs);
    let telemetry = Telemetry::new(config).unwrap();
    let logger = telemetry.logger("a");
    let long = "x".repeat(60_000);
    for n in 0..MIXED {
        let text = if n % 2 == 0 { long.as_str() } else { "short" };
        logger.info(text).attr("n", n).attr("writer", writer).emit();
    }
    assert!(telemetry.flush(Duration::from_secs(30)));
}

#[cfg(target_os = "linux")]
#[test]
fn long_lines_of_several_processes_on_one_pipe_are_whole() {
    let writers = if std::env::var_os("VIGIE_FULL").is_some() { 8 } else { 4 };
    let (reader, writer) = std::io::pipe().unwrap();
    let children: Vec<Child> = (0..writers)
        .map(|number| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "a_writer_of_another_test", "--nocapture", "--test-threads=1"])
                .env(WRITER, number.to_string())
                .stdout(Stdio::null())
                .stderr(writer.try_clone().unwrap())
                .spawn()
                .unwrap()
        })
        .collect();
    drop(writer);
    let text = read_slowly(reader);
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let torn = lines.iter().filter(|line| !is_record(line)).count();
    assert_eq!((lines.len(), torn), (writers * MIXED, 0), "lines, and those that are none");
}
