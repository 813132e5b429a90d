//! StatsD as a receiver of datagrams gets it: every second what was measured meanwhile, and nothing twice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![cfg(unix)]

#[path = "common/waited.rs"]
mod waited;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vigie_core::{Config, Environment, InstrumentOptions, Telemetry};
use waited::Waited;

const SECOND: Duration = Duration::from_secs(1);

/// What a StatsD server does: adds up what comes, by name.
struct Receiver {
    sums: Arc<Mutex<BTreeMap<String, i64>>>,
    arrivals: Arc<Mutex<Vec<Instant>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    fn of(mut receive: impl FnMut(&mut [u8]) -> std::io::Result<usize> + Send + 'static) -> Self {
        let (sums, arrivals, ended) = (Arc::default(), Arc::default(), Arc::default());
        let mut receiver = Self { sums, arrivals, ended, thread: None };
        let (sums, arrivals) = (Arc::clone(&receiver.sums), Arc::clone(&receiver.arrivals));
        let ended = Arc::clone(&receiver.ended);
        receiver.thread = Some(std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while !ended.load(Ordering::SeqCst) {
                let Ok(size) = receive(&mut buffer) else { continue };
                assert!(size <= 1432, "{size} bytes");
                arrivals.lock().unwrap().push(Instant::now());
                for line in std::str::from_utf8(&buffer[..size]).unwrap().lines() {
                    let (name, rest) = line.split_once(':').unwrap_or_else(|| panic!("a cut line: {line}"));
                    let value = rest.strip_suffix("|c").unwrap_or_else(|| panic!("a cut line: {line}"));
                    *sums.lock().unwrap().entry(name.to_owned()).or_default() +=
                        value.parse::<i64>().unwrap();
                }
            }
        }));
        receiver
    }

    fn udp() -> (Self, String) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let address = socket.local_addr().unwrap().to_string();
        (Self::of(move |buffer| socket.recv(buffer)), address)
    }

    fn at(path: &PathBuf) -> Self {
        let _ = std::fs::remove_file(path);
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        Self::of(move |buffer| socket.recv(buffer))
    }

    fn total(&self) -> i64 {
        self.sums.lock().unwrap().values().sum()
    }

    fn sum_of(&self, name: &str) -> i64 {
        self.sums.lock().unwrap().get(name).copied().unwrap_or_default()
    }

    fn until_total(&self, wanted: i64, patience: Duration) {
        let start = Instant::now();
        while self.total() != wanted {
            assert!(start.elapsed() < patience, "{} and not {wanted} after {patience:?}", self.total());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn end(mut self) -> i64 {
        std::thread::sleep(Duration::from_millis(50));
        self.ended.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
        self.total()
    }
}

fn telemetry(outputs: Value) -> Telemetry {
    let config = Config::new("shop").variables(Environment::empty()).set("outputs", outputs);
    Telemetry::new(config.set("metrics", json!({"every": "1h"}))).unwrap()
}

fn no_options() -> InstrumentOptions {
    InstrumentOptions::default()
}

fn books(t: &Telemetry, output: usize) -> (u64, u64, u64) {
    let stats: Value = serde_json::from_str(&t.stats_json()).unwrap();
    let books = &stats["outputs"][output];
    let dropped = books["dropped"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    (books["accepted"].as_u64().unwrap(), books["delivered"].as_u64().unwrap(), dropped)
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("vigie-statsd-{name}-{}.sock", std::process::id()))
}

#[test]
fn increments_are_added_up_for_a_second_and_none_is_lost_or_doubled() {
    let (receiver, address) = Receiver::udp();
    let t =
        telemetry(json!([{"to": "statsd", "address": address}, {"to": "memory", "signals": ["metrics"]}]));
    let counter = t.meter().counter("orders", no_options()).unwrap();
    let start = Instant::now();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let counter = counter.clone();
            std::thread::spawn(move || {
                for n in 0..25_000 {
                    counter.add(1, |w| w.attr("thread", thread));
                    if n % 2_500 == 0 {
                        std::thread::sleep(Duration::from_millis(200));
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let took = start.elapsed();
    assert!(t.flush(5 * SECOND));
    receiver.until_total(100_000, SECOND);
    let datagrams = receiver.arrivals.lock().unwrap().len();
    assert!(datagrams as u64 <= took.as_secs() + 2, "{datagrams} datagrams in {took:?}");
    assert!(datagrams >= 2, "one each second");
    assert_eq!(receiver.sum_of("orders.thread.3"), 25_000);
    // The other output shows the sums since the beginning.
    let lines = t.memory_lines();
    let values: i64 = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].as_i64().unwrap())
        .sum();
    assert_eq!((lines.len(), values), (4, 100_000));
    let (accepted, delivered, dropped) = books(&t, 0);
    assert_eq!((accepted, dropped), (delivered, 0));
    assert_eq!(receiver.end(), 100_000);
}

#[test]
fn the_last_window_goes_out_at_flush_and_at_shutdown() {
    let (receiver, address) = Receiver::udp();
    let t = telemetry(json!([{"to": "statsd", "address": address}]));
    let counter = t.meter().counter("orders", no_options()).unwrap();
    counter.add(1, |_| {});
    assert!(t.flush(SECOND));
    receiver.until_total(1, SECOND / 2);
    counter.add(10, |_| {});
    assert!(t.shutdown(SECOND));
    receiver.until_total(11, SECOND / 2);
    assert_eq!(receiver.end(), 11);
}

#[test]
fn a_change_of_the_configuration_loses_and_doubles_nothing() {
    let (receiver, address) = Receiver::udp();
    let outputs = |more: Value| {
        let statsd = json!({"to": "statsd", "address": address});
        json!({"service": "shop", "outputs": [statsd, more]}).to_string()
    };
    let t = telemetry(json!([{"to": "statsd", "address": address}]));
    let counter = t.meter().counter("orders", no_options()).unwrap();
    counter.add(1, |_| {});
    t.flush(SECOND);
    counter.add(10, |_| {});
    t.reconfigure(&outputs(json!({"to": "null"})), &Environment::empty()).unwrap();
    counter.add(100, |_| {});
    assert!(t.flush(SECOND));
    receiver.until_total(111, SECOND);
    let none = json!({"service": "shop", "outputs": [{"to": "null"}]}).to_string();
    t.reconfigure(&none, &Environment::empty()).unwrap();
    counter.add(1_000, |_| {});
    t.reconfigure(&outputs(json!({"to": "memory"})), &Environment::empty()).unwrap();
    counter.add(10_000, |_| {});
    assert!(t.shutdown(SECOND));
    assert_eq!(receiver.end(), 10_111, "what was measured while there was no such output belongs to nobody");
}

#[test]
fn a_socket_that_goes_and_comes_back_gets_what_is_measured_then() {
    let path = path("reconnect");
    let receiver = Receiver::at(&path);
    let t = telemetry(json!([{"to": "statsd", "address": format!("unix:{}", path.display())}]));
    let counter = t.meter().counter("orders", no_options()).unwrap();
    // One each, so that a record that is lost is an increment that is lost.
    let mut sent = 0;
    let mut send = || {
        counter.add(1, |_| {});
        sent += 1;
        t.flush(SECOND);
    };
    send();
    let first = receiver.end();
    send();
    std::fs::remove_file(&path).unwrap();
    send();
    let receiver = Receiver::at(&path);
    let waited = Waited::begin();
    counter.add(1, |_| {});
    receiver.until_total(1, SECOND + SECOND / 2);
    assert!(waited.so_far() < SECOND + SECOND / 4, "reconnected after {:?}", waited.so_far());
    let (accepted, delivered, dropped) = books(&t, 0);
    assert_eq!((first, accepted, delivered, dropped), (1, 4, 2, 2));
    receiver.end();
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_receiver_that_sleeps_makes_nobody_wait_and_every_lost_line_is_counted() {
    let path = path("asleep");
    let _ = std::fs::remove_file(&path);
    let socket = UnixDatagram::bind(&path).unwrap();
    let t = telemetry(json!([{"to": "statsd", "address": format!("unix:{}", path.display())}]));
    let counter = t.meter().counter("orders", no_options()).unwrap();
    let (mut waited, rounds, series) = (Duration::ZERO, 10, 2_000);
    for _ in 0..rounds {
        let round = Waited::begin();
        (0..series).for_each(|n| counter.add(1, |w| w.attr("n", n)));
        waited += round.so_far();
        t.flush(SECOND);
    }
    let (accepted, delivered, dropped) = books(&t, 0);
    assert_eq!((accepted, accepted), (rounds * series, delivered + dropped));
    assert!(dropped > 0, "a socket has room for a few hundred datagrams at most");
    assert!(waited < Duration::from_millis(500), "{waited:?} for all of them");
    socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let receiver = Receiver::of(move |buffer| socket.recv(buffer));
    receiver.until_total(delivered as i64, SECOND);
    counter.add(1, |w| w.attr("n", 0));
    assert!(t.shutdown(SECOND), "awake again");
    assert_eq!(receiver.end() as u64, delivered + 1);
    std::fs::remove_file(path).unwrap();
}
