//! N10: a server's name that is looked up for ever, slowly, or in vain. The look-up of the system is a stand-in that a C
//! compiler makes; without one these tests say so and do nothing.
#![cfg(target_os = "linux")]

use crate::server::{Answer, Server};
use crate::support::{LONG, books, folder, log, numbers, part, telemetry};
use crate::waited::Waited;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;
use vigie_core::InstrumentOptions;

const OUTPUT: &str = "VIGIE_TEST_NAMES_OUTPUT";
const RECORDS: usize = 20_000;
const SHUTDOWN: Duration = Duration::from_secs(5);

/// The stand-in, or nothing where there is no compiler.
static SHIM: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network/shim.c");
    let shim = folder("shim").join("shim.so");
    let made =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&shim, &source]).arg("-ldl").status();
    match made {
        Ok(status) => {
            assert!(status.success(), "the stand-in is not compiled");
            Some(shim)
        }
        Err(error) => {
            println!("SKIP: no C compiler to make the stand-in with: {error}");
            None
        }
    }
});

/// Plays the part that looks names up: records, ends, and says how long it waited.
#[test]
fn the_part_that_asks() {
    let Ok(output) = std::env::var(OUTPUT) else { return };
    let telemetry = telemetry(&json!([serde_json::from_str::<Value>(&output).unwrap()]));
    let counter = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    let record = |from: usize| {
        log(&telemetry, from, RECORDS / 2);
        (0..RECORDS / 2).for_each(|_| counter.add(1, |_| {}));
    };
    let waited = Waited::begin();
    record(0);
    // Attempts fail meanwhile, and others follow them.
    std::thread::sleep(Duration::from_secs(3));
    let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
    let slept = waited.so_far();
    record(RECORDS / 2);
    let recording = waited.so_far().saturating_sub(slept);
    let waited = Waited::begin();
    let is_done = telemetry.shutdown(SHUTDOWN);
    let ending = waited.so_far();
    let said = json!({"recording": recording.as_millis() as u64, "ending": ending.as_millis() as u64,
        "done": is_done, "threads": threads, "books": books(&telemetry)});
    println!("said {said}");
}

/// What the part says whose names are looked up in this way; nothing without a stand-in.
fn ask(how: &str, output: &Value) -> Option<Value> {
    let shim = SHIM.as_ref()?;
    let mut command = part("names::the_part_that_asks");
    command.env(OUTPUT, output.to_string()).env("VIGIE_TEST_DNS", how).env("LD_PRELOAD", shim);
    let output = command.stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{how}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(serde_json::from_str(text.split("said ").nth(1).unwrap().lines().next().unwrap()).unwrap())
}

fn to(port: u16) -> Value {
    json!({"to": "http", "url": format!("http://server.test:{port}/"), "signals": ["logs"], "timeout": "300ms"})
}

#[test]
fn n10_a_name_that_is_not_found_holds_up_neither_records_nor_the_end() {
    for how in ["hangs", "fails", "nothing"] {
        for spool in [None, Some(folder(&format!("names-{how}")))] {
            let mut output = to(1);
            output["spool"] = json!(spool);
            let Some(said) = ask(how, &output) else { return };
            println!("{how}: {said}");
            let books = &said["books"];
            let number = |key: &str| said[key].as_u64().unwrap();
            assert!(number("recording") <= 20, "{said}");
            let ended = if spool.is_some() { 1_000 } else { 5_250 };
            assert!(number("ending") <= ended, "{said}");
            let kept = if spool.is_some() { &books["spooled"] } else { &books["dropped"]["shutdown"] };
            assert_eq!((&said["done"], kept), (&json!(spool.is_some()), &json!(RECORDS)), "{said}");
            assert!(books["last_error"].is_string(), "{said}");
            // The test's own two, the output's, the spool's, and one that hangs in the look-up.
            assert!(number("threads") <= 5, "{said}");
        }
    }
}

#[test]
fn n10_datagrams_to_a_name_that_is_not_found_hold_up_neither_what_is_measured_nor_the_end() {
    for how in ["hangs", "fails", "nothing"] {
        for to in ["statsd", "influx"] {
            let address = if to == "influx" { "url" } else { "address" };
            let place = if to == "influx" { "udp://server.test:8089" } else { "server.test:8125" };
            let Some(said) = ask(how, &json!({"to": to, address: place})) else { return };
            println!("{how}: {said}");
            let number = |key: &str| said[key].as_u64().unwrap();
            assert!(number("recording") <= 20 && number("ending") <= 5_250, "{said}");
            assert_eq!(said["books"]["delivered"], 0, "{said}");
            // While it hangs there is nothing to say yet.
            let error = said["books"]["last_error"].as_str();
            assert!(how == "hangs" || error.is_some_and(|error| error.contains("server.test:")), "{said}");
        }
    }
}

#[test]
fn n10_a_name_that_is_found_slowly_is_found() {
    let server = Server::new(|_, _| Answer::ok());
    let mut output = to(server.port);
    output["timeout"] = json!("10s");
    let Some(said) = ask("slow", &output) else { return };
    assert_eq!((&said["done"], &said["books"]["delivered"]), (&json!(true), &json!(RECORDS)), "{said}");
    assert_eq!(numbers(&server.seen()).len(), RECORDS);
    assert!(said["ending"].as_u64().unwrap() < LONG.as_millis() as u64);
}
