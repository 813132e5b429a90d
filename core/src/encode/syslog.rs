//! Log records as messages of syslog: RFC 5424, or what daemons expect at their own socket.
//!
//! Not for how messages are told apart on their way: see the outputs.

use super::attributes::key::Rules;
use super::json::escape_into;
use super::jsonl::JsonLines;
use super::legible::{self, Lines};
use super::members::inside;
use super::record::{Encoder, Log, Point, Span};
use super::timestamp::rfc3339;
use super::values::encoded_key;
use crate::model::ids::{span_ids_digits, trace_id_digits};
use crate::model::resource::Resource;
use crate::stats::Counts;
use std::io::Write as _;
use std::sync::Arc;

/// How long the parts of a message's head may be.
const HOST_BYTES: usize = 255;
const APP_BYTES: usize = 48;
const PROCESS_BYTES: usize = 128;
const ID_BYTES: usize = 32;
const NAME_BYTES: usize = 32;

/// How a message is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As RFC 5424 has it, the message being the record's line.
    Line,
    /// Likewise, with all that a record has as an element of structured data of this name. The message is its text.
    Element(String),
    /// `<14>shop[7]: ` and the record's line. The daemon knows the time and the host.
    Local,
}

/// Encodes log records as messages, which are one line each, without a line feed behind it.
#[derive(Debug)]
pub(crate) struct Syslog {
    id: String,
    facility: u8,
    form: Form,
    /// What is behind the priority or the time: host, service and process.
    origin: Vec<u8>,
    lines: JsonLines,
    rules: Arc<Rules>,
}

impl Syslog {
    /// The encoder of a process that is `resource`.
    pub(crate) fn new(
        facility: u8,
        form: &Form,
        resource: &Resource,
        rules: &Arc<Rules>,
        counts: &Arc<Counts>,
    ) -> Self {
        Self {
            // Where lines may not be as long, their bytes are others.
            id: format!("syslog {facility} {form:?} {}", rules.limits.line_bytes),
            facility,
            form: form.clone(),
            origin: if *form == Form::Local { tag(resource) } else { head(resource) },
            lines: JsonLines::new(resource, rules, counts),
            rules: Arc::clone(rules),
        }
    }

    fn write_line(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        self.lines.log(log, out);
        out.pop_if(|last| *last == b'\n');
    }

    fn write_element(&self, name: &str, log: &Log<'_>, out: &mut Vec<u8>) {
        let mut message = Vec::new();
        let is_filled = log.write_message(self.rules.limits.string_bytes, &mut message);
        out.push(b'[');
        out.extend_from_slice(name.as_bytes());
        if !log.logger.text.is_empty() {
            write_text(out, "logger", log.logger.text);
        }
        if let Some(span) = &log.context.span {
            let [digits, _] = span_ids_digits([span.span_id; 2]);
            write_parameter(out, b"trace_id", &trace_id_digits(span.trace_id));
            write_parameter(out, b"span_id", &digits);
        }
        log.each_set(|set| {
            for entry in &set.entries {
                let (mut name, mut value) = (Vec::new(), Vec::new());
                legible::text(encoded_key(set, entry), Lines::Escaped, &mut name);
                legible::value(set.value(entry), Lines::Escaped, &mut value);
                write_parameter(out, &name, &value);
            }
        });
        if is_filled {
            write_text(out, "template", log.template());
        }
        if let Some(error) = log.error {
            write_text(
                out,
                "error.type",
                if error.type_name.is_empty() { "Error" } else { &error.type_name },
            );
            for (name, text) in [("error.message", &error.message), ("error.stack", &error.stack)] {
                if !text.is_empty() {
                    write_text(out, name, text);
                }
            }
        }
        out.extend_from_slice(b"] ");
        legible::text(&message, Lines::Escaped, out);
    }
}

impl Encoder for Syslog {
    fn id(&self) -> &str {
        &self.id
    }

    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        let priority = self.facility * 8 + log.severity.syslog();
        // Writing to a Vec cannot fail.
        let _ = write!(out, "<{priority}>");
        if self.form == Form::Local {
            out.extend_from_slice(&self.origin);
            return self.write_line(log, out);
        }
        out.extend_from_slice(b"1 ");
        out.extend_from_slice(&rfc3339(log.timestamp_ns));
        out.push(b' ');
        out.extend_from_slice(&self.origin);
        out.push(b' ');
        write_word(out, log.find("event").and_then(inside).unwrap_or_default(), ID_BYTES);
        out.push(b' ');
        if let Form::Element(name) = &self.form {
            return self.write_element(name, log, out);
        }
        out.extend_from_slice(b"- ");
        self.write_line(log, out);
    }

    /// It has no spans.
    fn span(&self, _: &Span<'_>, _: &mut Vec<u8>) {}

    /// It has no points either.
    fn point(&self, _: &Point<'_>, _: &mut Vec<u8>) {}
}

/// `host service process`.
fn head(resource: &Resource) -> Vec<u8> {
    let mut out = Vec::new();
    write_word(&mut out, resource.host.as_deref().unwrap_or_default().as_bytes(), HOST_BYTES);
    out.push(b' ');
    write_word(&mut out, resource.service.as_bytes(), APP_BYTES);
    out.push(b' ');
    let process = resource.process_id.map(|id| id.to_string()).unwrap_or_default();
    write_word(&mut out, process.as_bytes(), PROCESS_BYTES);
    out
}

/// `service[process]: `. A colon, a bracket or a space would end the service's name.
fn tag(resource: &Resource) -> Vec<u8> {
    let fit = |byte: u8| match byte {
        b'.' | b'-' | b'_' | b'/' => byte,
        byte if byte.is_ascii_alphanumeric() => byte,
        _ => b'_',
    };
    let mut out = Vec::new();
    write_word(&mut out, &resource.service.bytes().map(fit).collect::<Vec<u8>>(), APP_BYTES);
    if let Some(process) = resource.process_id {
        let _ = write!(out, "[{process}]");
    }
    out.extend_from_slice(b": ");
    out
}

/// Appends a word of the head: printable ASCII without spaces, `-` where there is none.
fn write_word(out: &mut Vec<u8>, text: &[u8], most: usize) {
    let before = out.len();
    out.extend(text.iter().take(most).map(|byte| if byte.is_ascii_graphic() { *byte } else { b'_' }));
    if out.len() == before {
        out.push(b'-');
    }
}

fn write_text(out: &mut Vec<u8>, name: &str, text: &str) {
    let (mut escaped, mut value) = (Vec::new(), Vec::new());
    escape_into(&mut escaped, text);
    legible::text(&escaped, Lines::Escaped, &mut value);
    write_parameter(out, name.as_bytes(), &value);
}

/// Appends ` name="value"`. What a name cannot have is `_`.
fn write_parameter(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.push(b' ');
    let before = out.len();
    out.extend(name.iter().take(NAME_BYTES).map(|byte| match byte {
        b'=' | b']' | b'"' => b'_',
        byte if byte.is_ascii_graphic() => *byte,
        _ => b'_',
    }));
    if out.len() == before {
        // A key may be empty, a name may not.
        out.push(b'_');
    }
    out.extend_from_slice(b"=\"");
    for byte in value {
        if matches!(byte, b'"' | b'\\' | b']') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
