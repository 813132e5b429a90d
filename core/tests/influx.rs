//! Line protocol as a receiver of datagrams gets it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::{Value, json};
use std::net::UdpSocket;
use std::time::Duration;
use vigie_core::{Config, Environment, InstrumentOptions, SpanStart, Telemetry};

fn receiver() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let url = format!("udp://{}", socket.local_addr().unwrap());
    (socket, url)
}

fn telemetry(output: Value) -> Telemetry {
    let testing = json!({"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 7});
    let config = Config::new("shop").variables(Environment::empty());
    Telemetry::new(config.set("outputs", json!([output])).set("testing", testing)).unwrap()
}

fn datagram(socket: &UdpSocket) -> String {
    let mut buffer = [0; 65_536];
    let size = socket.recv(&mut buffer).unwrap();
    std::str::from_utf8(&buffer[..size]).unwrap().to_owned()
}

/// So many lines, in however many datagrams.
fn lines(socket: &UdpSocket, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < count {
        lines.extend(datagram(socket).lines().map(str::to_owned));
    }
    lines
}

#[test]
fn metrics_come_by_default_and_nothing_that_cannot_be_said() {
    let (socket, url) = receiver();
    let t = telemetry(json!({"to": "influx", "url": url}));
    t.logger("a").info("no metric").emit();
    t.meter()
        .counter("orders_total", InstrumentOptions::default())
        .unwrap()
        .add(2, |w| w.attr("region", "eu"));
    t.meter().gauge("broken", InstrumentOptions::default()).unwrap().set(f64::NAN, |_| {});
    assert!(t.flush(Duration::from_secs(5)));
    assert_eq!(
        datagram(&socket),
        "orders_total,host=h,pid=7,region=eu,service=shop value=2 1767323045001000000"
    );
    let stats: Value = serde_json::from_str(&t.stats_json()).unwrap();
    assert_eq!((&stats["outputs"][0]["accepted"], &stats["left_out"]), (&json!(1), &json!(1)));
}

#[test]
fn logs_and_spans_come_where_they_are_asked_for() {
    let (socket, url) = receiver();
    let t = telemetry(json!({"to": "influx", "url": url, "signals": ["logs", "spans"]}));
    t.logger("a").info("half {n}").attr("n", 1).emit();
    t.start_span("GET /", SpanStart::default()).end(None);
    assert!(t.flush(Duration::from_secs(5)));
    assert_eq!(
        lines(&socket, 2),
        [
            "logs,host=h,level=INFO,logger=a,service=shop message=\"half 1\",template=\"half {n}\",pid=7i,n=1i \
             1767323045000000000",
            "spans,host=h,name=GET\\ /,service=shop,span_kind=internal,status=unset duration_ns=1000000i,pid=7i,\
             trace_id=\"00000000000000000000000000000001\",span_id=\"0000000000000002\" 1767323045001000001"
        ]
    );
}

#[test]
fn a_line_longer_than_a_datagram_should_be_goes_alone() {
    let (socket, url) = receiver();
    let t = telemetry(json!({"to": "influx", "url": url, "signals": ["logs"]}));
    for message in ["short", &"long ".repeat(1_000), "short"] {
        t.logger("a").info(message).emit();
    }
    assert!(t.flush(Duration::from_secs(5)));
    let sizes: Vec<usize> = (0..3).map(|_| datagram(&socket).len()).collect();
    assert!(sizes[0] < 100 && sizes[1] > 5_000 && sizes[2] < 100, "{sizes:?}");
}
