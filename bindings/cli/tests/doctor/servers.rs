//! Far sides that are servers: each way in which one is missed, refuses, or takes a part only.

use crate::secure::{Authority, authority, certificate, secure};
use crate::server::{Answer, Request, Server};
use crate::{Patient, closed_port};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;

fn lines(url: &str) -> Value {
    json!({"to": "http", "url": url, "signals": ["logs"]})
}

/// What is told of a server that answers everything so.
#[track_caller]
fn told_of(
    name: &'static str,
    answer: Answer,
    output: impl FnOnce(&Server) -> Value,
    exit: i32,
) -> Vec<Request> {
    let server = Server::new(move |_, _| answer.clone());
    let patient = Patient::new(name).with_port(server.port);
    patient.is_told(&patient.outputs(&json!([output(&server)])), exit);
    server.seen()
}

fn bulk(server: &Server) -> Value {
    json!({"to": "http", "format": "bulk", "url": server.url("/logs-shop/_bulk")})
}

fn pushgateway(server: &Server) -> Value {
    json!({"to": "pushgateway", "url": server.url(""), "job": "nightly", "grouping": {"region": "eu"}})
}

fn otlp(server: &Server) -> Value {
    json!({"to": "otlp", "protocol": "json", "url": server.url("")})
}

#[test]
fn a_name_that_nobody_knows() {
    // The name is longer than one may be, so that no name server is asked.
    let url = format!("http://{}.invalid/", "x".repeat(64));
    let patient = Patient::new("name");
    patient.is_told(&patient.outputs(&json!([lines(&url)])), 1);
}

#[test]
fn a_port_where_nothing_listens() {
    let port = closed_port();
    let patient = Patient::new("refused").with_port(port);
    patient.is_told(&patient.outputs(&json!([{"to": "otlp", "url": format!("http://127.0.0.1:{port}")}])), 1);
}

#[test]
fn a_server_that_does_not_answer() {
    let output = |server: &Server| {
        let mut output = lines(&server.url("/"));
        output["timeout"] = json!("300ms");
        output
    };
    told_of("silence", Answer::Hang, output, 1);
}

#[test]
fn a_server_that_hangs_up() {
    told_of("hangs_up", Answer::Cut, otlp, 1);
}

#[test]
fn a_server_that_speaks_something_else() {
    told_of("no_http", Answer::Raw(b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0\x40\0".to_vec()), otlp, 1);
}

#[test]
fn credentials_that_are_missing_or_not_enough() {
    told_of("401", Answer::Reply(401, "", b"{\"error\":\"no token\"}".to_vec()), bulk, 1);
    told_of("403", Answer::status(403), |server| lines(&server.url("/insert?token=secret")), 1);
}

#[test]
fn paths_that_lead_nowhere_are_told_with_the_one_that_is_wanted() {
    let not_found = || Answer::Reply(404, "", b"404 page not found\n".to_vec());
    told_of("404_otlp", not_found(), otlp, 1);
    told_of("404_bulk", not_found(), bulk, 1);
    let loki = |server: &Server| json!({"to": "http", "format": "loki", "url": server.url("/api/push")});
    told_of("404_loki", not_found(), loki, 1);
    told_of(
        "404_influx",
        not_found(),
        |server| json!({"to": "influx", "url": server.url("/writes?db=a")}),
        1,
    );
    told_of("404_lines", not_found(), |server| lines(&server.url("/insert")), 1);
    told_of("404_pushgateway", not_found(), pushgateway, 1);
}

#[test]
fn a_pushgateway_gets_the_test_record_in_a_group_of_its_own() {
    let seen = told_of("good_pushgateway", Answer::ok(), pushgateway, 0);
    assert_eq!(
        seen.iter().map(|request| request.path.as_str()).collect::<Vec<_>>(),
        ["/metrics/job/vigie.doctor"]
    );
    let body = String::from_utf8(seen[0].body.clone()).unwrap();
    assert!(body.ends_with("\nvigie_doctor 1\n"), "{body}");
}

#[test]
fn places_that_take_something_else() {
    told_of("405", Answer::status(405), bulk, 1);
    told_of("415", Answer::status(415), otlp, 1);
}

#[test]
fn a_server_that_has_enough_is_not_asked_again() {
    let seen = told_of("429", Answer::status(429), bulk, 1);
    assert_eq!(seen.len(), 1, "a trial is one attempt");
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let answer = Answer::Reply(308, "location: https://logs.example/insert?key=secret\r\n", Vec::new());
    told_of("redirect", answer, |server| lines(&server.url("/insert")), 1);
}

#[test]
fn what_is_taken_in_part() {
    let partial = br#"{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}"#;
    let logs = |server: &Server| json!({"to": "otlp", "protocol": "json", "url": server.url(""), "signals": ["logs"]});
    told_of("partial_success", Answer::Reply(200, "", partial.to_vec()), logs, 1);
    let warning = br#"{"partialSuccess":{"errorMessage":"this path will go"}}"#;
    told_of("partial_success_warns", Answer::Reply(200, "", warning.to_vec()), logs, 0);
    let items = br#"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,"error":
        {"type":"document_parsing_exception","reason":"failed to parse field [duration_ms]"}}},{"create":{"status":201}}]}"#;
    told_of("bulk_items", Answer::Reply(200, "", items.to_vec()), bulk, 1);
}

