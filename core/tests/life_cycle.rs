//! What decisions about life cycle and outputs promise, each in a process of its own: first use, the environment,
//! the console alone, a blocked output beside a healthy one, metric lines on time, errors written at once.
//! Not for the bytes of lines: the conformance vectors show those.

// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use vigie_core::host::global;
use vigie_core::{Environment, InstrumentOptions, SpanStart, Telemetry};

const SECOND: Duration = Duration::from_secs(1);
/// Names the part that a child process plays; the test functions start it and look at what it did.
const PART: &str = "VIGIE_TEST_PART";

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("life-cycle-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// This program again, to play one part with these variables and no other of ours.
fn child(part: &str, environment: &[(&str, &str)]) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "a_part_of_another_test", "--nocapture", "--test-threads=1"]);
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("VIGIE_") || name.starts_with("OTEL_"))
    {
        command.env_remove(name);
    }
    command.env(PART, part).envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn play(part: &str, environment: &[(&str, &str)]) -> Output {
    let output = child(part, environment).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The records among what a child printed: the test harness prints lines of its own around them.
fn records(text: &[u8]) -> Vec<Value> {
    let lines = String::from_utf8(text.to_vec()).unwrap();
    lines.lines().filter_map(|line| serde_json::from_str(line.get(line.find('{')?..)?).ok()).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    records(&std::fs::read(path).unwrap_or_default())
}

fn file_output(path: &Path) -> String {
    format!(r#"[{{"to":"file","path":{}}}]"#, serde_json::to_string(path.to_str().unwrap()).unwrap())
}

#[test]
fn a_part_of_another_test() {
    match std::env::var(PART).as_deref() {
        Ok("creating") => creating(),
        Ok("replacing") => replacing(),
        Ok("everything") => everything(),
        Ok("blocked") => blocked(),
        Ok("absent") => absent(),
        Ok("wrong") => {
            global().logger("x").info("still here").emit();
            assert!(global().shutdown(SECOND));
        }
        Ok(other) => panic!("no part {other}"),
        Err(_) => {}
    }
}

/// Threads of this process, where the system tells.
fn threads() -> Option<usize> {
    // Under Wine the folder is there, with threads of Wine's own.
    if !cfg!(target_os = "linux") {
        return None;
    }
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

fn creating() {
    let before = threads();
    let t = global();
    let logger = t.logger("a").bind(|w| {
        w.key("k");
        w.int(1);
    });
    let counter = t.meter().counter("c_total", InstrumentOptions::default()).unwrap();
    let bound = counter.bind(|_| {});
    assert!(t.settings().is_none(), "nothing was configured by creating");
    assert_eq!(threads(), before, "nothing was started by creating");
    logger.info("first").emit();
    assert_eq!(t.settings().unwrap().service, "from-env", "the first record is use");
    let more = || before.zip(threads()).map(|(before, now)| now - before);
    assert!(more().is_none_or(|more| more == 1), "one worker for the one output");
    bound.add(1);
    assert!(more().is_none_or(|more| more == 2), "and a schedule once there is something to push");
    assert!(t.shutdown(SECOND));
}

#[test]
fn creating_is_not_use_and_the_first_record_is() {
    let file = folder("creating").join("a.jsonl");
    let outputs = file_output(&file);
    play("creating", &[("VIGIE_SERVICE", "from-env"), ("VIGIE_OUTPUTS", &outputs)]);
    let lines = lines(&file);
    assert_eq!(lines[0]["message"], "first");
    assert_eq!(lines[0]["k"], 1);
    assert_eq!(lines.len(), 2, "the record and, at shutdown, the counter");
}

fn absent() {
    let t = global();
    t.logger("a").info("first use").emit();
    for service in ["one", "two"] {
        let document = format!(r#"{{"service":"{service}","outputs":[{{"to":"null"}}]}}"#);
        t.reconfigure(&document, &Environment::process()).unwrap();
    }
    assert!(t.shutdown(SECOND));
}

#[test]
fn what_has_no_equal_is_named_once_on_standard_error() {
    let variables = [("OTEL_BSP_SCHEDULE_DELAY", "1"), ("OTEL_TRACES_EXPORTER", "jaeger")];
    let told = String::from_utf8(play("absent", &variables).stderr).unwrap();
    let lines: Vec<_> = told.lines().filter(|line| line.starts_with("vigie: ")).collect();
    assert!(lines[0].contains("OTEL_BSP_SCHEDULE_DELAY"), "{told}");
    assert!(lines[0].contains("OTEL_TRACES_EXPORTER=jaeger"), "{told}");
    let disabled = [variables[0], ("VIGIE_DISABLED", "true")];
    assert!(!String::from_utf8(play("absent", &disabled).stderr).unwrap().contains("OTEL_BSP"));
    assert_eq!(told.matches("OTEL_BSP_SCHEDULE_DELAY").count(), 1, "{told}");
}

fn replacing() {
    let t = global();
    t.logger("a").info("by the environment").emit();
    let second = std::env::var("SECOND").unwrap();
    t.init(Some(&format!(r#"{{"service":"by-init","outputs":{second}}}"#)), &Environment::process()).unwrap();
    t.logger("a").info("by init").emit();
    let third = t.init(Some(r#"{"service":"third","outputs":[{"to":"null"}]}"#), &Environment::process());
    let text = third.unwrap_err().to_string();
    assert!(text.contains("service") && text.contains("outputs"), "{text}");
    assert!(t.shutdown(SECOND));
}

#[test]
fn the_first_init_replaces_what_first_use_read_and_flushes_it() {
    let folder = folder("replacing");
    let (one, two) = (folder.join("one.jsonl"), folder.join("two.jsonl"));
    play("replacing", &[("VIGIE_OUTPUTS", &file_output(&one)), ("SECOND", &file_output(&two))]);
    let message = |lines: Vec<Value>| {
        lines.iter().map(|l| l["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(message(lines(&one)), ["by the environment"]);
    assert_eq!(message(lines(&two)), ["by init"]);
    assert_eq!(lines(&two)[0]["service"], "by-init");
}

fn everything() {
    let t = global();
    t.logger("a").debug("too little").emit();
    t.logger("a").info("enough").emit();
    t.start_span("s", SpanStart::default()).end(None);
    t.meter().counter("c_total", InstrumentOptions::default()).unwrap().add(1, |_| {});
    assert!(t.shutdown(SECOND));
}

#[test]
fn with_nothing_configured_the_console_alone_gets_logs_as_json() {
    let output = play("everything", &[]);
    assert!(records(&output.stdout).is_empty(), "standard output belongs to the program");
    let records = records(&output.stderr);
    assert_eq!(records.len(), 1, "logs only, from INFO: {records:?}");
    assert_eq!(records[0]["message"], "enough");
    assert!(
        records[0]["service"].as_str().unwrap().starts_with("life_cycle"),
        "the program's name: {}",
        records[0]
    );
    assert!(records[0]["host"].is_string() && records[0]["pid"].is_u64());
}

#[test]
fn a_console_may_ask_for_all_signals() {
    let outputs = r#"[{"to":"console","signals":["logs","spans","metrics"]}]"#;
    let output = play("everything", &[("VIGIE_OUTPUTS", outputs), ("VIGIE_LEVEL", "debug")]);
    let kinds: Vec<Value> = records(&output.stderr).iter().map(|record| record["kind"].clone()).collect();
    assert_eq!(kinds, [Value::Null, Value::Null, "span".into(), "metric".into()]);
}

#[test]
fn a_console_may_be_standard_output() {
    let outputs = r#"[{"to":"console","stream":"stdout"}]"#;
    let output = play("everything", &[("VIGIE_OUTPUTS", outputs)]);
    assert!(records(&output.stderr).is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let records = records(&output.stdout);
    assert_eq!(records.len(), 1, "no terminal, so JSON: {}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(records[0]["message"], "enough");
}

#[test]
fn a_wrong_environment_means_defaults_and_one_complaint() {
    let output = play("wrong", &[("VIGIE_LEVEL", "loud")]);
    assert_eq!(records(&output.stderr)[0]["message"], "still here");
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint.lines().filter(|line| line.starts_with("vigie:")).count(), 1, "{complaint}");
    assert!(complaint.contains("VIGIE_LEVEL") && complaint.contains("loud"), "{complaint}");
}

/// More than a pipe that nobody reads can hold, and far more than a console's buffer.
const FLOOD: usize = 60_000;

fn blocked() {
    let t = global();
    let logger = t.logger("a");
    let text = "x".repeat(200);
    (0..FLOOD).for_each(|n| logger.info(&text).attr("n", n).emit());
    assert!(!t.flush(Duration::from_millis(300)), "the console cannot be empty");
    let stats: Value = serde_json::from_str(&t.stats_json()).unwrap();
    let [console, file] = stats["outputs"].as_array().unwrap().as_slice() else { panic!("{stats}") };
    assert_eq!(console["healthy"], false, "{stats}");
    assert_eq!(file["delivered"], FLOOD + 1, "and the record that tells of the loss: {stats}");
    for (books, records) in [(console, FLOOD), (file, FLOOD + 1)] {
        let count = |key: &str| books[key].as_u64().unwrap();
        let dropped: u64 = books["dropped"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(count("accepted"), records as u64, "{stats}");
        assert_eq!(
            count("accepted"),
            count("delivered") + dropped + count("queued") + count("spooled"),
            "{stats}"
        );
    }
    // What could not be printed is lost with the process; the file is what this is about.
    std::process::exit(0);
}

// On Windows nobody can ask whether a pipe has room: the write waits.
#[cfg(unix)]
#[test]
fn a_blocked_console_costs_one_wait_and_does_not_hold_up_the_file() {
    let file = folder("blocked").join("a.jsonl");
    let outputs = format!(r#"[{{"to":"console"}},{}"#, file_output(&file).trim_start_matches('['));
    let begun = Instant::now();
    // Nobody reads the child's standard error while it runs.
    let mut child = child("blocked", &[("VIGIE_OUTPUTS", &outputs)]);
    let status = child.wait().unwrap();
    let took = begun.elapsed();
    let mut complaint = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut complaint).unwrap();
    assert!(status.success(), "{complaint}");
    assert!(took < Duration::from_secs(20), "{took:?}: the caller may wait once, not for each record");
    let (told, lines): (Vec<_>, Vec<_>) =
        lines(&file).into_iter().partition(|line| line["message"] == "vigie.dropped");
    assert_eq!((told.len(), lines.len()), (1, FLOOD));
    assert!(lines.iter().enumerate().all(|(n, line)| line["n"] == n), "in the order of arrival");
}

fn configured(document: &str) -> Telemetry {
    Telemetry::new(vigie_core::Config::from_json(document)).unwrap()
}

#[test]
fn metric_lines_come_every_interval_and_say_the_sum_so_far() {
    let t = configured(r#"{"service":"s","outputs":[{"to":"memory"}],"metrics":{"every":"20ms"}}"#);
    let counter = t.meter().counter("c_total", InstrumentOptions::default()).unwrap();
    t.logger("a").info("starts the worker").emit();
    let deadline = Instant::now() + 10 * SECOND;
    let mut added = 0;
    let metrics = |t: &Telemetry| -> Vec<Value> {
        let lines = t.memory_lines();
        lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &Value| line["kind"] == "metric")
            .collect()
    };
    while metrics(&t).len() < 3 && Instant::now() < deadline {
        counter.add(1, |_| {});
        added += 1;
        std::thread::sleep(Duration::from_millis(5));
    }
    let seen = metrics(&t);
    assert!(seen.len() >= 3, "nobody flushed, and still: {seen:?}");
    let values: Vec<i64> = seen.iter().map(|line| line["value"].as_i64().unwrap()).collect();
    assert!(values.is_sorted() && *values.last().unwrap() <= added, "cumulative: {values:?}");
}

#[test]
fn an_error_is_in_the_file_when_the_call_returns() {
    let file = folder("urgent").join("a.jsonl");
    let t = configured(&format!(r#"{{"service":"s","outputs":{}}}"#, file_output(&file)));
    let logger = t.logger("a");
    for n in 0..20 {
        logger.info("before").attr("n", n).emit();
        logger.error("bad").attr("n", n).emit();
        let lines = lines(&file);
        assert_eq!(lines.len(), 2 * (n + 1), "all before it is there too");
        assert_eq!(lines.last().unwrap()["message"], "bad");
    }
}

#[test]
fn write_through_writes_every_record_at_once() {
    let file = folder("write-through").join("a.jsonl");
    let outputs = file_output(&file).replace("\"to\"", "\"delivery\":\"write_through\",\"to\"");
    let t = configured(&format!(r#"{{"service":"s","outputs":{outputs}}}"#));
    for n in 1..=20 {
        t.logger("a").info("line").emit();
        assert_eq!(lines(&file).len(), n);
    }
}

#[test]
fn a_telemetry_opened_anew_beside_it_costs_no_line() {
    let folder = folder("beside");
    let (mine, other) = (folder.join("mine.jsonl"), folder.join("other.jsonl"));
    let t = configured(&format!(r#"{{"service":"s","outputs":{}}}"#, file_output(&mine)));
    t.logger("a").info("waits").emit();
    let document = format!(r#"{{"service":"o","outputs":{}}}"#, file_output(&other));
    let beside = configured(&document);
    for _ in 0..3 {
        assert!(beside.shutdown(SECOND));
        beside.init(Some(&document), &Environment::empty()).unwrap();
    }
    assert!(t.flush(SECOND));
    assert_eq!(lines(&mine).len(), 1);
    t.logger("a").info("and again").emit();
    assert!(beside.shutdown(SECOND), "opened and never used, and still closed");
    beside.init(Some(&document.replace("\"o\"", "\"p\"")), &Environment::empty()).unwrap();
    assert!(t.shutdown(SECOND));
    assert_eq!(lines(&mine).len(), 2);
}

#[test]
fn after_shutdown_records_are_booked_and_calls_stay_harmless() {
    let t = configured(r#"{"service":"s","outputs":[{"to":"memory"}]}"#);
    let (logger, counter) =
        (t.logger("a"), t.meter().counter("c_total", InstrumentOptions::default()).unwrap());
    logger.info("kept").emit();
    assert!(t.shutdown(SECOND) && t.shutdown(SECOND), "idempotent");
    logger.info("late").emit();
    t.start_span("late", SpanStart::default()).end(None);
    counter.add(1, |_| {});
    let stats: Value = serde_json::from_str(&t.stats_json()).unwrap();
    assert_eq!(stats["outputs"][0]["delivered"], 1, "{stats}");
    assert_eq!(stats["outputs"][0]["dropped"]["shutdown"], 2, "{stats}");
}
