//! SIGKILL at random times: what `vigie_flush` acknowledged is in the file, and the next open
//! leaves no broken line, also of a tail that the test tears itself.
//! Not for power loss, which this machine cannot show.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use support::{C99, Linking, Scratch, binding, compile, count, has, lines, succeed};

/// The beginning of a line, as a kill in the middle of a write leaves it.
fn tear(path: &Path) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(br#"{"timestamp":"2026-01-02T03:04"#).unwrap();
}

#[test]
fn killed_writers_keep_what_was_acknowledged() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("killed");
    let program = compile(&binding().join("tests/killed.c"), &C99, Linking::Static, &scratch);
    let path = scratch.file("killed.jsonl");
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    println!("seed {seed}");
    let mut random = u64::from(seed) | 1;
    let mut wanted = HashSet::new();
    let mut first = 0_i64;
    let (rounds, sizes) = (count(20, 200), [60, 8 * 1024, 200 * 1024]);
    let mut torn = 0;
    for round in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let bytes = sizes[round % sizes.len()];
        let mut child = Command::new(&program)
            .arg(&path)
            .args([bytes.to_string(), first.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(1 + random % 200));
        assert!(child.try_wait().unwrap().is_none(), "the writer ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        if let Some(last) = said.lines().last() {
            let last: i64 = last.parse().unwrap();
            wanted.extend(first..=last);
            first = last;
        }
        // A kill in the middle of a write is rare on a fast disk: every second round tears the tail itself.
        if round % 2 == 0 && path.exists() {
            tear(&path);
            torn += 1;
        }
        // Numbers beyond the acknowledged ones may be in the file: none is used twice.
        first += 1_000_000;
    }
    succeed(Command::new(&program).arg(&path).args(["0", "0"]));

    let lines = lines(&path);
    let found: HashSet<i64> = lines.iter().filter_map(|line| line.get("n")?.as_i64()).collect();
    let missing = wanted.difference(&found).count();
    assert_eq!(missing, 0, "acknowledged and not in the file (seed {seed})");
    assert_eq!(lines.last().unwrap().get("message").unwrap(), "reopened");
    println!("{rounds} kills, {torn} torn, {} acknowledged, {} lines", wanted.len(), lines.len());
    assert!(torn >= rounds / 3, "too few rounds got as far as a file");
    assert!(!wanted.is_empty(), "no round got as far as an acknowledgement");
}
