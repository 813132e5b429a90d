//! How many of 2 000 secrets are found, wherever a text may stand.

use crate::corpus::{KINDS, Planted, Source};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use vigie_core::{Config, ErrorInfo, Severity, SpanStart, Status, Telemetry, read_json};

const EACH: usize = 100;

/// The places where a text may stand.
const PLACES: usize = 10;

/// Records the text at one of them.
fn record(t: &Telemetry, place: usize, text: &str) {
    let log = t.logger("shop");
    let with = |key: &str| log.info("m").attr(key, text).emit();
    match place {
        0 => log.info(text).emit(),
        1 => with("note"),
        2 => with("url.full"),
        3 => with("db.query.text"),
        4 => with("gen_ai.input.messages"),
        5 => {
            let mut record = log.record(Severity::ERROR).unwrap();
            let (message, stack) = (text.to_owned(), text.to_owned());
            let cause = ErrorInfo { message: text.to_owned(), ..ErrorInfo::default() };
            record.error(ErrorInfo { message, stack, cause: Some(Box::new(cause)), ..ErrorInfo::default() });
            record.emit();
        }
        6 => {
            let mut span = t.start_span(text, SpanStart::default());
            span.add_event(text, None, |w| w.attr("v", text));
            span.set_status(Status::Error, Some(text));
            span.end(None);
        }
        7 => {
            let mut record = log.record(Severity::INFO).unwrap();
            let nested = json!({"list": [[text]], "map": {"in": {"v": text}}}).to_string();
            read_json(nested.as_bytes(), &mut record.attributes()).unwrap();
            record.emit();
        }
        8 => log.info("m").attr("raw", text.as_bytes()).emit(),
        _ => log.info("m").attr(text, 1).emit(),
    }
}

#[test]
fn nearly_all_secrets_are_found_wherever_they_stand() {
    let mut source = Source::new(15);
    let mut missed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for round in 0..EACH {
        let planted: Vec<Planted> = (0..KINDS).map(|kind| source.planted(kind)).collect();
        let t = Telemetry::new(Config::new("shop").output(json!({"to": "memory"}))).unwrap();
        for planted in &planted {
            record(&t, round % PLACES, &planted.text);
        }
        assert!(t.flush(Duration::from_secs(30)));
        let lines = t.memory_lines();
        assert_eq!(lines.len(), KINDS);
        for (planted, line) in planted.into_iter().zip(lines) {
            if reveals(&line, &planted.secret) {
                missed.entry(planted.kind).or_default().push(format!("{:?} {line}", planted.text));
            }
        }
    }
    let count: usize = missed.values().map(Vec::len).sum();
    println!("{count} of {} were missed: {missed:#?}", KINDS * EACH);
    assert!(count <= KINDS * EACH / 100, "{count} of {}: {missed:#?}", KINDS * EACH);
}

/// Whether a line shows the secret, as text or as base64 of bytes.
fn reveals(line: &str, secret: &str) -> bool {
    let value: Value = serde_json::from_str(line).unwrap();
    let escaped = serde_json::to_string(secret).unwrap();
    let shows_bytes = value["raw"].as_str().is_some_and(|raw| raw != "[redacted]");
    line.contains(secret) || line.contains(&escaped[1..escaped.len() - 1]) || shows_bytes
}
