//! Fewer log records: shares, how many of a kind a second, repeats as one line, and those that wait for their trace to fail.
//! Whatever is left out is counted. Not for what lines look like: see the vectors.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vigie_core::host::{DeferredBatch, RenderedBatch};
use vigie_core::{Config, Severity, Span, SpanStart, Status, Telemetry};

fn telemetry(logs: Value) -> Telemetry {
    let config = Config::new("shop").set("sample", json!({"logs": logs}));
    Telemetry::new(config.output(json!({"to": "memory"}))).unwrap()
}

/// The log lines so far.
fn lines(telemetry: &Telemetry) -> Vec<Value> {
    assert!(telemetry.flush(Duration::from_secs(30)));
    let lines = telemetry.memory_lines();
    let lines = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line.get("kind").is_none()).collect()
}

fn messages(telemetry: &Telemetry) -> Vec<String> {
    lines(telemetry).iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
}

/// How many records the lines stand for.
fn stood_for(lines: &[Value]) -> f64 {
    lines.iter().map(|line| line.get("sample_weight").map_or(1.0, |weight| weight.as_f64().unwrap())).sum()
}

fn stats(telemetry: &Telemetry) -> Value {
    serde_json::from_str(&telemetry.stats_json()).unwrap()
}

fn left_out(telemetry: &Telemetry, rule: &str) -> u64 {
    stats(telemetry)["left_out_logs"][rule].as_u64().unwrap()
}

fn assert_balanced(telemetry: &Telemetry, written: usize) {
    let books = &stats(telemetry)["outputs"][0];
    assert_eq!(books["accepted"], books["delivered"], "{books}");
    assert_eq!(books["delivered"], written, "{books}");
}

fn root(telemetry: &Telemetry, name: &str) -> Span {
    telemetry.start_span(name, SpanStart::default())
}

#[test]
fn every_record_is_written_or_left_out_by_a_share_and_no_error_is() {
    let telemetry = telemetry(json!({"info": 0.1, "warn": 0, "per_second": 1_000_000}));
    let log = telemetry.logger("shop");
    for _ in 0..1_000 {
        log.info("i").emit();
        log.warn("w").emit();
        log.error("e").emit();
        log.fatal("f").emit();
    }
    let lines = lines(&telemetry);
    let of = |message| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!([of("w"), of("e"), of("f")], [0, 1_000, 1_000]);
    assert_eq!(left_out(&telemetry, "share") as usize, 1_000 + 1_000 - of("i"));
    assert!((50..150).contains(&of("i")), "{}", of("i"));
    assert_eq!(stood_for(&lines), 2_000.0 + 10.0 * of("i") as f64);
    assert_balanced(&telemetry, lines.len());
}

#[test]
fn eight_threads_write_no_more_than_a_second_has_and_weights_add_up() {
    let (first, each, threads, offers) = (20_u64, 50, 8, 20_000);
    let telemetry = telemetry(json!({"per_second": {"first": first, "then_one_in": each}}));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let log = telemetry.logger("shop");
                (0..offers).for_each(|number| log.info("order {n} placed").attr("n", number).emit());
            });
        }
    });
    let seconds = start.elapsed().as_secs() + 1;
    let offered = threads * offers;
    let lines = lines(&telemetry);
    let written = lines.len() as u64;
    assert!(written <= first * seconds + offered / each, "{written} in {seconds} s");
    assert!(written >= first + (offered - first * seconds) / each - seconds, "{written} in {seconds} s");
    assert_eq!(left_out(&telemetry, "per_second"), offered - written);
    // What came behind the last line that was written is not told by any.
    let untold = offered as f64 - stood_for(&lines);
    assert!((0.0..each as f64).contains(&untold), "{untold}");
}

#[test]
fn repeats_of_all_threads_become_one_line_that_counts_them() {
    let (threads, rounds) = (8, 500);
    let telemetry = telemetry(json!({"fold": "1h"}));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let telemetry = &telemetry;
            scope.spawn(move || {
                let log = telemetry.logger("shop").bind(|writer| writer.attr("request_id", thread));
                for number in 0..rounds {
                    let mut span = root(telemetry, "request");
                    let context = span.context().clone();
                    log.warn("payment of {sku} failed")
                        .attr("sku", "A1")
                        .attr("user_id", number)
                        .context(&context)
                        .emit();
                    log.warn("payment of {sku} failed").attr("sku", format!("B{number}")).emit();
                    span.end(None);
                }
            });
        }
    });
    assert!(telemetry.shutdown(Duration::from_secs(30)));
    let lines: Vec<Value> =
        telemetry.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_a1: Vec<&Value> = lines.iter().filter(|line| line["sku"] == "A1").collect();
    let total = threads * rounds;
    assert_eq!(of_a1.iter().filter_map(|line| line["repeated"].as_u64()).sum::<u64>() + 1, total);
    assert_eq!(of_a1[0]["message"], "payment of A1 failed");
    assert_eq!(of_a1[1]["message"], format!("payment of A1 failed (repeated {} times)", total - 1));
    assert_eq!(of_a1[1]["template"], "payment of {sku} failed");
    assert!(of_a1[1].get("user_id").is_none() && of_a1[1].get("trace_id").is_none());
    let others: Vec<Value> =
        lines.iter().filter(|line| line["sku"] != "A1" && line.get("kind").is_none()).cloned().collect();
    assert_eq!(stood_for(&others), total as f64);
}

