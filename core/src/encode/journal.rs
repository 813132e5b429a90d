//! Log records as entries of systemd's journal, in its native protocol.
//!
//! Not for how entries are sent: see the outputs.

use super::attributes::key::Rules;
use super::json::escape_into;
use super::jsonl::{Extent, write_error};
use super::legible::{self, Lines};
use super::record::{Encoder, Log, Point, Span};
use super::timestamp::rfc3339;
use super::values::encoded_key;
use crate::model::error_info::ErrorInfo;
use crate::model::ids::{span_ids_digits, trace_id_digits};
use crate::model::resource::Resource;
use std::sync::Arc;

/// The journal takes no longer names.
const NAME_BYTES: usize = 64;

/// Fields that are written here or mean something to the journal: an attribute that would bear such a name gets an underscore
/// behind it.
const TAKEN: [&str; 20] = [
    "MESSAGE",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_FACILITY",
    "SYSLOG_PID",
    "SYSLOG_TIMESTAMP",
    "SYSLOG_RAW",
    "TIMESTAMP",
    "LEVEL",
    "LOGGER",
    "SERVICE",
    "VERSION",
    "ENVIRONMENT",
    "TRACE_ID",
    "SPAN_ID",
    "TEMPLATE",
    "ERROR",
    "ERROR_TYPE",
    "ERROR_MESSAGE",
    "ERROR_STACK",
];

/// Where a record was made, in the words of OpenTelemetry and in the journal's own.
const PLACES: [(&str, &str); 6] = [
    ("code.file.path", "CODE_FILE"),
    ("code.filepath", "CODE_FILE"),
    ("code.line.number", "CODE_LINE"),
    ("code.lineno", "CODE_LINE"),
    ("code.function.name", "CODE_FUNC"),
    ("code.function", "CODE_FUNC"),
];

/// Encodes log records as entries: all fields of one.
#[derive(Debug)]
pub(crate) struct Journal {
    /// What every entry says of its source. The journal knows host and process itself.
    source: Vec<u8>,
    rules: Arc<Rules>,
}

impl Journal {
    /// The encoder of a process that is `resource`.
    pub(crate) fn new(resource: &Resource, rules: &Arc<Rules>) -> Self {
        let mut source = Vec::new();
        let texts = [
            ("SYSLOG_IDENTIFIER", Some(&resource.service)),
            ("SERVICE", Some(&resource.service)),
            ("VERSION", resource.version.as_ref()),
            ("ENVIRONMENT", resource.environment.as_ref()),
        ];
        for (name, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                write_text(&mut source, name, text);
            }
        }
        Self { source, rules: Arc::clone(rules) }
    }
}

impl Encoder for Journal {
    fn id(&self) -> &str {
        "journal"
    }

    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        let mut message = Vec::new();
        let is_filled = log.write_message(self.rules.limits.string_bytes, &mut message);
        write_encoded(out, "MESSAGE", &message);
        write_field(out, "PRIORITY", &[b'0' + log.severity.syslog()]);
        out.extend_from_slice(&self.source);
        write_field(out, "TIMESTAMP", &rfc3339(log.timestamp_ns));
        write_field(out, "LEVEL", log.severity.text().as_bytes());
        if !log.logger.text.is_empty() {
            write_text(out, "LOGGER", log.logger.text);
        }
        if let Some(span) = &log.context.span {
            let [digits, _] = span_ids_digits([span.span_id; 2]);
            write_field(out, "TRACE_ID", &trace_id_digits(span.trace_id));
            write_field(out, "SPAN_ID", &digits);
        }
        log.each_set(|set| {
            for entry in &set.entries {
                let (mut key, mut value) = (Vec::new(), Vec::new());
                legible::text(encoded_key(set, entry), Lines::Escaped, &mut key);
                legible::value(set.value(entry), Lines::Kept, &mut value);
                write_field(out, &name(&key), &value);
            }
        });
        if is_filled {
            write_text(out, "TEMPLATE", log.template());
        }
        if let Some(error) = log.error {
            write_own_error(out, error);
        }
    }

    /// It has no spans.
    fn span(&self, _: &Span<'_>, _: &mut Vec<u8>) {}

    /// It has no points either.
    fn point(&self, _: &Point<'_>, _: &mut Vec<u8>) {}
}

/// The parts that are asked for by name, and all of an error that has more than these.
fn write_own_error(out: &mut Vec<u8>, error: &ErrorInfo) {
    write_text(out, "ERROR_TYPE", if error.type_name.is_empty() { "Error" } else { &error.type_name });
    for (name, text) in [("ERROR_MESSAGE", &error.message), ("ERROR_STACK", &error.stack)] {
        if !text.is_empty() {
            write_text(out, name, text);
        }
    }
    if error.cause.is_some() || !error.errors.is_empty() || !error.attributes.is_empty() {
        let mut json = Vec::new();
        write_error(&mut json, error, Extent::Whole);
        write_field(out, "ERROR", &json);
    }
}

/// A field's name for the key of an attribute: capitals, digits and underscores, of which a capital is the first one.
fn name(key: &[u8]) -> String {
    if let Some((_, name)) = PLACES.iter().find(|(known, _)| known.as_bytes() == key) {
        return (*name).to_owned();
    }
    let fit = |byte: &u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_uppercase() } else { b'_' };
    let letters = key.iter().map(fit).skip_while(|byte| *byte == b'_').map(char::from);
    let mut name: String = letters.take(NAME_BYTES).collect();
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        name.insert_str(0, "A_");
        name.truncate(NAME_BYTES);
    }
    if TAKEN.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

fn write_text(out: &mut Vec<u8>, name: &str, text: &str) {
    let mut encoded = Vec::new();
    escape_into(&mut encoded, text);
    write_encoded(out, name, &encoded);
}

/// Appends a field whose value is the inside of a JSON string.
fn write_encoded(out: &mut Vec<u8>, name: &str, encoded: &[u8]) {
    let mut value = Vec::new();
    legible::text(encoded, Lines::Kept, &mut value);
    write_field(out, name, &value);
}

/// Appends a field. One of several lines has its length before it.
fn write_field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    if memchr::memchr(b'\n', value).is_some() {
        out.push(b'\n');
        out.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        out.push(b'=');
    }
    out.extend_from_slice(value);
    out.push(b'\n');
}
