//! What servers say and do not say, row by row: ports without one, times to wait, replies that are none, neighbours.

use crate::server::{Answer, Server};
use crate::support::{LONG, books, closed_port, counts, eventually, folder, log, numbers, telemetry};
use crate::waited::Waited;
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime};

const SHUTDOWN: Duration = Duration::from_secs(5);

fn to(url: &str) -> Value {
    json!({"to": "http", "url": url, "signals": ["logs"]})
}

#[test]
fn n1_nobody_at_the_port_holds_up_no_end_and_a_spool_keeps_everything() {
    let records = counts(20_000, 100_000);
    let port = closed_port();
    let mut output = to(&format!("http://127.0.0.1:{port}/"));
    let in_memory = telemetry(&json!([output]));
    log(&in_memory, 0, records);
    let waited = Waited::begin();
    assert!(!in_memory.shutdown(SHUTDOWN));
    let ended = waited.so_far();
    assert!(ended <= Duration::from_millis(5_250), "{ended:?}");
    assert_eq!(books(&in_memory)["accepted"], records);
    output["spool"] = json!(folder("n1"));
    let spooled = telemetry(&json!([output]));
    log(&spooled, 0, records);
    let waited = Waited::begin();
    assert!(spooled.shutdown(SHUTDOWN));
    let ended_with_spool = waited.so_far();
    assert!(ended_with_spool <= Duration::from_secs(1), "{ended_with_spool:?}");
    assert_eq!(books(&spooled)["spooled"], records);
    let server = Server::at(port, |_, _| Answer::ok());
    let next = telemetry(&json!([output]));
    // The sender of the first may still have been there when the server came; the books of both know.
    let delivered = |of| books(of)["delivered"].as_u64().unwrap();
    eventually("everything arrives", || delivered(&spooled) + delivered(&next) == records as u64);
    assert_eq!(numbers(&server.seen()), (0..records).collect::<Vec<_>>());
    println!("{records} records: ended after {ended:?} in memory, {ended_with_spool:?} with a spool");
}

#[test]
fn n4_a_server_is_asked_when_it_says_or_when_we_say() {
    let at = SystemTime::now() + Duration::from_secs(4);
    let date = format!("retry-after: {}\r\n", httpdate::fmt_http_date(at));
    let seconds = "retry-after: 3\r\n".to_owned();
    // The second of a date is cut off.
    let times = [(date, 2.0, 5.5), (seconds, 3.0, 3.6)];
    let ours = ["retry-after: 0\r\n", "retry-after: -5\r\n", "retry-after: soon\r\n", ""];
    let ours = ours.map(|header| (header.to_owned(), 0.0, 1.5));
    let cases = times.into_iter().chain(ours);
    std::thread::scope(|scope| {
        for ((header, least, most), status) in cases.flat_map(|case| [(case.clone(), 429), (case, 503)]) {
            scope.spawn(move || {
                let header: &'static str = header.leak();
                let server = Server::new(move |n, _| match n {
                    0 => Answer::Reply(status, header, Vec::new()),
                    _ => Answer::ok(),
                });
                let telemetry = telemetry(&json!([to(&server.url("/"))]));
                log(&telemetry, 0, 10);
                assert!(telemetry.flush(LONG));
                assert_eq!(books(&telemetry)["delivered"], 10);
                let seen = server.seen();
                let waited = seen[1].at.duration_since(seen[0].at).as_secs_f64();
                assert!(seen.len() == 2 && (least..most).contains(&waited), "{status} {header}: {waited}");
            });
        }
    });
}

#[test]
fn n4_a_server_that_asks_for_an_hour_does_not_hold_up_the_end() {
    let server = Server::new(|_, _| Answer::Reply(503, "retry-after: 3600\r\n", Vec::new()));
    let telemetry = telemetry(&json!([to(&server.url("/"))]));
    log(&telemetry, 0, 10);
    telemetry.flush(Duration::from_secs(1));
    let waited = Waited::begin();
    assert!(!telemetry.shutdown(SHUTDOWN));
    assert!(waited.so_far() <= Duration::from_millis(5_250), "{:?}", waited.so_far());
    assert_eq!(server.seen().len(), 1, "it is not asked before its time, nor at the end");
}

#[test]
fn n7_a_success_with_any_body_is_one() {
    let head = "HTTP/1.1 200 OK\r\n";
    let cases: [(&str, Vec<u8>); 8] = [
        ("no protobuf", format!("{head}content-length: 4\r\n\r\n\u{7f}\u{7f}ab").into_bytes()),
        ("half of a message", format!("{head}content-length: 2\r\n\r\n\n\u{7f}").into_bytes()),
        (
            "a number of 64 bits",
            [
                head.as_bytes(),
                b"content-length: 13\r\n\r\n\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            ]
            .concat(),
        ),
        (
            "JSON for protobuf",
            format!("{head}content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}").into_bytes(),
        ),
        ("no JSON", format!("{head}content-length: 1\r\n\r\n{{").into_bytes()),
        ("a page", format!("{head}content-type: text/html\r\n\r\n<html>fine</html>").into_bytes()),
        (
            "a chunk without end",
            format!("{head}transfer-encoding: chunked\r\n\r\nffffff\r\nabc").into_bytes(),
        ),
        ("old", b"HTTP/1.0 200 OK\r\n\r\n".to_vec()),
    ];
    for protocol in ["protobuf", "json"] {
        for (case, reply) in &cases {
            let reply = reply.clone();
            let server = Server::new(move |_, _| Answer::Raw(reply.clone()));
            let output =
                json!({"to": "otlp", "url": server.url(""), "protocol": protocol, "signals": ["logs"]});
            let telemetry = telemetry(&json!([output]));
            log(&telemetry, 0, 10);
            telemetry.flush(LONG);
            let books = books(&telemetry);
            assert_eq!(
                (server.seen().len(), &books["queued"]),
                (1, &json!(0)),
                "{protocol}, {case}: {books}"
            );
            assert_eq!(books["delivered"], 10, "{protocol}, {case}: {books}");
        }
    }
}

/// How long a record takes to two servers that work, where a third does what it does.
fn delay(third: &str) -> Duration {
    let (one, two) = (Server::new(|_, _| Answer::ok()), Server::new(|_, _| Answer::ok()));
    let telemetry = telemetry(&json!([to(third), to(&one.url("/")), to(&two.url("/"))]));
    let began = Instant::now();
    log(&telemetry, 0, 1);
    eventually("both have it", || !one.seen().is_empty() && !two.seen().is_empty());
    let came = one.seen()[0].at.max(two.seen()[0].at);
    came.duration_since(began)
}

#[test]
fn n16_a_server_that_is_dead_does_not_delay_the_others() {
    let (works, hangs) = (Server::new(|_, _| Answer::ok()), Server::new(|_, _| Answer::Hang));
    // The best of some tries: what a busy machine adds is not ours.
    let best = |third: &str| (0..counts(3, 10)).map(|_| delay(third)).min().unwrap();
    let without = best(&works.url("/"));
    for dead in [hangs.url("/"), format!("http://127.0.0.1:{}/", closed_port())] {
        let with = best(&dead);
        assert!(with <= without + Duration::from_millis(50), "{with:?} instead of {without:?}");
        println!("{with:?} beside a dead one, {without:?} beside one that works");
    }
}
