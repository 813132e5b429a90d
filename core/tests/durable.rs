//! `delivery: durable`: what `flush()` has acknowledged is on the disk, which the system calls of a process show.
//! Not for what a kill leaves: see `kill`.
#![cfg(target_os = "linux")]
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use vigie_core::{Config, Telemetry};

const PATH: &str = "VIGIE_TEST_DURABLE_PATH";
const DELIVERY: &str = "VIGIE_TEST_DURABLE_DELIVERY";

/// Plays the part that is watched: logs, flushes, and says what came of it.
#[test]
fn the_part_that_is_watched() {
    let (Ok(path), Ok(delivery)) = (std::env::var(PATH), std::env::var(DELIVERY)) else { return };
    let output = json!({"to": "file", "path": path, "delivery": delivery});
    let t = Telemetry::new(Config::new("durable").output(output)).unwrap();
    let log = t.logger("durable");
    for round in 0..10 {
        for n in 0..20 {
            log.info("line").attr("n", round * 20 + n).emit();
        }
        let is_out = t.flush(Duration::from_secs(20));
        println!("round {round}: {is_out}");
    }
    log.error("last").emit();
    println!("error returned");
    let books = serde_json::from_str::<Value>(&t.stats_json()).unwrap()["outputs"][0].clone();
    println!("books {books}");
    t.shutdown(Duration::from_secs(20));
}

struct Watched {
    calls: Vec<String>,
    said: Vec<String>,
}

/// Runs it under strace; nothing where there is none.
fn watched(name: &str, delivery: &str, more: &[&str]) -> Option<(Watched, PathBuf)> {
    let has_strace = Command::new("strace").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !has_strace {
        eprintln!("SKIP strace is not installed; enable with: apt-get install strace");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("durable-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let (path, trace) = (folder.join("logs/shop.jsonl"), folder.join("trace"));
    let done = Command::new("strace")
        .args(["-f", "-y", "-s", "64", "-e", "trace=openat,write,fdatasync,fsync"])
        .args(more)
        .arg("-o")
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "the_part_that_is_watched", "--nocapture", "--test-threads=1"])
        .env(PATH, &path)
        .env(DELIVERY, delivery)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    let said = lines(&String::from_utf8_lossy(&done.stdout));
    Some((Watched { calls: lines(&std::fs::read_to_string(trace).unwrap()), said }, path))
}

/// Which calls there were, in order: a write to the file, its way to the disk, and what was said of it.
fn steps(watched: &Watched, path: &Path) -> String {
    let file = format!("<{}>", path.display());
    let step = |call: &String| {
        if call.contains("write(") && call.contains(&file) {
            Some('w')
        } else if call.contains("fdatasync(") && call.contains(&file) {
            Some('s')
        } else if call.contains("write(1<") && (call.contains("round ") || call.contains("error returned")) {
            Some('!')
        } else {
            None
        }
    };
    watched.calls.iter().filter_map(step).collect()
}

#[test]
fn what_flush_has_acknowledged_is_on_the_disk() {
    let Some((watched, path)) = watched("flush", "durable", &[]) else { return };
    assert_eq!(watched.said.iter().filter(|line| line.ends_with(": true")).count(), 10, "{:?}", watched.said);
    let steps = steps(&watched, &path);
    // Between a write and what is said after it there is always a way to the disk; of a record of severity ERROR, too.
    assert_eq!(steps.matches('!').count(), 11, "{steps}");
    assert!(!steps.contains("w!"), "{steps}");
    assert!(steps.contains('s'), "{steps}");
    let folder = path.parent().unwrap();
    for folder in [folder, folder.parent().unwrap()] {
        let synced = format!("<{}>)", folder.display());
        let is_synced = |call: &String| call.contains("fsync(") && call.contains(&synced);
        assert!(watched.calls.iter().any(is_synced), "the name of what was made: {}", folder.display());
    }
}

#[test]
fn without_it_nothing_waits_for_the_disk() {
    let Some((watched, path)) = watched("buffered", "buffered", &[]) else { return };
    assert!(!steps(&watched, &path).contains('s'));
    assert!(watched.calls.iter().all(|call| !call.contains("fsync(")));
}

#[test]
fn what_the_disk_does_not_take_is_counted_and_flush_says_so() {
    let fault = ["-e", "inject=fdatasync:error=EIO:when=3..4"];
    let Some((watched, _)) = watched("fault", "durable", &fault) else { return };
    let refused = watched.said.iter().filter(|line| line.ends_with(": false")).count();
    assert!((1..=2).contains(&refused), "{:?}", watched.said);
    let books = watched.said.iter().find_map(|line| line.split("books ").nth(1)).unwrap();
    let books: Value = serde_json::from_str(books).unwrap();
    let count = |key: &str| books[key].as_u64().unwrap();
    let lost = books["dropped"]["io"].as_u64().unwrap();
    assert!(lost > 0, "{books}");
    assert_eq!(count("accepted"), count("delivered") + lost + count("queued"));
    assert!(books["last_error"].to_string().contains("cannot be brought to the disk"), "{books}");
}
