//! A finished span as a line of the measurement `spans`.

use super::line::Line;
use super::protocol::{LineProtocol, bare};
use crate::encode::attributes::truncate::shortened;
use crate::encode::jsonl::{write_event, write_link, write_list};
use crate::encode::record::Span;
use crate::model::ids::{span_ids_digits, trace_id_digits};

/// Names that no field may have: InfluxDB's own, and those of the tags.
const TAKEN: [&str; 8] = ["time", "environment", "host", "name", "service", "span_kind", "status", "version"];

/// Appends the line.
pub(super) fn write(protocol: &LineProtocol, span: &Span<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    let name = bare(&shortened(span.name, protocol.rules.limits.key_bytes));
    let (kind, status) = (span.kind.as_str().as_bytes(), span.status.as_str().as_bytes());
    protocol.write_tags("spans", &[("name", &name), ("span_kind", kind), ("status", status)], out);
    let mut line = Line::behind_tags(protocol, out, start, &TAKEN);
    line.int("duration_ns", span.duration_ns);
    if let Some(process_id) = protocol.process_id {
        line.int("pid", u64::from(process_id));
    }
    if let Some(own) = &span.context.span {
        line.escaped("trace_id", &trace_id_digits(own.trace_id));
        let [digits, _] = span_ids_digits([own.span_id; 2]);
        line.escaped("span_id", &digits);
    }
    if let Some(parent) = span.parent {
        let [digits, _] = span_ids_digits([parent.span_id; 2]);
        line.escaped("parent_span_id", &digits);
    }
    line.text("status_message", span.status_message);
    line.text("scope", span.scope);
    write_dropped(span, &mut line);
    if let Some(fields) = span.context.fields() {
        line.correlation(&fields.well_known);
    }
    line.attributes(span.attributes);
    if !span.events.is_empty() {
        write_items(&mut line, "events", |out| write_list(out, b"[", span.events, write_event));
    }
    if !span.links.is_empty() {
        write_items(&mut line, "links", |out| write_list(out, b"[", span.links, write_link));
    }
    line.end(protocol.stamp(span.start_ns));
}

/// How much the limits refused, where they did.
fn write_dropped(span: &Span<'_>, line: &mut Line<'_>) {
    let counts = [
        ("dropped_attributes", span.attributes.dropped),
        ("dropped_events", span.dropped_events),
        ("dropped_links", span.dropped_links),
    ];
    for (key, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        line.int(key, u64::from(count));
    }
}

/// What there may be several of is JSON text.
fn write_items(line: &mut Line<'_>, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
    let mut json = Vec::new();
    write(&mut json);
    if !json.is_empty() {
        line.json(key, &json);
    }
}
