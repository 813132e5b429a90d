//! Servers that refuse, hang, break off or lie: what arrives, what is lost, and what the books say of it.

use crate::server::{Answer, Request, Server};
use crate::support::{books, closed_port, folder, log, numbers, telemetry};
use crate::waited::Waited;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn to(url: &str) -> Value {
    json!({"to": "http", "url": url, "signals": ["logs"]})
}

const LONG: Duration = Duration::from_secs(60);
const SHUTDOWN: Duration = Duration::from_secs(5);
/// What the end may take: its deadline, and what the last batch is given.
const ENDED: Duration = Duration::from_millis(5_250);

#[test]
fn lines_arrive_as_they_are_over_one_connection() {
    let server = Server::new(|_, _| Answer::ok());
    let output = json!({"to": "http", "url": server.url("/insert?x=1"), "compression": "gzip",
        "headers": {"Authorization": "Bearer abc"}, "signals": ["logs"]});
    let telemetry = telemetry(&json!([output, {"to": "memory", "signals": ["logs"]}]));
    for round in 0..3 {
        log(&telemetry, round * 1000, 1000);
        assert!(telemetry.flush(LONG));
    }
    let seen = server.seen();
    let kept: String = telemetry.memory_lines().iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(String::from_utf8(server.bytes()).unwrap(), kept);
    assert!(seen.iter().all(|request| request.connection == 0 && request.path == "/insert?x=1"));
    assert!(seen.iter().all(|request| request.headers["authorization"] == "Bearer abc"));
    assert!(seen.iter().all(|request| request.headers["user-agent"].starts_with("Vigie/")));
    let name = books(&telemetry)["name"].as_str().unwrap().to_owned();
    assert_eq!(name, format!("http:http://127.0.0.1:{}/insert", server.port), "a query may hold a key");
}

#[test]
fn a_server_that_comes_late_gets_everything() {
    let port = closed_port();
    let telemetry = telemetry(&json!([to(&format!("http://127.0.0.1:{port}/"))]));
    log(&telemetry, 0, 10_000);
    assert!(!telemetry.flush(Duration::from_millis(300)));
    assert_eq!(books(&telemetry)["queued"], 10_000);
    assert_eq!(books(&telemetry)["healthy"], false);
    let error = books(&telemetry)["last_error"].as_str().unwrap().to_owned();
    assert!(error.contains("refused") && error.contains(&port.to_string()), "{error}");
    let server = Server::at(port, |_, _| Answer::ok());
    assert!(telemetry.flush(LONG));
    assert_eq!(numbers(&server.seen()), (0..10_000).collect::<Vec<_>>());
    assert_eq!(books(&telemetry)["delivered"], 10_000);
}

#[test]
fn the_end_comes_in_time_whatever_the_server_does() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let dripping = Server::new(|_, _| Answer::Drip(Duration::from_millis(100)));
    let busy = Server::new(|_, _| Answer::status(503));
    let dead = format!("http://127.0.0.1:{}/", closed_port());
    let urls = [hanging.url("/"), dripping.url("/"), busy.url("/"), dead];
    let telemetry = telemetry(&urls.iter().map(|url| to(url)).collect::<Vec<_>>().into());
    log(&telemetry, 0, 1000);
    let waited = Waited::begin();
    assert!(!telemetry.shutdown(SHUTDOWN));
    assert!(waited.so_far() <= ENDED, "{:?}", waited.so_far());
    books(&telemetry);
}

#[test]
fn a_flush_ends_in_time_whatever_the_server_does_and_says_that_something_is_not_out() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let dripping = Server::new(|_, _| Answer::Drip(Duration::from_millis(100)));
    let busy = Server::new(|_, _| Answer::Reply(503, "retry-after: 300\r\n", Vec::new()));
    let dead = format!("http://127.0.0.1:{}/", closed_port());
    for url in [hanging.url("/"), dripping.url("/"), busy.url("/"), dead] {
        let telemetry = telemetry(&json!([to(&url)]));
        log(&telemetry, 0, 100);
        for budget in [0, 200, 500].map(Duration::from_millis) {
            let waited = Waited::begin();
            assert!(!telemetry.flush(budget), "{url}");
            assert!(waited.so_far() <= budget + Duration::from_millis(250), "{url}: {:?}", waited.so_far());
        }
        assert_eq!(books(&telemetry)["queued"], 100);
    }
}

