//! Records that arrive twice because a process was killed while it sent them: their ids say so.

use crate::server::{Answer, Request, Server};
use crate::support::{LONG, books, eventually, folder, log, part, telemetry};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use prost::Message;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::process::{Child, Stdio};
use std::time::Duration;

const RECORDS: usize = 2_000;
/// What one attempt carries at most, and so what a kill repeats at most.
const ONCE: usize = 512;

const OUTPUT: &str = "VIGIE_TEST_TWICE_OUTPUT";
const COUNT: &str = "VIGIE_TEST_TWICE_COUNT";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Protobuf,
    Json,
    Bulk,
}

/// A record as it arrived: its number and its id.
type Arrived = (usize, String);

impl Kind {
    const ALL: [Self; 3] = [Self::Protobuf, Self::Json, Self::Bulk];

    fn output(self, server: &Server, name: &str) -> Value {
        let spool = folder(&format!("{name}-{self:?}"));
        let mut output = match self {
            Self::Protobuf => json!({"to": "otlp", "url": server.url("")}),
            Self::Json => json!({"to": "otlp", "url": server.url(""), "protocol": "json"}),
            Self::Bulk => json!({"to": "http", "url": server.url("/_bulk"), "format": "bulk"}),
        };
        output["spool"] = json!(spool);
        output["signals"] = json!(["logs"]);
        output
    }

