//! Spans that stay open are noted beside the file that they would be written to, by their process, until they end.
//! Not for who finds the notes of a killed process: see the bindings' tests, which kill one.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vigie_core::host::Parent;
use vigie_core::{Config, Context, SpanStart, Status, Telemetry};

/// Waits until it is so, however busy the machine is.
fn until(what: &str, holds: impl Fn() -> bool) {
    let due = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < due, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

struct Place {
    folder: PathBuf,
    telemetry: Telemetry,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("open_roots").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let file = json!({"to": "file", "path": folder.join("lines.jsonl")});
        let telemetry = Telemetry::new(Config::new("shop").output(file)).unwrap();
        Self { folder, telemetry }
    }

    /// What stands in the notes, in order.
    fn noted(&self) -> Vec<Value> {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let notes = files.filter(|path| path.extension().is_some_and(|extension| extension == "open"));
        // One that goes meanwhile holds nothing any more.
        let text: String = notes.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn names(&self) -> Vec<String> {
        self.noted().iter().map(|line| line["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn below(context: &Context) -> SpanStart<'_> {
    SpanStart { parent: Some(context), ..SpanStart::default() }
}

// Notes are held by locks, which Windows has not.
#[cfg(unix)]
#[test]
fn a_root_is_noted_as_it_is_until_it_ends() {
    let place = Place::new("until_it_ends");
    let t = &place.telemetry;
    let mut root = t.start_span("request", SpanStart::default());
    let mut child = t.start_span("child", below(root.context()));
    root.attr("user_id", "u-7");
    root.attr("vigie.interrupted", "no");
    root.add_event("begun", None, |w| w.attr("n", 1));
    until("it is noted", || !place.noted().is_empty());
    let [line] = &place.noted()[..] else { panic!("{:?}", place.noted()) };
    assert_eq!(line["name"], "request");
    assert_eq!(line["status"], "error");
    assert_eq!(line["attributes"], json!({"vigie.interrupted": true, "user_id": "u-7"}));
    assert_eq!(line["events"][0]["name"], "begun");
    assert!(line["duration_ns"].as_u64().unwrap() >= 1_000_000_000, "{line}");

    root.attr("step", 2);
    root.update_name("another");
    until("what was said later is noted later", || place.names() == ["another"]);
    assert_eq!(place.noted()[0]["attributes"]["step"], 2);

    child.end(None);
    root.set_status(Status::Ok, None);
    root.end(None);
    until("it is noted no more", || place.noted().is_empty());
    assert!(t.flush(Duration::from_secs(5)));
    let text = std::fs::read_to_string(place.folder.join("lines.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["status"], "ok");
    assert_eq!(lines[1]["attributes"], json!({"user_id": "u-7", "vigie.interrupted": "no", "step": 2}));
}

#[test]
fn only_local_roots_are_noted_the_oldest_first() {
    let place = Place::new("only_local_roots");
    let t = &place.telemetry;
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let remote = t.extract(&Context::root(), [("traceparent", traceparent)]);
    let first = t.start_span("first", below(&remote));
    let _child = t.start_span("child", below(first.context()));
    let _second = t.start_span("second", SpanStart::default());
    let ids = *first.context().span.as_ref().unwrap();
    let parent = Parent { span_id: ids.span_id, is_remote: Some(true) };
    // A host that keeps spans itself notes them itself.
    let _kept = t.start_span_with("kept by a host", SpanStart::default(), ids, Some(parent));
    until("both are noted", || place.noted().len() == 2);
    assert_eq!(place.names(), ["first", "second"]);
    assert_eq!(place.noted()[0]["parent_span_id"], "b7ad6b7169203331");
}

#[cfg(unix)]
#[test]
fn what_never_ends_leaves_room_for_others_and_the_notes_stay_bounded() {
    let place = Place::new("bounded");
    let t = &place.telemetry;
    let start = || t.start_span("never", SpanStart::default());
    let _leaked: Vec<_> = (0..3000).map(|_| start()).collect();
    let mut last = t.start_span("last", SpanStart::default());
    until("the last one is noted", || place.names().iter().any(|name| name == "last"));
    assert!(place.noted().len() <= 1024, "{}", place.noted().len());
    last.end(None);
    until("it is noted no more", || place.names().iter().all(|name| name == "never"));
}

#[test]
fn they_are_noted_by_the_outputs_that_a_new_configuration_opens() {
    let place = Place::new("reconfigured");
    let mut root = place.telemetry.start_span("request", SpanStart::default());
    let other =
        json!({"service": "shop", "outputs": [{"to": "file", "path": place.folder.join("others.jsonl")}]});
    let environment = vigie_core::Environment::default();
    place.telemetry.reconfigure(&other.to_string(), &environment).unwrap();
    let is_noted_there = || {
        let mut files = std::fs::read_dir(&place.folder).unwrap().map(|entry| entry.unwrap().file_name());
        files.any(|name| name.to_string_lossy().starts_with("others.jsonl.")) && place.names() == ["request"]
    };
    until("it is noted beside the other file", is_noted_there);
    root.end(None);
    until("it is noted no more", || place.noted().is_empty());
}