#[test]
fn an_attempt_ends_though_the_server_drips() {
    let server = Server::new(|n, _| match n {
        0 => Answer::Drip(Duration::from_millis(50)),
        _ => Answer::ok(),
    });
    let output = json!({"to": "http", "url": server.url("/"), "timeout": "500ms", "signals": ["logs"]});
    let telemetry = telemetry(&json!([output]));
    log(&telemetry, 0, 1);
    let began = Instant::now();
    assert!(telemetry.flush(LONG), "the status came, and it was a success");
    assert!(began.elapsed() >= Duration::from_millis(450));
    assert_eq!(server.seen().len(), 1, "a success is not sent again");
}

#[test]
fn what_is_refused_is_not_sent_again() {
    for status in [400, 401, 403, 404, 500, 501, 301, 307, 308] {
        let elsewhere = Server::new(|_, _| Answer::ok());
        let location: &'static str = format!("location: {}\r\n", elsewhere.url("/")).leak();
        let server = Server::new(move |_, _| Answer::Reply(status, location, b"no\nway".to_vec()));
        let telemetry = telemetry(&json!([to(&server.url("/path"))]));
        log(&telemetry, 0, 10);
        assert!(!telemetry.flush(LONG));
        assert_eq!((server.seen().len(), elsewhere.seen().len()), (1, 0), "{status}");
        let books = books(&telemetry);
        assert_eq!(books["dropped"], json!({"rejected": 10}), "{status}");
        let error = books["last_error"].as_str().unwrap();
        assert!(error.contains(&format!("/path answers {status}: no way")), "{error}");
    }
}

#[test]
fn a_request_that_is_too_large_comes_in_halves_and_one_record_pays() {
    let server = Server::new(|_, request| match numbers(std::slice::from_ref(request)).contains(&300) {
        true => Answer::status(413),
        false => Answer::ok(),
    });
    let telemetry = telemetry(&json!([to(&server.url("/"))]));
    log(&telemetry, 0, 512);
    assert!(!telemetry.flush(LONG));
    let books = books(&telemetry);
    assert_eq!((books["delivered"].as_u64(), &books["dropped"]), (Some(511), &json!({"too_large": 1})));
    // Each halving asks twice, the whole once.
    assert!(server.seen().len() <= 1 + 2 * 9, "{}", server.seen().len());
}

#[test]
fn a_reply_that_cannot_be_read_says_nothing_against_its_status() {
    let head = "HTTP/1.1 200 OK\r\n";
    let cases = [
        format!("{head}content-length: 100\r\n\r\nshort"),
        format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n"),
        format!("{head}content-type: text/html\r\ncontent-length: 5\r\n\r\n<html"),
        format!("{head}\r\nno length"),
        "HTTP/1.0 200 OK\r\n\r\nold".to_owned(),
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
    ];
    for case in cases {
        let reply = case.clone().into_bytes();
        let server = Server::new(move |_, _| Answer::Raw(reply.clone()));
        let telemetry = telemetry(&json!([to(&server.url("/"))]));
        log(&telemetry, 0, 10);
        assert!(telemetry.flush(LONG), "{case}");
        assert_eq!(server.seen().len(), 1, "{case}");
        assert_eq!(books(&telemetry)["delivered"], 10);
    }
}

#[test]
fn what_is_no_reply_is_tried_again() {
    for broken in
        [&b""[..], b"\0\0\0", b"SSH-2.0-x\r\n", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"]
    {
        let server = Server::new(move |n, _| match n {
            0 => Answer::Raw(broken.to_vec()),
            _ => Answer::ok(),
        });
        let telemetry = telemetry(&json!([to(&server.url("/"))]));
        log(&telemetry, 0, 10);
        assert!(telemetry.flush(LONG), "{broken:?}");
        assert_eq!(server.seen().len(), 2, "{broken:?}");
        assert_eq!(books(&telemetry)["delivered"], 10);
    }
}

#[test]
fn a_connection_that_the_server_closed_costs_nothing() {
    let server = Server::new(|_, _| Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()));
    let telemetry = telemetry(&json!([to(&server.url("/"))]));
    for n in 0..20 {
        log(&telemetry, n, 1);
        assert!(telemetry.flush(LONG));
    }
    assert_eq!(numbers(&server.seen()).into_iter().collect::<HashSet<_>>().len(), 20);
    assert_eq!(books(&telemetry)["delivered"], 20);
}

