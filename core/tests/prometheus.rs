//! The Prometheus endpoint over real sockets: what scrapers get, and what those cannot do who mean ill.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "common/waited.rs"]
mod waited;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};
use waited::Waited;

/// How much longer than promised something may take on a busy machine.
const SLACK: Duration = Duration::from_secs(2);

fn config(outputs: &Value) -> Config {
    Config::from_json(&json!({ "outputs": outputs }).to_string())
}

fn serving() -> (Telemetry, SocketAddr) {
    let telemetry = Telemetry::new(config(&json!([{"to": "prometheus", "listen": "127.0.0.1:0"}]))).unwrap();
    let address = listening(&telemetry).unwrap();
    (telemetry, address)
}

fn stats(telemetry: &Telemetry) -> Value {
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    stats["outputs"][0].clone()
}

fn listening(telemetry: &Telemetry) -> Option<SocketAddr> {
    stats(telemetry)["listening"].as_str().map(|text| text.parse().unwrap())
}

/// Sends this and reads until the end; what came by then where that is an error.
fn exchange(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // Whoever is refused in the middle of his request cannot send the rest.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Status, head and body of an answer.
fn parts(answer: &[u8]) -> (u16, String, Vec<u8>) {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer[end + 4..].to_vec())
}

fn get(address: SocketAddr, fields: &str) -> (u16, String, Vec<u8>) {
    parts(&exchange(address, format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{fields}\r\n").as_bytes()))
}

fn text(address: SocketAddr) -> String {
    let (status, _, body) = get(address, "");
    assert_eq!(status, 200);
    String::from_utf8(body).unwrap()
}

#[test]
fn a_scraper_gets_the_metrics_of_the_moment_in_its_format() {
    let (telemetry, address) = serving();
    assert_eq!(text(address), "", "before the first record");
    let orders = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    orders.add(3, |series| {
        series.key("region");
        series.str("eu");
    });
    let (status, head, body) = get(address, "");
    assert_eq!(status, 200);
    assert!(head.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{head}");
    let plain = "# TYPE orders_total counter\norders_total{region=\"eu\"} 3\n";
    assert_eq!(String::from_utf8(body).unwrap(), plain);
    assert_eq!(telemetry.metrics_text(false), plain);

    let (_, head, body) =
        get(address, "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n");
    assert!(head.contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0;"), "{head}");
    assert!(String::from_utf8(body).unwrap().ends_with("# EOF\n"));

    let (_, head, body) = get(address, "Accept-Encoding: gzip\r\n");
    assert!(head.contains("\r\nContent-Encoding: gzip\r\n"), "{head}");
    let mut unpacked = String::new();
    GzDecoder::new(body.as_slice()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);

    let (_, head, body) = parts(&exchange(address, b"HEAD /metrics HTTP/1.1\r\n\r\n"));
    assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", plain.len())) && body.is_empty());
    let seen = stats(&telemetry);
    assert_eq!((&seen["scrapes"], &seen["refused"], &seen["accepted"]), (&json!(5), &json!(0), &json!(0)));
    assert!(seen["last_success"].is_string() && seen["last_error"].is_null(), "{seen}");
}

#[test]
fn what_is_no_scrape_is_refused() {
    let (telemetry, address) = serving();
    let megabyte = "x".repeat(1 << 20);
    let table = [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 404),
        ("GET /debug/pprof/ HTTP/1.1\r\n\r\n".to_owned(), 404),
        ("GET /metrics/../metrics HTTP/1.1\r\n\r\n".to_owned(), 404),
        ("POST /metrics HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}".to_owned(), 405),
        ("OPTIONS * HTTP/1.1\r\n\r\n".to_owned(), 405),
        ("nonsense\r\n\r\n".to_owned(), 400),
        ("GET /metrics HTTP/1.1\r\nbad header\r\n\r\n".to_owned(), 400),
        (format!("GET /{megabyte} HTTP/1.1\r\n\r\n"), 431),
        (format!("GET /metrics HTTP/1.1\r\nA: {megabyte}\r\n\r\n"), 431),
        // A body is not read, whatever it is.
        (format!("GET /metrics HTTP/1.1\r\nContent-Length: 50000\r\n\r\n{}", &megabyte[..50_000]), 200),
    ];
    for (request, expected) in &table {
        let answer = exchange(address, request.as_bytes());
        let shown = &request[..request.len().min(60)];
        if answer.is_empty() {
            // The system may throw an answer away whose receiver is still sending.
            assert_eq!(*expected, 431, "{shown}");
            continue;
        }
        assert_eq!(parts(&answer).0, *expected, "{shown}");
    }
    let seen = stats(&telemetry);
    assert_eq!((&seen["scrapes"], &seen["refused"]), (&json!(1), &json!(9)));
    assert_eq!(seen["last_error"], "a request was refused: 431 Request Header Fields Too Large");
    assert!(seen["last_error_at"].is_string(), "{seen}");
}

#[test]
fn who_sends_slowly_is_cut_off_and_others_are_refused_meanwhile() {
    let (telemetry, address) = serving();
    let start = Instant::now();
    let slow: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                let mut drip = stream.try_clone().unwrap();
                thread::spawn(move || {
                    let head = b"GET /metrics HTTP/1.1\r\n".iter().chain(b"X-A: b\r\n".iter().cycle());
                    for byte in head {
                        thread::sleep(Duration::from_millis(100));
                        if drip.write_all(&[*byte]).is_err() {
                            break;
                        }
                    }
                });
                let mut answer = Vec::new();
                let _ = stream.read_to_end(&mut answer);
                (answer, start.elapsed())
            })
        })
        .collect();
    // They have all been accepted when a ninth one has been turned away.
    thread::sleep(Duration::from_millis(500));
    let asked = Instant::now();
    let ninth = exchange(address, b"GET /metrics HTTP/1.1\r\n\r\n");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert!(ninth.is_empty() || parts(&ninth).0 == 503);
    let orders = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    let waited = Waited::begin();
    (0..10_000).for_each(|_| orders.add(1, |_| {}));
    assert!(waited.so_far() < Duration::from_secs(1), "the program goes on");
    for slow in slow {
        let (answer, after) = slow.join().unwrap();
        assert!(answer.is_empty() || parts(&answer).0 == 408);
        assert!(after < Duration::from_secs(5) + SLACK, "{after:?}");
    }
    let due = Instant::now() + SLACK;
    let body = loop {
        let (status, _, body) = get(address, "");
        if status == 200 {
            break body;
        }
        assert!(status == 503 && Instant::now() < due, "no place became free");
    };
    assert!(body.ends_with(b"orders_total 10000\n"));
}

