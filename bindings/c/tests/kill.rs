//! SIGKILL at random times: what `vigie_flush` acknowledged is in the file, and the next open
//! leaves no broken line. Not for power loss, which this machine cannot show.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::collections::HashSet;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use support::{C99, Linking, Scratch, binding, compile, count, has, lines, succeed};

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
        // Numbers beyond the acknowledged ones may be in the file: none is used twice.
        first += 1_000_000;
    }
    succeed(Command::new(&program).arg(&path).args(["0", "0"]));

    let lines = lines(&path);
    let found: HashSet<i64> = lines.iter().filter_map(|line| line.get("n")?.as_i64()).collect();
    let missing = wanted.difference(&found).count();
    assert_eq!(missing, 0, "acknowledged and not in the file (seed {seed})");
    assert_eq!(lines.last().unwrap().get("message").unwrap(), "reopened");
    println!("{rounds} kills, {} acknowledged, {} lines", wanted.len(), lines.len());
    assert!(!wanted.is_empty(), "no round got as far as an acknowledgement");
}
