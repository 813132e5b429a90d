//! Lines as the trace view needs them.
//! What is missing or of the wrong type is left out, never an error.

use serde_json::{Map, Value};

use crate::time;

/// The resource attribute of the OpenTelemetry conventions in which a program may say what it is
/// written in; on any log line it speaks for the whole process.
pub(super) const LANGUAGE: &str = "telemetry.sdk.language";

/// The three kinds of lines.
#[derive(PartialEq)]
pub(super) enum Kind {
    Log,
    Span,
    Metric,
}

/// The process that wrote a line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    pub(super) service: String,
    pub(super) pid: Option<u64>,
}

pub(super) struct Span {
    pub(super) origin: Origin,
    pub(super) name: String,
    pub(super) span_id: String,
    pub(super) parent_span_id: Option<String>,
    pub(super) span_kind: String,
    pub(super) start_ns: i64,
    pub(super) duration_ns: i64,
    pub(super) status: String,
    pub(super) status_message: Option<String>,
    /// `type: message` of each exception that the span recorded.
    pub(super) exceptions: Vec<String>,
    pub(super) end: End,
    pub(super) attributes: Vec<(String, Value)>,
}

/// Whether a span has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// As spans do.
    Ended,
    /// With its process, at the last note of it or within a second behind.
    Interrupted,
    /// Not yet.
    Running,
}

/// The attribute of a span that was open when its process ended.
const INTERRUPTED: &str = "vigie.interrupted";

pub(super) struct Log {
    pub(super) origin: Origin,
    pub(super) time_us: i64,
    pub(super) level: String,
    pub(super) message: String,
    pub(super) error: Option<String>,
    pub(super) attributes: Vec<(String, Value)>,
}

pub(super) fn kind(line: &Value) -> Kind {
    match text(line, "kind").as_deref() {
        Some("span") => Kind::Span,
        Some("metric") => Kind::Metric,
        _ => Kind::Log,
    }
}

pub(super) fn trace_id(line: &Value) -> Option<&String> {
    match line.get("trace_id") {
        Some(Value::String(id)) => Some(id),
        _ => None,
    }
}

pub(super) fn time_us(line: &Value) -> Option<i64> {
    line.get("timestamp").and_then(Value::as_str).and_then(time::parse_us)
}

pub(super) fn text(line: &Value, key: &str) -> Option<String> {
    line.get(key).and_then(Value::as_str).map(str::to_owned)
}

impl Origin {
    pub(super) fn of(line: &Value) -> Origin {
        let service = text(line, "service").unwrap_or_else(|| "?".to_owned());
        Origin { service, pid: line.get("pid").and_then(Value::as_u64) }
    }
}

impl Span {
    pub(super) fn read(line: &Value) -> Option<Span> {
        Some(Span {
            origin: Origin::of(line),
            name: text(line, "name").unwrap_or_default(),
            span_id: text(line, "span_id")?,
            parent_span_id: text(line, "parent_span_id"),
            span_kind: text(line, "span_kind").unwrap_or_default(),
            start_ns: time_us(line)?.saturating_mul(1000),
            duration_ns: line.get("duration_ns").and_then(Value::as_i64).unwrap_or(0).max(0),
            status: text(line, "status").unwrap_or_default(),
            status_message: text(line, "status_message"),
            exceptions: exceptions(line),
            end: end(line),
            attributes: line
                .get("attributes")
                .and_then(Value::as_object)
                .cloned()
                .map(attributes)
                .unwrap_or_default(),
        })
    }

    pub(super) fn end_ns(&self) -> i64 {
        self.start_ns.saturating_add(self.duration_ns)
    }

    pub(super) fn failed(&self) -> bool {
        self.status == "error" && self.end != End::Running
    }
}

fn end(line: &Value) -> End {
    let mark = line.get("attributes").and_then(|attributes| attributes.get(INTERRUPTED));
    if mark == Some(&Value::Bool(true)) { End::Interrupted } else { End::Ended }
}

fn exceptions(line: &Value) -> Vec<String> {
    let events = line.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let exceptions = events.iter().filter(|e| text(e, "name").as_deref() == Some("exception"));
    let described = exceptions.filter_map(|event| {
        let attributes = event.get("attributes")?;
        described(text(attributes, "exception.type"), text(attributes, "exception.message"))
    });
    described.collect()
}

fn described(kind: Option<String>, message: Option<String>) -> Option<String> {
    match (kind, message) {
        (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}

/// Keys of a log line that its own columns show, or that every line of the trace shares.
const SHOWN: [&str; 14] = [
    "timestamp",
    "level",
    "message",
    "logger",
    "service",
    "version",
    "environment",
    "host",
    "pid",
    "trace_id",
    "span_id",
    "template",
    "error",
    LANGUAGE,
];

impl Log {
    pub(super) fn read(line: Value) -> Option<Log> {
        let time_us = time_us(&line)?;
        let origin = Origin::of(&line);
        let level = text(&line, "level").unwrap_or_default();
        let message = text(&line, "message").unwrap_or_default();
        let error = line.get("error").and_then(error_chain);
        let Value::Object(members) = line else { return None };
        Some(Log { origin, time_us, level, message, error, attributes: attributes(members) })
    }
}

fn attributes(members: Map<String, Value>) -> Vec<(String, Value)> {
    let is_own = |key: &str| key != INTERRUPTED && !SHOWN.contains(&key);
    let own = members.into_iter().filter(|(key, _)| is_own(key));
    let mut own: Vec<(String, Value)> = own.collect();
    own.sort_by(|a, b| a.0.cmp(&b.0));
    own
}

fn error_chain(error: &Value) -> Option<String> {
    let mut whole = described(text(error, "type"), text(error, "message"))?;
    let mut next = error.get("cause");
    while let Some(cause) = next {
        if let Some(text) = described(text(cause, "type"), text(cause, "message")) {
            whole.push_str(" <- ");
            whole.push_str(&text);
        }
        next = cause.get("cause");
    }
    Some(whole)
}
