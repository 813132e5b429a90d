//! Rows whose numbers are of a whole process: its memory, its time on the processor, its end by a kill. Each is a
//! process of its own.
#![cfg(target_os = "linux")]

use crate::server::{Answer, Request, Server};
use crate::support::{LONG, books, counts, eventually, folder, log, numbers, part, telemetry, within};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use vigie_core::Telemetry;

const PART: &str = "VIGIE_TEST_FLOOD_PART";
const OUTPUT: &str = "VIGIE_TEST_FLOOD_OUTPUT";
const RECORDS: &str = "VIGIE_TEST_FLOOD_RECORDS";

/// A process that plays one of the parts, and what it says.
struct Playing {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Playing {
    fn start(part_name: &str, output: &Value, records: usize) -> Self {
        let mut command = part("flood::a_part_of_another_test");
        command.env(PART, part_name).env(OUTPUT, output.to_string()).env(RECORDS, records.to_string());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    /// The next thing that it says.
    fn next(&mut self) -> Value {
        let said = self.said.by_ref().map_while(Result::ok);
        let mut found = said.filter_map(|line| Some(line.split_once("said ")?.1.to_owned()));
        serde_json::from_str(&found.next().unwrap()).unwrap()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

fn say(what: &Value) {
    println!("said {what}");
}

/// Plays what the environment says.
#[test]
fn a_part_of_another_test() {
    let Ok(part) = std::env::var(PART) else { return };
    let records = std::env::var(RECORDS).unwrap().parse().unwrap();
    let output: Value = serde_json::from_str(&std::env::var(OUTPUT).unwrap()).unwrap();
    let telemetry = telemetry(&json!([output]));
    match part.as_str() {
        "reply" => of_a_reply(&telemetry),
        "slow" => of_a_slow_server(&telemetry, records),
        "steady" => of_a_server_that_flaps(&telemetry, records),
        _ => of_a_kill(&telemetry, records),
    }
}

fn status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.trim_matches([':', '\t', ' ']).trim_end_matches(" kB").parse().unwrap()
}

/// The most memory that the process had since this was called first, beyond what it had then, in KiB.
struct Memory(u64);

impl Memory {
    fn begin() -> Self {
        // 5 makes the mark of the most that was ever held forget what was before.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self(status("VmRSS"))
    }

    fn grown(&self) -> u64 {
        status("VmHWM").saturating_sub(self.0)
    }
}

/// One record, answered normally, and one that is not.
fn of_a_reply(telemetry: &Telemetry) {
    log(telemetry, 0, 1);
    assert!(telemetry.flush(LONG));
    let (memory, began) = (Memory::begin(), Instant::now());
    log(telemetry, 1, 1);
    telemetry.flush(LONG);
    let took = began.elapsed().as_millis() as u64;
    say(&json!({"took": took, "grown": memory.grown(), "books": books(telemetry)}));
}

/// As many records as fast as possible; how long a call took, by the thousandth and at most.
fn of_a_slow_server(telemetry: &Telemetry, records: usize) {
    let mut took: Vec<u32> = vec![1; records];
    log(telemetry, 0, 100);
    let (logger, memory) = (telemetry.logger("net"), Memory::begin());
    for (n, took) in took.iter_mut().enumerate() {
        let began = Instant::now();
        logger.info("n={n}.").attr("n", n).emit();
        *took = u32::try_from(began.elapsed().as_nanos()).unwrap_or(u32::MAX);
    }
    took.sort_unstable();
    let (thousandth, most) = (took[records - 1 - records / 1_000] / 1_000, took[records - 1] / 1_000);
    telemetry.shutdown(Duration::from_secs(2));
    let grown = memory.grown();
    say(&json!({"thousandth_us": thousandth, "most_us": most, "grown": grown, "books": books(telemetry)}));
}

/// 2 000 records in each second; how much of a processor that and sending took.
fn of_a_server_that_flaps(telemetry: &Telemetry, records: usize) {
    let (began, before) = (Instant::now(), processor_time());
    for step in 0..records / 20 {
        log(telemetry, step * 20, 20);
        let due = began + Duration::from_millis(10) * (step as u32 + 1);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    let share = (processor_time() - before).as_secs_f64() / began.elapsed().as_secs_f64();
    say(&json!({"share": share}));
    eventually("all are sent", || books(telemetry)["delivered"] == records);
    say(&books(telemetry));
}

/// What this process used so far.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<u64> =
        stat.rsplit(')').next().unwrap().split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // The state is no number: user and system time in hundredths of a second are the fields 14 and 15 of all.
    Duration::from_millis((fields[10] + fields[11]) * 10)
}

/// Records, says when they are safe, and lives on.
fn of_a_kill(telemetry: &Telemetry, records: usize) {
    log(telemetry, 0, records);
    eventually("they are on the disk", || books(telemetry)["queued"] == 0);
    say(&books(telemetry));
    std::thread::sleep(LONG);
}

fn to(url: &str) -> Value {
    json!({"to": "http", "url": url, "signals": ["logs"]})
}

#[test]
fn n8_a_reply_of_a_gigabyte_costs_little_memory_and_time() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let endless = Server::new(move |n, _| match n {
        0 => Answer::ok(),
        _ => Answer::Bomb(1 << 30, Arc::clone(&counted)),
    });
    // Little that would unpack to a gigabyte: parts in a row are one packed text, too.
    let mut part = GzEncoder::new(Vec::new(), Compression::best());
    part.write_all(&vec![0; 16 << 20]).unwrap();
    let packed = part.finish().unwrap().repeat(64);
    let small = Server::new(move |n, _| match n {
        0 => Answer::ok(),
        _ => Answer::Reply(200, "content-encoding: gzip\r\n", packed.clone()),
    });
    for (case, server) in [("a gigabyte", &endless), ("packed", &small)] {
        let said = Playing::start("reply", &to(&server.url("/")), 0).next();
        println!("{case}: {said}");
        assert_eq!(said["books"]["delivered"], 2, "{said}");
        assert!(said["grown"].as_u64().unwrap() <= 16 << 10, "{case}: {said}");
        assert!(said["took"].as_u64().unwrap() <= 1_000, "{case}: {said}");
    }
    assert!(sent.load(Ordering::SeqCst) <= 32 << 20, "the rest is not waited for");
}

#[test]
fn n14_a_slow_server_makes_nobody_wait_and_costs_a_bounded_memory() {
    let records = counts(200_000, 1_000_000);
    let server = Server::new(|_, _| {
        std::thread::sleep(Duration::from_millis(500));
        Answer::ok()
    });
    let said = Playing::start("slow", &to(&server.url("/")), records).next();
    println!("{records} records: {said}");
    let books = &said["books"];
    let number = |key: &str| books[key].as_u64().unwrap();
    assert_eq!(number("accepted"), records as u64 + 100);
    // What was on its way at the end may have arrived.
    let lines = |request: &Request| request.body.iter().filter(|byte| **byte == b'\n').count() as u64;
    let arrived: u64 = server.seen().iter().map(lines).sum();
    assert!((number("delivered")..=number("delivered") + 2_048).contains(&arrived), "{arrived}: {said}");
    assert!(books["dropped"]["full"].as_u64().unwrap() > 0, "{said}");
    assert!(said["thousandth_us"].as_u64().unwrap() <= 1_000, "{said}");
    assert!(said["grown"].as_u64().unwrap() <= 32 << 10, "{said}");
}

#[test]
fn n13_a_server_that_comes_and_goes_every_second_gets_everything() {
    let seconds = counts(6, 60);
    let records = seconds * 2_000;
    // What one of the servers answers while it ends is kept, too.
    let arrived: Arc<Mutex<Vec<usize>>> = Arc::default();
    let up = |port: u16| {
        let arrived = Arc::clone(&arrived);
        Server::at(port, move |_, request| {
            arrived.lock().unwrap().extend(numbers(std::slice::from_ref(request)));
            Answer::ok()
        })
    };
    let mut server = Some(up(0));
    let port = server.as_ref().unwrap().port;
    let mut output = to(&format!("http://127.0.0.1:{port}/"));
    output["spool"] = json!(folder("flaps"));
    let mut playing = Playing::start("steady", &output, records);
    for _ in 0..seconds {
        std::thread::sleep(Duration::from_secs(1));
        server = if server.is_some() { None } else { Some(up(port)) };
    }
    let _server = server.unwrap_or_else(|| up(port));
    let share = playing.next()["share"].as_f64().unwrap();
    let books = playing.next();
    let arrived = arrived.lock().unwrap();
    let distinct: HashSet<usize> = arrived.iter().copied().collect();
    println!(
        "{records} records, {} of them arrived, {} twice, {share} of a processor",
        distinct.len(),
        arrived.len() - distinct.len()
    );
    assert_eq!((distinct.len(), &books["dropped"]), (records, &json!({})));
    assert!(share < 0.2, "{share} of a processor");
}

/// Mode S of a delivery: what is on the disk is delivered after a kill, and little of it twice.
#[test]
fn r7_a_kill_with_many_records_on_the_way_loses_none_and_repeats_few() {
    let records = counts(20_000, 100_000);
    let server = Server::new(|_, _| {
        std::thread::sleep(Duration::from_millis(20));
        Answer::ok()
    });
    for round in 0..counts(1, 5) {
        let before = server.seen().len();
        let mut output = to(&server.url("/"));
        output["spool"] = json!(folder(&format!("flood{round}")));
        let mut playing = Playing::start("kill", &output, records);
        let books_then = playing.next();
        playing.kill();
        let waiting = books_then["spooled"].as_u64().unwrap();
        assert!(waiting > records as u64 / 4, "it was killed too late: {books_then}");
        let (began, next) = (Instant::now(), telemetry(&json!([output])));
        within(Duration::from_secs(2), "it goes on", || books(&next)["delivered"] != 0);
        let resumed = began.elapsed();
        let arrived = || numbers(&server.seen()[before..]);
        eventually("all arrive", || books(&next)["spooled"] == 0);
        let (all, distinct) = (arrived(), arrived().into_iter().collect::<HashSet<_>>());
        assert_eq!(distinct.len(), records);
        let repeated = all.len() - records;
        assert!(repeated <= 512, "{repeated}");
        println!(
            "{records} records, {waiting} not sent at the kill, {repeated} twice, resumed after {resumed:?}"
        );
    }
}
