//! Tail sampling: what a trace turns out to be decides whether its spans are kept, those that ended before included.
//! Not for what lines look like: see the vectors.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use vigie_core::host::{DeferredBatch, RenderedBatch};
use vigie_core::{Config, Context, Span, SpanContext, SpanStart, Status, Telemetry};

struct Place {
    files: [PathBuf; 2],
    telemetry: Telemetry,
}

impl Place {
    /// Two outputs of different formats, and no share of the traces but what `sample` and `limits` say.
    fn new(name: &str, sample: Value, limits: Value) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tail").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let files = ["a.jsonl", "b.jsonl"].map(|name| folder.join(name));
        let mut config = Config::new("shop").set("sample", sample).set("limits", limits);
        for (file, format) in files.iter().zip(["json", "otlp-json"]) {
            config = config
                .output(json!({"to": "file", "path": file, "format": format, "signals": ["logs", "spans"]}));
        }
        Self { files, telemetry: Telemetry::new(config).unwrap() }
    }

    fn root(&self, name: &str) -> Span {
        self.telemetry.start_span(name, SpanStart::default())
    }

    fn child(&self, name: &str, above: &Context) -> Span {
        self.telemetry.start_span(name, SpanStart { parent: Some(above), ..SpanStart::default() })
    }

    /// The names of the spans that were kept, in order.
    fn kept(&self) -> Vec<String> {
        assert!(self.telemetry.flush(Duration::from_secs(30)));
        let text = std::fs::read_to_string(&self.files[0]).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let others = std::fs::read_to_string(&self.files[1]).unwrap();
        let names: Vec<String> = lines.iter().map(|line| line["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(
            others.matches("\"spanId\"").count(),
            names.len(),
            "each output has them in its own format: {others}"
        );
        names
    }

    fn undecided(&self) -> u64 {
        let stats: Value = serde_json::from_str(&self.telemetry.stats_json()).unwrap();
        stats["undecided_spans"].as_u64().unwrap()
    }
}

fn fail(mut span: Span) {
    span.set_status(Status::Error, Some("no stock"));
    span.end(None);
}

#[test]
fn an_unsampled_span_records_and_says_that_it_is_not_sampled() {
    let place = Place::new("records", json!({"traces": 0, "keep_errors": true}), json!({}));
    let root = place.root("root");
    assert!(root.is_recording());
    assert!(!root.context().span.unwrap().flags.is_sampled());
    let without = Place::new("records_not", json!({"traces": 0}), json!({}));
    assert!(!without.root("root").is_recording());
}

#[test]
fn what_ends_after_the_decision_follows_it() {
    let place = Place::new("late", json!({"traces": 0, "keep_errors": true}), json!({}));
    let mut root = place.root("kept");
    let above = root.context().clone();
    fail(place.child("failed", &above));
    root.end(None);
    place.child("late of kept", &above).end(None);
    let mut root = place.root("left out");
    let above = root.context().clone();
    root.end(None);
    place.child("late of left out", &above).end(None);
    assert_eq!(place.kept(), ["failed", "kept", "late of kept"]);
    fail(place.child("late failure", &above));
    assert_eq!(place.kept()[3..], ["late of left out", "late failure"], "all of it that still waits");
}

#[test]
fn a_child_may_end_before_its_own_children() {
    let place = Place::new("order", json!({"traces": 0, "keep_errors": true}), json!({}));
    let mut root = place.root("root");
    let above = root.context().clone();
    let mut outer = place.child("outer", &above);
    let mut inner = place.child("inner", outer.context());
    outer.end(None);
    inner.end(None);
    root.end(None);
    // Nothing of it waits any more, so that a failure behind it is alone.
    fail(place.child("late failure", &above));
    assert_eq!(place.kept(), ["late failure"]);
}

#[test]
fn memory_is_bounded_and_what_had_to_go_is_counted() {
    let limits = json!({"buffer_bytes": "64KiB", "line_bytes": "64KiB"});
    let place = Place::new("bound", json!({"traces": 0, "keep_errors": true}), limits);
    let roots: Vec<Span> = (0..200).map(|number| place.root(&number.to_string())).collect();
    for root in &roots {
        place.child("child", root.context()).end(None);
    }
    let gone = place.undecided();
    assert!((100..190).contains(&gone), "{gone}");
    roots.into_iter().for_each(fail);
    let kept = place.kept();
    assert_eq!(kept.iter().filter(|name| *name == "child").count() as u64, 200 - gone);
    assert_eq!(kept.len() as u64, 400 - gone);
    assert_eq!(kept[0], "0", "the oldest went first");
}

/// A span that a face keeps itself and that is open yet: a failure, since that is what it will be if nobody ends it.
struct Open(SpanContext);

impl DeferredBatch for Open {
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch) {
        let mut span = telemetry.start_span_with("open", SpanStart::default(), self.0, None);
        span.set_status(Status::Error, None);
        span.end_into(None, out);
    }

    fn records(&self) -> (u64, u64) {
        (0, 1)
    }

    fn size_hint_bytes(&self) -> usize {
        200
    }
}

#[test]
fn a_note_of_an_open_span_decides_nothing() {
    let place = Place::new("notes", json!({"traces": 0, "keep_errors": true}), json!({}));
    let mut root = place.root("root");
    let ids = root.context().span.unwrap();
    place.telemetry.note_open_spans(1, Box::new(Open(ids)));
    place.child("child", root.context()).end(None);
    root.end(None);
    assert!(place.kept().is_empty());
    place.telemetry.submit(Box::new(Open(ids)), false);
    assert_eq!(place.kept(), ["open"], "the same as a span that has ended");
}

#[test]
fn threads_do_not_lose_or_mix_up_traces() {
    const TRACES: usize = 500;
    let place = Place::new("threads", json!({"traces": 0, "keep_errors": true}), json!({}));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..TRACES {
                    let mut root = place.root("root");
                    for _ in 0..3 {
                        place.child("child", root.context()).end(None);
                    }
                    if number % 5 == 0 {
                        fail(root)
                    } else {
                        root.end(None);
                    }
                }
            });
        }
    });
    let kept = place.kept();
    let of = |name| kept.iter().filter(|kept| *kept == name).count();
    assert_eq!((of("root"), of("child")), (4 * TRACES / 5, 4 * TRACES / 5 * 3));
    assert_eq!(place.undecided(), 0);
}