#[test]
fn a_reply_without_end_is_not_read_to_the_end() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let server = Server::new(move |_, _| Answer::Bomb(1 << 30, Arc::clone(&counted)));
    let telemetry = telemetry(&json!([to(&server.url("/"))]));
    log(&telemetry, 0, 1);
    assert!(telemetry.flush(LONG));
    // What is read at most, and what the sockets of both sides hold.
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent <= 32 << 20, "{sent} bytes were taken");
}

#[test]
fn a_slow_server_makes_nobody_wait_and_its_losses_are_counted() {
    // Much slower than records are made, also where many share a processor.
    let server = Server::new(|_, _| {
        std::thread::sleep(Duration::from_secs(2));
        Answer::ok()
    });
    let telemetry = telemetry(&json!([to(&server.url("/"))]));
    log(&telemetry, 0, 200_000);
    assert!(!telemetry.shutdown(Duration::from_secs(2)));
    let books = books(&telemetry);
    // The warning of the losses may be one more.
    assert!((200_000..=200_001).contains(&books["accepted"].as_u64().unwrap()), "{books}");
    assert!(books["dropped"]["full"].as_u64().unwrap() > 0, "{books}");
    // What was on its way at the end is still in the books as waiting, whether it arrives or not.
    let (seen, number) = (numbers(&server.seen()).len() as u64, |key: &str| books[key].as_u64().unwrap());
    let delivered = number("delivered");
    assert!((delivered..=delivered + 2_048).contains(&seen), "{seen} of {books}");
    assert!(number("queued") <= 2_048, "{books}");
}

#[test]
fn a_dead_server_holds_up_no_other() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let server = Server::new(|_, _| Answer::ok());
    let telemetry = telemetry(&json!([to(&hanging.url("/")), to(&server.url("/"))]));
    log(&telemetry, 0, 100);
    assert!(!telemetry.flush(Duration::from_secs(3)));
    assert_eq!(numbers(&server.seen()).len(), 100);
}

#[test]
fn a_server_that_comes_and_goes_gets_everything() {
    let server = Server::new(|n, _| if n % 3 == 1 { Answer::Cut } else { Answer::ok() });
    let telemetry = telemetry(&json!([to(&server.url("/"))]));
    for round in 0..20 {
        log(&telemetry, round * 100, 100);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(telemetry.flush(LONG));
    assert_eq!(numbers(&server.seen()).into_iter().collect::<HashSet<_>>().len(), 2_000);
    assert_eq!(books(&telemetry)["delivered"], 2_000);
}

/// The answer of a bulk interface that has room for the first line only.
fn first_alone(request: &Request) -> Answer {
    let is_action = |line: &&[u8]| line.starts_with(b"{\"create\"");
    let lines = request.body.split(|byte| *byte == b'\n').filter(is_action).count();
    let item = |at: usize| json!({"create": {"status": if at == 0 { 201 } else { 429 }}});
    let body = json!({"errors": lines > 1, "items": (0..lines).map(item).collect::<Vec<_>>()});
    Answer::Reply(200, "", body.to_string().into_bytes())
}

#[test]
fn lines_that_a_server_had_no_room_for_arrive_though_others_came_meanwhile() {
    for spool in [None, Some(folder("bulk"))] {
        let server = Server::new(|n, request| match n {
            0 => first_alone(request),
            _ => Answer::Reply(200, "", b"{\"errors\":false}".to_vec()),
        });
        let mut output = to(&server.url("/_bulk"));
        output["format"] = json!("bulk");
        output["spool"] = json!(spool);
        let telemetry = telemetry(&json!([output]));
        log(&telemetry, 0, 3);
        let asked = Instant::now();
        telemetry.flush(Duration::from_millis(1));
        while server.seen().is_empty() {
            assert!(asked.elapsed() < LONG);
            std::thread::sleep(Duration::from_millis(1));
        }
        log(&telemetry, 3, 7);
        telemetry.flush(LONG);
        while books(&telemetry)["delivered"] != 10 {
            assert!(asked.elapsed() < LONG, "{}", books(&telemetry));
            std::thread::sleep(Duration::from_millis(5));
        }
        let seen = server.seen();
        assert_eq!(numbers(&seen[1..2]), [1, 2], "what was taken is not sent again");
        assert_eq!(numbers(&seen[1..]), (1..10).collect::<Vec<_>>());
    }
}