#[test]
fn an_idle_program_tells_of_repeats_when_their_window_is_over() {
    let telemetry = telemetry(json!({"fold": "100ms"}));
    let log = telemetry.logger("shop");
    (0..3).for_each(|_| log.info("same").emit());
    let deadline = Instant::now() + Duration::from_secs(20);
    // Nothing is flushed: whoever looks after windows has written.
    while telemetry.memory_lines().len() < 2 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(messages(&telemetry), ["same", "same (repeated 2 times)"]);
    assert_eq!(left_out(&telemetry, "fold"), 2);
}

#[test]
fn the_trail_of_a_trace_is_written_when_it_fails() {
    let telemetry = telemetry(json!({"trail": {"level": "debug", "records": 2}}));
    let log = telemetry.logger("shop");
    let [mut failed, mut erred, mut went_well] =
        ["failed", "erred", "well"].map(|name| root(&telemetry, name));
    for span in [&failed, &erred, &went_well] {
        let context = span.context();
        log.trace("beneath the trail").context(context).emit();
        (1..=3).for_each(|n| log.debug("detail {n}").attr("n", n).context(context).emit());
    }
    log.debug("outside of a trace").emit();
    log.error("no stock").context(erred.context()).emit();
    log.debug("behind it").context(erred.context()).emit();
    erred.end(None);
    went_well.end(None);
    failed.set_status(Status::Error, None);
    failed.end(None);
    let expected = ["detail 2", "detail 3", "no stock", "behind it", "detail 2", "detail 3"];
    assert_eq!(messages(&telemetry), expected);
    assert_eq!(
        left_out(&telemetry, "trail"),
        3 + 2,
        "one of each trace, and the rest of the one that went well"
    );
}

#[test]
fn what_a_share_leaves_out_comes_out_with_its_trace_and_stands_for_nothing() {
    let logs = json!({"info": 0, "trail": {"level": "debug"}});
    let telemetry = telemetry(logs);
    let log = telemetry.logger("shop");
    let span = root(&telemetry, "root");
    log.info("left out").context(span.context()).emit();
    log.debug("below the level").context(span.context()).emit();
    assert_eq!(left_out(&telemetry, "share"), 1);
    log.error("failed").context(span.context()).emit();
    log.info("behind it").context(span.context()).emit();
    let lines = lines(&telemetry);
    let weights: Vec<_> = lines.iter().map(|line| line.get("sample_weight").cloned()).collect();
    assert_eq!(weights, [Some(json!(0)), None, None, Some(json!(0))]);
    assert_eq!(left_out(&telemetry, "share"), 0);
}

#[test]
fn what_waits_is_counted_at_the_end() {
    let telemetry = telemetry(json!({"trail": {"level": "debug"}}));
    let span = root(&telemetry, "root");
    telemetry.logger("shop").debug("detail").context(span.context()).emit();
    assert_eq!(left_out(&telemetry, "trail"), 0);
    assert!(telemetry.shutdown(Duration::from_secs(30)));
    assert_eq!(left_out(&telemetry, "trail"), 1);
}

/// What a face has collected: records of one trace, and its root, which failed.
struct Collected(Span);

impl DeferredBatch for Collected {
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch) {
        let log = telemetry.logger("shop");
        let mut span = self.0;
        for message in ["a", "a", "a"] {
            let mut record = log.record_asked_before(Severity::INFO);
            record.message(message);
            record.emit_into(out);
        }
        let mut record = log.record_asked_before(Severity::DEBUG);
        record.message("detail");
        record.set_context(span.context());
        record.emit_into(out);
        span.set_status(Status::Error, None);
        let context = span.context().clone();
        span.end_into(None, out);
        let mut record = log.record_asked_before(Severity::INFO);
        record.message("b");
        record.set_context(&context);
        record.emit_into(out);
    }

    fn records(&self) -> (u64, u64) {
        (5, 1)
    }

    fn size_hint_bytes(&self) -> usize {
        1_000
    }
}

#[test]
fn batches_that_are_rendered_late_are_thinned_out_and_the_books_balance() {
    let telemetry = telemetry(json!({"fold": "1h", "trail": {"level": "debug"}}));
    telemetry.submit(Box::new(Collected(root(&telemetry, "root"))), false);
    assert_eq!(messages(&telemetry), ["a", "detail", "b", "a (repeated 2 times)"]);
    assert_balanced(&telemetry, telemetry.memory_lines().len());
    assert_eq!(left_out(&telemetry, "fold"), 2);
}

/// A span alone, which failed.
struct Failed(Span);

impl DeferredBatch for Failed {
    fn render(self: Box<Self>, _: &Telemetry, out: &mut RenderedBatch) {
        let mut span = self.0;
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
fn a_batch_of_spans_brings_the_trail_to_an_output_that_takes_no_spans() {
    let config = Config::new("shop").set("sample", json!({"logs": {"trail": {"level": "debug"}}}));
    let telemetry = Telemetry::new(config.output(json!({"to": "memory", "signals": ["logs"]}))).unwrap();
    let span = root(&telemetry, "root");
    telemetry.logger("shop").debug("detail").context(span.context()).emit();
    telemetry.submit(Box::new(Failed(span)), false);
    assert_eq!(messages(&telemetry), ["detail"]);
    assert_balanced(&telemetry, 1);
}

#[test]
fn a_level_that_was_asked_before_is_not_asked_again() {
    let telemetry = telemetry(json!({}));
    telemetry.set_level(None, Some(Severity::ERROR));
    let log = telemetry.logger("shop");
    let mut record = log.record_asked_before(Severity::INFO);
    record.message("asked when it was made");
    record.emit();
    assert_eq!(messages(&telemetry).len(), 1);
}