    fn arrived(self, request: &Request) -> Vec<Arrived> {
        let text = || std::str::from_utf8(&request.body).unwrap();
        match self {
            Self::Protobuf => of_protobuf(&request.body),
            Self::Json => of_json(&serde_json::from_str(text()).unwrap()),
            Self::Bulk => {
                let lines: Vec<Value> =
                    text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                let pairs = lines.chunks(2);
                pairs
                    .map(|pair| {
                        (number(pair[1]["message"].as_str().unwrap()), as_text(&pair[0]["create"]["_id"]))
                    })
                    .collect()
            }
        }
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn number(message: &str) -> usize {
    message.strip_prefix("n=").unwrap().trim_end_matches('.').parse().unwrap()
}

fn of_protobuf(body: &[u8]) -> Vec<Arrived> {
    let text = |value: Option<Any>| match value {
        Some(Any::StringValue(text)) => text,
        other => panic!("{other:?}"),
    };
    let request = ExportLogsServiceRequest::decode(body).unwrap();
    let scopes = request.resource_logs.into_iter().flat_map(|one| one.scope_logs);
    let records = scopes.flat_map(|scope| scope.log_records);
    records
        .map(|record| {
            let mut uids = record.attributes.into_iter().filter(|one| one.key == "log.record.uid");
            let uid = uids.next().and_then(|uid| uid.value?.value);
            assert!(uids.next().is_none());
            (number(&text(record.body.and_then(|body| body.value))), text(uid))
        })
        .collect()
}

fn of_json(request: &Value) -> Vec<Arrived> {
    let records = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap();
    let uid = |record: &Value| {
        let attributes = record["attributes"].as_array().unwrap();
        let uid = attributes.iter().find(|one| one["key"] == "log.record.uid").unwrap();
        as_text(&uid["value"]["stringValue"])
    };
    records
        .iter()
        .map(|record| (number(record["body"]["stringValue"].as_str().unwrap()), uid(record)))
        .collect()
}

/// What a server answers that has the first `known` of its requests already; `poison` is refused.
fn answer(kind: Kind, request: &Request, known: &HashSet<String>, poison: Option<usize>) -> Answer {
    let arrived = kind.arrived(request);
    let is_poison = |number: usize| Some(number) == poison;
    let body = match kind {
        Kind::Protobuf if arrived.iter().any(|(number, _)| is_poison(*number)) => {
            b"\x0a\x02\x08\x01".to_vec()
        }
        Kind::Protobuf => Vec::new(),
        Kind::Json => {
            let rejected = arrived.iter().filter(|(number, _)| is_poison(*number)).count();
            json!({"partialSuccess": {"rejectedLogRecords": rejected}}).to_string().into_bytes()
        }
        Kind::Bulk => {
            let status = |(number, id): &Arrived| match (is_poison(*number), known.contains(id)) {
                (true, _) => 400,
                (false, true) => 409,
                (false, false) => 201,
            };
            let items: Vec<Value> =
                arrived.iter().map(|one| json!({"create": {"status": status(one)}})).collect();
            json!({"errors": true, "items": items}).to_string().into_bytes()
        }
    };
    Answer::Reply(200, "", body)
}

/// A server that takes its first `silent` requests and does not say so.
fn server(kind: Kind, silent: usize, poison: Option<usize>) -> Server {
    let known = std::sync::Mutex::new(HashSet::new());
    Server::new(move |n, request| {
        let mut known = known.lock().unwrap();
        let answer = answer(kind, request, &known, poison);
        known.extend(kind.arrived(request).into_iter().map(|(_, id)| id));
        if n < silent { Answer::Hang } else { answer }
    })
}

/// Plays the part that is killed: records so many, and lives on.
#[test]
fn the_part_that_is_killed() {
    let Ok(output) = std::env::var(OUTPUT) else { return };
    let telemetry = telemetry(&json!([serde_json::from_str::<Value>(&output).unwrap()]));
    log(&telemetry, 0, std::env::var(COUNT).unwrap().parse().unwrap());
    telemetry.flush(Duration::from_secs(1));
    std::thread::sleep(LONG);
}

fn start(output: &Value, count: usize) -> Child {
    let mut command = part("twice::the_part_that_is_killed");
    command.env(OUTPUT, output.to_string()).env(COUNT, count.to_string());
    command.stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn what_arrives_again_after_kills_has_the_same_id_and_nothing_else_has_it() {
    for kind in Kind::ALL {
        let server = server(kind, 2, None);
        let output = kind.output(&server, "twice");
        // The first is killed while it sends, and the second while it sends what the first left.
        for (requests, count) in [(1, RECORDS), (2, 0)] {
            let mut child = start(&output, count);
            // Records that came while the first request was on its way are on the disk when this one is.
            eventually("it sends", || server.seen().len() >= requests);
            std::thread::sleep(Duration::from_millis(1_500));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let last = telemetry(&json!([output]));
        eventually("everything arrives", || books(&last)["delivered"] == RECORDS);
        assert_eq!(books(&last)["dropped"], json!({}), "{kind:?}: what was there already has arrived");
        let arrived: Vec<Arrived> = server.seen().iter().flat_map(|request| kind.arrived(request)).collect();
        let mut ids: BTreeMap<usize, HashSet<String>> = BTreeMap::new();
        for (number, id) in arrived.iter().cloned() {
            ids.entry(number).or_default().insert(id);
        }
        assert_eq!(ids.keys().copied().collect::<Vec<_>>(), (0..RECORDS).collect::<Vec<_>>());
        assert!(ids.values().all(|of_one| of_one.len() == 1), "{kind:?}");
        let distinct: HashSet<&String> = ids.values().flatten().collect();
        assert_eq!(distinct.len(), RECORDS, "{kind:?}");
        let repeated = arrived.len() - RECORDS;
        assert!((1..=2 * ONCE).contains(&repeated), "{kind:?}: {repeated}");
    }
}

#[test]
fn a_record_that_a_server_refuses_costs_itself_only() {
    for kind in Kind::ALL {
        let server = server(kind, 0, Some(300));
        let telemetry = telemetry(&json!([kind.output(&server, "poison")]));
        log(&telemetry, 0, ONCE);
        telemetry.flush(LONG);
        eventually("all are answered", || books(&telemetry)["spooled"] == 0);
        let books = books(&telemetry);
        assert_eq!(books["delivered"], ONCE - 1, "{kind:?}: {books}");
        assert_eq!(books["dropped"], json!({"rejected": 1}), "{kind:?}");
    }
}

#[test]
fn an_id_that_a_record_has_of_its_own_is_its_id() {
    for kind in [Kind::Protobuf, Kind::Json] {
        let server = server(kind, 0, None);
        let telemetry = telemetry(&json!([kind.output(&server, "own")]));
        telemetry.logger("net").info("n=0.").attr("log.record.uid", "mine").emit();
        telemetry.logger("net").info("n=1.").attr("uid", "log.record.uid").emit();
        telemetry.flush(LONG);
        eventually("they arrive", || books(&telemetry)["delivered"] == 2);
        let arrived: Vec<Arrived> = server.seen().iter().flat_map(|request| kind.arrived(request)).collect();
        assert_eq!(arrived[0], (0, "mine".to_owned()));
        assert_eq!((arrived[1].0, arrived[1].1.len()), (1, 36));
    }
}

#[test]
fn without_a_spool_nothing_is_added() {
    for kind in Kind::ALL {
        let server = Server::new(|_, _| Answer::ok());
        let mut output = kind.output(&server, "none");
        output.as_object_mut().unwrap().remove("spool");
        let telemetry = telemetry(&json!([output]));
        log(&telemetry, 0, 3);
        assert!(telemetry.flush(LONG));
        let body = server.bytes();
        for added in ["log.record.uid", "_id"] {
            assert!(memchr::memmem::find(&body, added.as_bytes()).is_none(), "{kind:?}");
        }
    }
}
