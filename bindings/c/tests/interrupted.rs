//! A span that was open when its process was killed: the next one that opens the file finds it.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use support::{C99, Linking, Scratch, binding, compile, has, lines, succeed};

fn notes(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "open")).collect()
}

#[test]
fn the_next_process_writes_what_a_killed_one_had_open() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("interrupted");
    let program = compile(&binding().join("tests/interrupted.c"), &C99, Linking::Static, &scratch);
    let path = scratch.file("lines.jsonl");
    let mut child = Command::new(&program).arg(&path).spawn().unwrap();
    let due = Instant::now() + Duration::from_secs(60);
    while notes(&scratch.0).is_empty() {
        assert!(Instant::now() < due, "it is noted");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    succeed(Command::new(&program).arg(&path).arg("only open"));
    let [line] = &lines(&path)[..] else { panic!("{:?}", lines(&path)) };
    assert_eq!(line["name"], "GET /cart");
    assert_eq!(line["status"], "error");
    let expected = serde_json::json!({"vigie.interrupted": true, "route": "/cart", "step": 2});
    assert_eq!(line["attributes"], expected);
    assert!(notes(&scratch.0).is_empty());
}
