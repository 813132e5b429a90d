//! What must not be altered: lines without a secret, and ids whatever they look like.

use crate::corpus::{ALNUM, DIGITS, HEX, Source, UPPER};
use serde_json::{Value, json};
use std::time::Duration;
use vigie_core::{Config, Context, Severity, SpanContext, SpanId, Telemetry, TraceFlags, TraceId};

const LINES: [&str; 47] = [
    "request 0191f3a4-{hex4}-7b7e-9d35-{hex12} took {n3} ms",
    "trace {hex32} span {hex16} sampled",
    "started at 17{n11}",
    "lag 17{n11}ns of partition {n2}",
    "{n19} is the offset",
    "commit {hex40} by build {n5}",
    "sha256:{hex64} pulled",
    "etag \"{hex32}\" matches",
    "order {n16} was paid: 12.{n2} EUR",
    "order ORD-2026-{n6} from customer {n8}",
    "invoice {n4}-{n4}-{n4} is open",
    "phone +49 {n3} {n8}",
    "blob {b64}== of 48 bytes",
    "version 1.{n2}.{n3}-rc.1+build.{hex8}",
    "/var/lib/docker/overlay2/{hex64}/merged",
    "/usr/lib/python3.12/site-packages/shop/cart.py:{n3}",
    "SELECT id, token FROM sessions WHERE token = ? AND user_id = {n6}",
    "UPDATE users SET password = $1 WHERE id = $2",
    "INSERT INTO t (secret, n) VALUES (:secret, {n4})",
    "SELECT * FROM cards WHERE id = '{hex8}-{hex4}-{hex4}-{hex4}-{hex12}'",
    "GET https://shop.example/cart/{n6}?page={n2}&sort=asc 200 {n3}ms",
    "POST http://10.{n2}.0.{n2}:8080/v1/items?next={b64}",
    "{n2}.{n2}.{n2}.{n2} - - [02/Jan/2026:03:04:05 +0000] \"GET / HTTP/1.1\" 200 {n4}",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.{n2} Chrome/120.0.{n4}.{n2}",
    "pod shop-{hex8}-{word5} in namespace checkout restarted {n1} times",
    "Unexpected token: < in JSON at position {n4}",
    "SyntaxError: Unexpected token } in JSON",
    "the token: expired {n2} minutes ago",
    "wrong password: attempt {n1} of 5",
    "input_tokens={n5} output_tokens={n4} max_token={n4}",
    "tokenizer=cl100k_base tokens: {n6}",
    "secret: not found in store",
    "git clone ssh://git@git.shop.example/team/app.git",
    "mail to ann.{word5}@shop.example was sent",
    "if password == other: return token != None",
    "{\"ok\":true,\"items\":{n3},\"id\":\"{alnum22}\",\"next_page_token\":null}",
    "task-list-of-the-day-{n8} is done",
    "disk at {n2}%: {n10} of {n12} bytes",
    "latency p50={n3}us p99={n5}us max={n7}us",
    "gtin 0{n13} in stock, price 1{n3}.99",
    "thread {upper3}-{n4} holds lock 0x{hex16}",
    "ulid 01{upper24} was written",
    "GPS 52.{n6},13.{n6}; eta 2026-01-02T03:04:05.{n6}Z",
    "authorization: granted to role admin of {n2}",
    "cookie: consent was given",
    "secret: Some(other) token: None, password=None",
    "Bearer authentication is needed, Basic is not",
];

/// The line with each hole filled at random.
fn filled(source: &mut Source, line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('{') {
        text.push_str(before);
        let hole = behind
            .split_once('}')
            .filter(|(name, _)| name.ends_with(|c: char| c.is_ascii_digit()) || *name == "b64");
        let Some((name, behind)) = hole else {
            text.push('{');
            rest = behind;
            continue;
        };
        let letters = name.trim_end_matches(|c: char| c.is_ascii_digit() && name != "b64");
        let count = name[letters.len()..].parse().unwrap_or(64);
        let alphabet = match letters {
            "n" => DIGITS,
            "hex" => HEX,
            "upper" => UPPER,
            "word" => "abcdefghijklmnopqrstuvwxyz",
            _ => ALNUM,
        };
        text.push_str(&source.some(alphabet, count));
        rest = behind;
    }
    text + rest
}

#[test]
fn lines_without_a_secret_stay_as_they_are() {
    let count = if std::env::var_os("VIGIE_FULL").is_some() { 1_000_000 } else { 20_000 };
    let mut source = Source::new(16);
    let mut altered = Vec::new();
    let mut left = count;
    while left > 0 {
        let t = Telemetry::new(Config::new("shop").output(json!({"to": "memory"}))).unwrap();
        let log = t.logger("shop");
        let texts: Vec<String> = (0..2_000).map(|n| filled(&mut source, LINES[n % LINES.len()])).collect();
        for text in &texts {
            let mut record = log.record(Severity::INFO).unwrap();
            record.message("m");
            record.attributes().attr("note", text);
            record.emit();
        }
        assert!(t.flush(Duration::from_secs(30)));
        for (text, line) in texts.iter().zip(t.memory_lines()) {
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["note"] != *text {
                altered.push(format!("{text} -> {}", line["note"]));
            }
        }
        left -= texts.len();
    }
    println!("{} of {count} were altered: {altered:#?}", altered.len());
    assert!(altered.len() <= count / 10_000, "{} of {count}: {altered:#?}", altered.len());
}

#[test]
fn ids_are_never_altered_whatever_they_look_like() {
    let mut source = Source::new(17);
    let t = Telemetry::new(Config::new("shop").output(json!({"to": "memory"})).set(
        "redact",
        json!({"keys": ["user", "trace", "span", "id"], "patterns": {"all": ".{2,}"}, "rules": {"email": true}}),
    ))
    .unwrap();
    let mut expected = Vec::new();
    for n in 0..500 {
        let id = source.planted(n % 20).text.replace('\n', " ");
        let id: String = id.chars().take(200).collect();
        let (trace_id, span_id) = (source.some("123456789", 32), source.some("123456789", 16));
        let span = SpanContext {
            trace_id: TraceId::from_hex(&trace_id).unwrap(),
            span_id: SpanId::from_hex(&span_id).unwrap(),
            flags: TraceFlags::SAMPLED,
            is_remote: false,
        };
        let context = t.context_with(&Context::root(), |w| w.attr("correlation_id", &id)).with_span(span);
        let log = t.logger("shop");
        let record = log.info("m").context(&context);
        record.attr("user_id", &id).attr("request_id", &id).attr("n", 4_111_111_111_111_111_i64).emit();
        expected.push((id, trace_id, span_id));
    }
    assert!(t.flush(Duration::from_secs(30)));
    let lines = t.memory_lines();
    assert_eq!(lines.len(), expected.len());
    for (line, (id, trace_id, span_id)) in lines.iter().zip(expected) {
        let line: Value = serde_json::from_str(line).unwrap();
        for (key, value) in [
            ("correlation_id", &id),
            ("user_id", &id),
            ("request_id", &id),
            ("trace_id", &trace_id),
            ("span_id", &span_id),
        ] {
            assert_eq!(line[key], **value, "{key}");
        }
        assert_eq!(line["n"], 4_111_111_111_111_111_i64);
        assert!(line["timestamp"].as_str().unwrap().starts_with("20"));
    }
}
