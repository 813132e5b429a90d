//! The program of `test_propagators.py` in Rust: a service that is called and that calls, over plain sockets.
//! What the words on its standard input mean stands in `hops.py`.

// A program of a test stops at the first thing that is not as it must be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use vigie_core::{Config, Context, Environment, Span, SpanStart, Telemetry};

fn telemetry(document: &str) -> Telemetry {
    let document: Map<String, Value> = serde_json::from_str(document).unwrap();
    let config = Config::new("hop").variables(Environment::empty());
    Telemetry::new(document.into_iter().fold(config, |config, (key, value)| config.set(&key, value))).unwrap()
}

fn identity(context: &Context) -> Value {
    let of = |span: &vigie_core::SpanContext| {
        json!([span.trace_id.to_string(), span.span_id.to_string(), span.flags.is_sampled()])
    };
    context.span.as_ref().map_or(Value::Null, of)
}

fn headers(telemetry: &Telemetry, context: &Context) -> Map<String, Value> {
    let mut headers = Map::new();
    telemetry.inject(context, &mut |name, value| drop(headers.insert(name.to_owned(), value.into())));
    headers
}

fn span_below(telemetry: &Telemetry, parent: &Context) -> Span {
    telemetry.start_span("hop", SpanStart { parent: Some(parent), ..SpanStart::default() })
}

/// The headers of the next request, which is answered.
fn received(listener: &TcpListener) -> Vec<(String, String)> {
    let (mut peer, _) = listener.accept().unwrap();
    let lines = BufReader::new(peer.try_clone().unwrap()).lines().map(Result::unwrap);
    let headers = lines.skip(1).take_while(|line| !line.is_empty()).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    let headers = headers.collect();
    peer.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
    headers
}

fn read(telemetry: &Telemetry, headers: &[(String, String)]) -> Context {
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    telemetry.extract(&Context::root(), headers)
}

fn serve(telemetry: &Telemetry, listener: &TcpListener) -> Value {
    let came = read(telemetry, &received(listener));
    let span = span_below(telemetry, &came);
    json!({"parent": identity(&came), "span": identity(span.context()), "headers": headers(telemetry, span.context())})
}

fn call(telemetry: &Telemetry, port: &str) -> Value {
    let around = telemetry.context_with(&Context::root(), |writer| writer.attr("correlation_id", "req-1"));
    let around =
        around.with_baggage([("k".to_owned(), "v ä,1".to_owned()), ("l".to_owned(), "w".to_owned())]);
    let span = span_below(telemetry, &around);
    let sent = headers(telemetry, span.context());
    let mut peer = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let lines: String =
        sent.iter().map(|(name, value)| format!("{name}: {}\r\n", value.as_str().unwrap())).collect();
    write!(peer, "GET / HTTP/1.1\r\nHost: hop\r\n{lines}Connection: close\r\n\r\n").unwrap();
    peer.read_to_end(&mut Vec::new()).unwrap();
    json!({"span": identity(span.context()), "headers": sent})
}

fn flood(telemetry: &Telemetry) -> Value {
    let long = format!("k={}", "x".repeat(8 << 10));
    let many = "a=1,".repeat(2 << 10);
    let values = (0..5_000).flat_map(|_| [("baggage", many.as_str()), ("baggage", long.as_str())]);
    let named = (0..10_000).map(|_| ("traceparent", long.as_str()));
    headers(telemetry, &telemetry.extract(&Context::root(), values.chain(named))).into()
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut telemetry = None;
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match (word, &telemetry) {
            ("where", _) => listener.local_addr().unwrap().port().into(),
            ("serve", Some(telemetry)) => serve(telemetry, &listener),
            ("call", Some(telemetry)) => call(telemetry, rest),
            ("flood", Some(telemetry)) => flood(telemetry),
            _ => {
                telemetry = Some(self::telemetry(rest));
                "used".into()
            }
        };
        println!("{answer}");
    }
}
