//! Far sides on this machine: files, streams, sockets, the endpoint, folders of spools.

use crate::server::{Answer, Server};
use crate::{Patient, closed_port};
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use vigie_core::{Config, Environment, Telemetry};

#[test]
fn outputs_that_work() {
    let port = closed_port();
    let patient = Patient::new("good_local").with_port(port);
    let outputs = json!([
        {"to": "console", "stream": "stdout", "format": "json"},
        {"to": "file", "path": "logs/shop.jsonl"},
        {"to": "memory"},
        {"to": "null"},
        {"to": "prometheus", "listen": format!("127.0.0.1:{port}")},
    ]);
    patient.is_told(&patient.outputs(&outputs), 0);
    let written = fs::read_to_string(patient.folder.join("logs/shop.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 3);
    assert_eq!(written.matches("\"vigie.doctor\"").count(), 4, "the span has it as its scope too: {written}");
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok(), "the port is free again");
}

#[test]
fn a_port_of_the_endpoint_that_is_in_use() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let listen = format!("127.0.0.1:{port}");
    let patient = Patient::new("prometheus_in_use").with_port(port);
    patient.is_told(&patient.outputs(&json!([{"to": "prometheus", "listen": listen}])), 1);
    let patient = Patient::new("prometheus_waits").with_port(port);
    patient.is_told(&patient.outputs(&json!([{"to": "prometheus", "listen": listen, "retry": true}])), 0);
}

/// What a process left that could not reach its server is the next program's to send, and no trial's to touch.
#[test]
fn a_spool_keeps_what_is_in_it_and_gets_nothing() {
    let patient = Patient::new("spool_good");
    let port = closed_port();
    let spool = patient.folder.join("spool");
    let output = json!({"to": "http", "url": format!("http://127.0.0.1:{port}/"), "signals": ["logs"], "spool": spool});
    let document = json!({"service": "shop", "outputs": [output]}).to_string();
    let left = Telemetry::new(Config::from_json(&document).variables(Environment::empty())).unwrap();
    left.logger("shop").info("left behind").emit();
    left.shutdown(std::time::Duration::from_secs(60));
    let names = || {
        let mut files: Vec<_> = fs::read_dir(&spool)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = names();
    assert_eq!(before.len(), 1);
    let server = Server::at(port, |_, _| Answer::ok());
    let patient = Patient { ports: vec![port], ..patient };
    patient.is_told(&patient.outputs(&json!([output])), 0);
    assert_eq!(names(), before);
    let bodies = String::from_utf8(server.bytes()).unwrap();
    assert!(bodies.contains("vigie.doctor") && !bodies.contains("left behind"), "{bodies}");
}
