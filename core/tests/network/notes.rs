//! Spans that were open when their process was killed.

use crate::server::{Answer, Server};
use crate::support::{eventually, folder, part, telemetry};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use vigie_core::host::{DeferredBatch, RenderedBatch};
use vigie_core::{SpanStart, Telemetry};

const OUTPUTS: &str = "VIGIE_TEST_NOTES";

/// Spans of these names, as a binding shows those that are open.
struct Open(&'static [&'static str]);

impl DeferredBatch for Open {
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch) {
        for name in self.0 {
            telemetry.start_span(name, SpanStart::default()).end_into(None, out);
        }
    }

    fn records(&self) -> (u64, u64) {
        (0, self.0.len() as u64)
    }

    fn size_hint_bytes(&self) -> usize {
        0
    }
}

/// Plays the part that is killed.
#[test]
fn the_part_with_open_spans() {
    let Ok(outputs) = std::env::var(OUTPUTS) else { return };
    let telemetry = telemetry(&serde_json::from_str(&outputs).unwrap());
    telemetry.note_open_spans(1, Box::new(Open(&["before"])));
    telemetry.note_open_spans(2, Box::new(Open(&["gone"])));
    telemetry.note_open_spans(1, Box::new(Open(&["long", "longer"])));
    telemetry.note_open_spans(2, Box::new(Open(&[])));
    println!("noted");
    std::thread::sleep(std::time::Duration::from_secs(600));
}

fn killed(outputs: &Value) {
    use std::io::{BufRead, BufReader};
    let mut command = part("notes::the_part_with_open_spans");
    let mut child =
        command.env(OUTPUTS, outputs.to_string()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.into_iter().any(|line| line.contains("noted")));
    child.kill().unwrap();
    child.wait().unwrap();
}

fn names(lines: &str) -> Vec<String> {
    let name = |line| serde_json::from_str::<Value>(line).unwrap()["name"].as_str().unwrap().to_owned();
    lines.lines().map(name).collect()
}

fn left(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

// Notes are taken over by who can lock them, which Windows cannot.
#[cfg(unix)]
#[test]
fn the_next_process_with_the_file_writes_them_once() {
    let folder = folder("notes-file");
    let path = folder.join("lines.jsonl");
    let outputs = json!([{"to": "file", "path": path}]);
    killed(&outputs);
    assert_eq!((names(&fs::read_to_string(&path).unwrap()).len(), left(&folder, "open").len()), (0, 1));
    drop(telemetry(&outputs));
    assert_eq!(names(&fs::read_to_string(&path).unwrap()), ["long", "longer"]);
    drop(telemetry(&outputs));
    assert_eq!(names(&fs::read_to_string(&path).unwrap()).len(), 2);
    assert!(left(&folder, "open").is_empty());
}

#[cfg(unix)]
#[test]
fn the_next_process_with_the_spool_sends_them_once() {
    let (server, spool) = (Server::new(|_, _| Answer::ok()), folder("notes-spool"));
    let outputs = json!([{"to": "http", "url": server.url("/"), "signals": ["spans"], "spool": spool}]);
    killed(&outputs);
    assert_eq!((server.seen().len(), left(&spool, "spool").len()), (0, 1));
    let next = telemetry(&outputs);
    eventually("they are sent", || left(&spool, "spool").is_empty());
    let bodies: Vec<_> = server.seen().into_iter().map(|request| request.body).collect();
    assert_eq!(names(&String::from_utf8(bodies.concat()).unwrap()), ["long", "longer"]);
    drop(next);
}
