//! A log record as a line of the measurement `logs`.

use super::line::Line;
use super::protocol::{LineProtocol, bare};
use crate::encode::attributes::truncate::{short_text_bytes, shortened};
use crate::encode::jsonl::{Extent, write_error};
use crate::encode::record::Log;
use crate::model::error_info::ErrorInfo;
use crate::model::ids::{span_ids_digits, trace_id_digits};

/// Names that no field may have: InfluxDB's own, and those of the tags.
const TAKEN: [&str; 7] = ["time", "environment", "host", "level", "logger", "service", "version"];

/// Appends the line.
pub(super) fn write(protocol: &LineProtocol, log: &Log<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    let level = log.severity.text().as_bytes();
    let logger = bare(&shortened(log.logger.text, protocol.rules.limits.key_bytes));
    protocol.write_tags("logs", &[("level", level), ("logger", &logger)], out);
    let mut line = Line::behind_tags(protocol, out, start, &TAKEN);
    write_message(protocol, log, &mut line);
    if let Some(process_id) = protocol.process_id {
        line.int("pid", u64::from(process_id));
    }
    if let Some(span) = &log.context.span {
        line.escaped("trace_id", &trace_id_digits(span.trace_id));
        let [digits, _] = span_ids_digits([span.span_id; 2]);
        line.escaped("span_id", &digits);
    }
    if let Some(error) = log.error {
        write_own_error(error, &mut line);
    }
    let attributes = log.attributes();
    line.attributes(&attributes.well_known);
    line.attributes(&attributes.plain);
    if let Some(entities) = log.entities {
        line.attributes(entities);
    }
    line.end(protocol.stamp(log.timestamp_ns));
}

fn write_message(protocol: &LineProtocol, log: &Log<'_>, line: &mut Line<'_>) {
    let limits = &protocol.rules.limits;
    let mut message = Vec::new();
    let is_filled = log.write_message(limits.string_bytes, &mut message);
    if !line.escaped("message", &message) {
        // No record is without its message; here it is without the rest of it.
        let short = short_text_bytes(limits.line_bytes);
        message.clear();
        let template = shortened(log.message, short);
        Log { message: &template, ..*log }.write_message(short, &mut message);
        line.escaped("message", &message);
    }
    if is_filled {
        line.text("template", &shortened(log.template(), limits.string_bytes));
    }
}

/// The parts that are asked for by name, and all of an error that has more than these.
fn write_own_error(error: &ErrorInfo, line: &mut Line<'_>) {
    line.text("error.type", if error.type_name.is_empty() { "Error" } else { &error.type_name });
    line.text("error.message", &error.message);
    line.text("error.stack", &error.stack);
    if error.cause.is_some() || !error.errors.is_empty() || !error.attributes.is_empty() {
        let mut json = Vec::new();
        write_error(&mut json, error, Extent::Whole);
        line.json("error", &json);
    }
}