#[test]
fn scrapes_that_are_given_up_leave_nothing_behind() {
    let (telemetry, address) = serving();
    let gauge = telemetry.meter().gauge("g", InstrumentOptions::default()).unwrap();
    for n in 0..1000 {
        gauge.set(n, |series| {
            series.key("n");
            series.int(n);
        });
    }
    for n in 0..60 {
        let mut stream = TcpStream::connect(address).unwrap();
        match n % 4 {
            0 => {}
            1 => stream.write_all(b"GET /metr").unwrap(),
            2 => stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap(),
            _ => {
                stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
                let _ = stream.read(&mut [0; 100]);
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
    let due = Instant::now() + Duration::from_secs(10);
    while exchange(address, b"GET /metrics HTTP/1.1\r\n\r\n").len() < 1000 {
        assert!(Instant::now() < due, "no place became free");
    }
    #[cfg(target_os = "linux")]
    while threads_called("vigie-scrape") > 0 {
        // Other tests of this process scrape too.
        assert!(Instant::now() < due + Duration::from_secs(20), "a connection has no end");
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(target_os = "linux")]
fn threads_called(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|known| known.trim() == name).count()
}

#[test]
fn a_hundred_scrapes_at_once_are_served_or_refused_soon() {
    let (telemetry, address) = serving();
    let orders = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    orders.add(7, |_| {});
    let start = Instant::now();
    let scrapes: Vec<_> = (0..100)
        .map(|_| thread::spawn(move || exchange(address, b"GET /metrics HTTP/1.1\r\n\r\n")))
        .collect();
    let mut served = 0;
    for scrape in scrapes {
        let answer = scrape.join().unwrap();
        if !answer.is_empty() && parts(&answer).0 == 200 {
            assert!(parts(&answer).2.ends_with(b"orders_total 7\n"), "whole");
            served += 1;
        }
    }
    assert!(served >= 8, "{served}");
    assert!(start.elapsed() < Duration::from_secs(5) + SLACK, "{:?}", start.elapsed());
}

#[test]
fn a_port_in_use_is_an_error_that_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let outputs = json!([{"to": "console"}, {"to": "prometheus", "listen": listen}]);
    let error = Telemetry::new(config(&outputs)).unwrap_err();
    let expected = format!(
        "outputs[1].listen: prometheus:{listen}: another program listens there; \"retry\": true waits until it is \
         free; accepted: an output that can be opened"
    );
    assert_eq!(error.to_string(), expected);

    let outputs = json!([{"to": "prometheus", "listen": listen, "retry": true}]);
    let telemetry = Telemetry::new(config(&outputs)).unwrap();
    assert_eq!(stats(&telemetry)["healthy"], false);
    drop(taken);
    let due = Instant::now() + Duration::from_secs(10);
    while stats(&telemetry)["healthy"] == false {
        assert!(Instant::now() < due);
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(text(listen.parse().unwrap()), "");
    assert!(telemetry.shutdown(Duration::from_secs(5)));
}

#[test]
fn the_endpoint_ends_with_the_telemetry_and_outlives_a_change() {
    let (telemetry, address) = serving();
    let orders = telemetry.meter().counter("orders", InstrumentOptions::default()).unwrap();
    orders.add(1, |_| {});
    let other =
        json!({"outputs": [{"to": "prometheus", "listen": "127.0.0.1:0", "path": "/m"}, {"to": "null"}]});
    telemetry.reconfigure(&other.to_string(), &Environment::empty()).unwrap();
    assert_eq!(listening(&telemetry), Some(address), "the listener is the same one");
    assert_eq!(get(address, "").0, 404);
    let answer = exchange(address, b"GET /m HTTP/1.1\r\n\r\n");
    assert!(parts(&answer).2.ends_with(b"orders_total 1\n"));
    assert!(telemetry.shutdown(Duration::from_secs(5)));
    assert!(TcpStream::connect(address).is_err(), "the port was given back");
    assert_eq!(stats(&telemetry)["healthy"], false);
    let again = json!({"outputs": [{"to": "prometheus", "listen": address.to_string()}]});
    telemetry.init(Some(&again.to_string()), &Environment::empty()).unwrap();
    assert_eq!(text(address), "", "a new beginning");
}