#[test]
fn what_works_is_good_and_its_records_can_be_told_from_others() {
    for (name, output) in [("good_bulk", bulk as fn(&Server) -> Value), ("good_otlp", otlp)] {
        let seen = told_of(name, Answer::Reply(200, "", b"{}".to_vec()), output, 0);
        let texts = seen.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned());
        let texts: Vec<String> = texts.collect();
        assert!(texts.iter().all(|text| text.contains("\"vigie.doctor\"")), "{texts:?}");
        let text = texts.concat();
        assert!(text.contains("test record of vigie doctor"), "{text}");
    }
}

/// The ids of a bulk request come from the spool, which a trial goes past.
#[test]
fn a_bulk_request_is_whole_without_the_spool() {
    let server = Server::new(|_, _| Answer::Reply(200, "", b"{}".to_vec()));
    let patient = Patient::new("bulk_spool");
    let mut output = bulk(&server);
    output["spool"] = json!("spool");
    assert_eq!(patient.outputs(&json!([output])).status.code(), Some(0));
    let body = String::from_utf8(server.seen()[0].body.clone()).unwrap();
    let actions = body.lines().step_by(2).collect::<Vec<_>>();
    assert_eq!((actions, body.lines().count()), (vec![r#"{"create":{}}"#; 3], 6), "{body}");
}

/// What is told of a server behind TLS whose certificate is for this name and ends in this year; `ca` is what is trusted.
#[track_caller]
fn told_of_secure(case: &'static str, issuer: &Authority, name: &str, year: i32, ca: &Authority, exit: i32) {
    let server = secure(certificate(issuer, name, year), None);
    let patient = Patient::new(case).with_port(server.port);
    let mut output = lines(&format!("https://localhost:{}/", server.port));
    output["ca"] = json!(patient.write("ca.pem", &ca.pem()));
    patient.is_told(&patient.outputs(&json!([output])), exit);
}

#[test]
fn certificates_that_are_not_trusted() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    told_of_secure("tls_good", &ours, "localhost", 2096, &ours, 0);
    told_of_secure("tls_authority", &theirs, "localhost", 2096, &ours, 1);
}

/// The words end in the very moment or the very names, so that here a part is compared.
#[test]
fn certificates_for_another_name_or_another_time() {
    let ours = authority("ours");
    let cases = [
        ("elsewhere.example", 2096, "its certificate is for another name than the address has ("),
        ("localhost", 2021, "its certificate has expired ("),
    ];
    for (name, year, said) in cases {
        let server = secure(certificate(&ours, name, year), None);
        let patient = Patient::new("tls_part");
        let mut output = lines(&format!("https://localhost:{}/", server.port));
        output["ca"] = json!(patient.write("ca.pem", &ours.pem()));
        let output = patient.outputs(&json!([output]));
        assert!(patient.shown(&output).contains(said), "{}", patient.shown(&output));
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_scheme_that_the_port_does_not_speak() {
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = plain.local_addr().unwrap().port();
    std::thread::spawn(move || {
        // As servers answer what is no request at all.
        for mut stream in plain.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
        }
    });
    let patient = Patient::new("tls_to_plain").with_port(port);
    patient.is_told(&patient.outputs(&json!([lines(&format!("https://localhost:{port}/"))])), 1);
    let behind_tls = secure(certificate(&authority("ours"), "localhost", 2096), None);
    let patient = Patient::new("plain_to_tls").with_port(behind_tls.port);
    patient.is_told(&patient.outputs(&json!([lines(&format!("http://localhost:{}/", behind_tls.port))])), 1);
}
