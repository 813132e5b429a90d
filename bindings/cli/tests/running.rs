//! `vigie trace` and spans that are open: of this process, which lives, and of one that is said to have ended.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use vigie_core::{Config, Span, SpanKind, SpanStart, Telemetry};

struct Place {
    folder: PathBuf,
    telemetry: Telemetry,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("running").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let file = serde_json::json!({"to": "file", "path": folder.join("shop.jsonl")});
        let telemetry = Telemetry::new(Config::new("shop").output(file)).unwrap();
        Self { folder, telemetry }
    }

    fn notes(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "open")).collect()
    }

    /// A span that has been noted.
    fn noted(&self) -> Span {
        let start = SpanStart { kind: SpanKind::Server, ..SpanStart::default() };
        let mut span = self.telemetry.start_span("GET /cart", start);
        span.attr("http.route", "/cart");
        span.attr("note", "two words");
        let due = Instant::now() + Duration::from_secs(60);
        while self.notes().is_empty() {
            assert!(Instant::now() < due, "it is noted");
            std::thread::sleep(Duration::from_millis(20));
        }
        span
    }

    /// Leaves the notes as a killed process would: nobody holds them.
    fn leave(&self) {
        let [notes] = &self.notes()[..] else { panic!("one file") };
        std::fs::copy(notes, self.folder.join("shop.jsonl.0000000000000001-1-0.open")).unwrap();
    }

    fn trace(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_vigie"))
            .arg("trace")
            .arg(&self.folder)
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        String::from_utf8(output.stdout).unwrap()
    }
}

const NOTHING: &str = "0 open, 0 were when the process ended\n";

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

// Notes are held by locks, which Windows has not.
#[cfg(unix)]
#[test]
fn what_is_open_is_listed_until_it_ends() {
    let place = Place::new("listed");
    let mut span = place.noted();
    let trace_id = span.context().span.unwrap().trace_id.to_string();
    let shown = place.trace(&["--running"]);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "1 open, 0 were when the process ended");
    let row = words(lines[3]);
    assert_eq!(row[..3], ["GET", "/cart", "(server)"], "{shown}");
    assert!(row[3].parse::<f64>().unwrap() >= 1.0 && row[4] == "s", "{shown}");
    assert_eq!(row[8..], ["shop", &format!("?/{}", std::process::id()), &trace_id], "{shown}");
    assert_eq!(lines[4], "    http.route=/cart note=\"two words\"");
    assert_eq!(place.trace(&["--running", "ffffffffffff"]), NOTHING);
    span.end(None);
    let due = Instant::now() + Duration::from_secs(60);
    while place.trace(&["--running"]) != NOTHING {
        assert!(Instant::now() < due, "it is noted no more");
    }
}

#[test]
fn what_was_open_when_its_process_ended_is_told_from_that() {
    let place = Place::new("left");
    let mut span = place.noted();
    place.leave();
    span.end(None);
    let due = Instant::now() + Duration::from_secs(60);
    while place.notes().len() > 1 {
        assert!(Instant::now() < due, "it is noted no more");
        std::thread::sleep(Duration::from_millis(20));
    }
    let shown = place.trace(&["--running"]);
    assert_eq!(shown.lines().next(), Some("0 open, 1 was when the process ended"));
    assert_eq!(shown.lines().nth(4), Some("    interrupted: its process ended before it did"));
}

#[cfg(unix)]
#[test]
fn a_trace_shows_those_of_its_spans_that_are_open() {
    let place = Place::new("waterfall");
    let mut span = place.noted();
    let child = SpanStart { parent: Some(span.context()), ..SpanStart::default() };
    place.telemetry.start_span("query", child).end(None);
    assert!(place.telemetry.flush(Duration::from_secs(5)));
    let shown = place.trace(&[]);
    let row = |name: &str| shown.lines().find(|line| line.contains(name)).expect(name).to_owned();
    assert_eq!(words(&row("GET /cart (server)")).last(), Some(&"open"), "{shown}");
    assert!(row("query").contains("└─ query"), "{shown}");
    assert!(shown.contains("no error"), "{shown}");

    // It has ended, and its note is still there.
    place.leave();
    span.end(None);
    assert!(place.telemetry.flush(Duration::from_secs(5)));
    let shown = place.trace(&[]);
    let row = shown.lines().find(|line| line.contains("GET /cart")).unwrap();
    assert_eq!(words(row).last(), Some(&"-"), "{shown}");
    assert!(!shown.contains("interrupted"), "{shown}");
}
