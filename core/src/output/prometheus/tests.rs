//! What one process has at an address, over real sockets.
//!
//! Not for the metrics themselves: a stand-in is shown here.

use super::server::{Place, Server};
use super::site::Site;
use crate::encode::prometheus::{Escaping, Format};
use crate::output::exporter::Endpoint;
use crate::output::kind::Collection;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The metrics of a telemetry with this number.
#[derive(Debug, PartialEq)]
struct Metrics(u8);

impl Collection for Metrics {
    fn exposition(&self, _: Format, _: Escaping) -> String {
        format!("up {}\n", self.0)
    }
}

fn metrics(number: u8) -> Arc<dyn Collection> {
    Arc::new(Metrics(number))
}

fn open(
    wanted: &str,
    at: SocketAddr,
    retry: bool,
    path: &str,
    metrics: &Arc<dyn Collection>,
) -> Option<Place> {
    Server::open(wanted, vec![at], retry, Site::new(path, metrics)).ok()
}

fn address(place: &Place) -> Option<SocketAddr> {
    place.report().get("listening").and_then(|text| text.as_str()?.parse().ok())
}

fn get(at: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn any() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[test]
fn a_changed_configuration_takes_the_listener_over() {
    let mine = metrics(1);
    let first = open("a:0", any(), false, "/first", &mine).unwrap();
    let at = address(&first).unwrap();
    let second = open("a:0", any(), false, "/second", &mine).unwrap();
    assert_eq!(address(&second), Some(at), "no second socket");
    assert!(get(at, "/first").ends_with("up 1\n") && get(at, "/second").ends_with("up 1\n"));
    first.close();
    assert!(get(at, "/first").starts_with("HTTP/1.1 404 "));
    assert!(get(at, "/second").ends_with("up 1\n"));
    second.close();
    assert!(TcpStream::connect(at).is_err(), "the port was given back");
    let scrapes = |place: &Place| place.report().get("scrapes").cloned();
    assert_eq!((scrapes(&first), scrapes(&second)), (Some(1.into()), Some(2.into())));
}

#[test]
fn another_telemetry_is_refused_or_waits_for_the_address() {
    let first = open("b:0", any(), false, "/", &metrics(1)).unwrap();
    let at = address(&first).unwrap();
    assert!(open("b", at, false, "/", &metrics(2)).is_none(), "in use");
    let waiting = open("b", at, true, "/", &metrics(2)).unwrap();
    assert!(!waiting.is_healthy() && address(&waiting).is_none());
    assert!(get(at, "/").ends_with("up 1\n"));
    first.close();
    let due = Instant::now() + Duration::from_secs(10);
    while !waiting.is_healthy() {
        assert!(Instant::now() < due, "it never took the address");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(get(at, "/").ends_with("up 2\n"));
    waiting.close();
    assert!(TcpStream::connect(at).is_err());
}

#[test]
fn one_that_waits_can_be_closed() {
    let first = open("c:0", any(), false, "/", &metrics(1)).unwrap();
    let at = address(&first).unwrap();
    let waiting = open("c", at, true, "/", &metrics(2)).unwrap();
    let start = Instant::now();
    waiting.close();
    assert!(start.elapsed() < Duration::from_millis(900), "it does not wait for the next try");
    first.close();
    let again = open("c", at, false, "/", &metrics(3)).unwrap();
    assert!(get(at, "/").ends_with("up 3\n"));
    again.close();
}
