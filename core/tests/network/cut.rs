//! N9: connections that break at every byte of an exchange, on the way there and on the way back.

use crate::server::{Answer, Server};
use crate::support::{LONG, books, counts, eventually, folder, log, numbers, telemetry};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const RECORDS: usize = 10;

/// Where the first connection breaks.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Request(usize),
    Reply(usize),
}

/// Copies until `most` bytes went over, and ends both connections then.
fn copy(from: &TcpStream, to: &TcpStream, most: usize, counted: &AtomicUsize) {
    let (mut reader, mut writer, mut left, mut bytes) = (from, to, most, [0; 4096]);
    while left > 0 {
        let room = bytes.len().min(left);
        let Ok(length) = reader.read(&mut bytes[..room]) else { break };
        if length == 0 || writer.write_all(&bytes[..length]).is_err() {
            break;
        }
        counted.fetch_add(length, Ordering::SeqCst);
        left -= length;
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// A way to a server, whose first connection breaks where it is told; how many bytes went there and back is counted.
struct Way {
    port: u16,
    there: Arc<AtomicUsize>,
    back: Arc<AtomicUsize>,
}

fn way(to: u16, cut: Option<Cut>) -> Way {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let way =
        Way { port: listener.local_addr().unwrap().port(), there: Arc::default(), back: Arc::default() };
    let (there, back) = (Arc::clone(&way.there), Arc::clone(&way.back));
    std::thread::spawn(move || {
        for (number, near) in listener.incoming().flatten().enumerate() {
            let Ok(far) = TcpStream::connect(("127.0.0.1", to)) else { return };
            let (of_request, of_reply) = match cut.filter(|_| number == 0) {
                Some(Cut::Request(bytes)) => (bytes, usize::MAX),
                Some(Cut::Reply(bytes)) => (usize::MAX, bytes),
                None => (usize::MAX, usize::MAX),
            };
            let (there, back) = (Arc::clone(&there), Arc::clone(&back));
            let (near_back, far_back) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            std::thread::spawn(move || copy(&near, &far, of_request, &there));
            std::thread::spawn(move || copy(&far_back, &near_back, of_reply, &back));
        }
    });
    way
}

fn to(port: u16, name: &str) -> Value {
    json!({"to": "http", "url": format!("http://127.0.0.1:{port}/"), "signals": ["logs"], "spool": folder(name)})
}

/// How many bytes an exchange has there and back.
fn lengths() -> (usize, usize) {
    let server = Server::new(|_, _| Answer::ok());
    let way = way(server.port, None);
    let telemetry = telemetry(&json!([to(way.port, "cut-whole")]));
    log(&telemetry, 0, RECORDS);
    assert!(telemetry.flush(LONG));
    eventually("it arrives", || books(&telemetry)["delivered"] == RECORDS);
    (way.there.load(Ordering::SeqCst), way.back.load(Ordering::SeqCst))
}

#[test]
fn n9_a_connection_that_breaks_at_any_byte_loses_nothing() {
    let (there, back) = lengths();
    assert!(there > 500 && back > 20, "{there} there, {back} back");
    let step = counts(97, 1);
    // A request that is whole is a request, though the connection ends behind it.
    let requests = (0..there).step_by(step).map(Cut::Request);
    let cuts: Vec<Cut> = requests.chain((0..=back).step_by(step.min(7)).map(Cut::Reply)).collect();
    let mut repeated = 0;
    for some in cuts.chunks(64) {
        let servers: Vec<Server> = some.iter().map(|_| Server::new(|_, _| Answer::ok())).collect();
        let ways = servers.iter().zip(some).map(|(server, cut)| way(server.port, Some(*cut)));
        let outputs: Vec<Value> =
            ways.enumerate().map(|(n, way)| to(way.port, &format!("cut-{n}"))).collect();
        let telemetry = telemetry(&outputs.into());
        log(&telemetry, 0, RECORDS);
        telemetry.flush(LONG);
        let all_done = || {
            let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
            stats["outputs"].as_array().unwrap().iter().all(|books| books["delivered"] == RECORDS)
        };
        eventually("all arrive", all_done);
        for (server, cut) in servers.iter().zip(some) {
            let mut times: HashMap<usize, usize> = HashMap::new();
            numbers(&server.seen()).into_iter().for_each(|number| *times.entry(number).or_default() += 1);
            assert_eq!(times.len(), RECORDS, "{cut:?}");
            // The batch may have come once more than it was told to have come.
            assert!(times.values().all(|times| *times <= 2), "{cut:?}");
            repeated += usize::from(times.values().any(|times| *times == 2));
        }
    }
    assert!(repeated > 0, "a reply that breaks says nothing of what arrived");
    println!("{} cuts, {repeated} batches twice", cuts.len());
}
