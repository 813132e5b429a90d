//! A log line for people: time, level, logger, message, attributes; the error with its stack underneath.
//! Not for spans and metrics: see `records`.

use super::text::{Canvas, Ink};
use crate::encode::members::{Elements, Members, inside};
use crate::model::enrichment::Enrichment;
use crate::model::error_info::CAUSE_DEPTH;

/// The keys that every line begins with, as far as they have values. They are not shown among the attributes: they are
/// shown at a place of their own, or all lines of a process repeat them.
const HEAD: [&[u8]; 9] =
    [b"timestamp", b"level", b"message", b"logger", b"service", b"version", b"environment", b"host", b"pid"];

/// Those behind them that are not shown there either.
const NOT_ATTRIBUTES: [&[u8]; 5] = [b"trace_id", b"span_id", b"template", b"entities", b"error"];

/// What enrichment tells: all lines of a process repeat it. An attribute may bear such a name where that is off.
fn is_surroundings(key: &[u8]) -> bool {
    let of = |what: Enrichment| what.keys().iter().any(|name| name.as_bytes() == key);
    Enrichment::ALL.into_iter().any(|(_, what)| what != Enrichment::Thread && of(what))
}

pub(super) fn log(canvas: &mut Canvas<'_>, members: Members<'_>) {
    let find = |key| members.clone().find(key);
    canvas.time(find("timestamp"));
    level(canvas, find("level").and_then(inside).unwrap_or_default());
    if let Some(logger) = find("logger").and_then(inside).filter(|name| !name.is_empty()) {
        canvas.inked(Ink::Blue, |canvas| canvas.unquoted(logger));
        canvas.raw(" ");
    }
    let message = find("message").and_then(inside).unwrap_or_default();
    canvas.inked(Ink::Bold, |canvas| canvas.unquoted(message));
    let behind_head = members.clone().skip_while(|(key, _)| HEAD.contains(key) || is_surroundings(key));
    let attributes = behind_head.filter(|(key, _)| !NOT_ATTRIBUTES.contains(key));
    for (position, (key, value)) in attributes.enumerate() {
        // A wider gap ends the message, which may itself look like `key=value`.
        canvas.raw(if position == 0 { " " } else { "" });
        canvas.attribute(key, value);
    }
    canvas.short_id("trace", find("trace_id"));
    canvas.raw("\n");
    // An attribute cannot bear this name, so an object here is the error of the record.
    if let Some(error) = find("error") {
        error_and_parts(canvas, error, "    ", CAUSE_DEPTH);
    }
}

fn level(canvas: &mut Canvas<'_>, name: &[u8]) {
    let ink = match name {
        b"TRACE" => Ink::Dim,
        b"DEBUG" => Ink::Cyan,
        b"INFO" => Ink::Green,
        b"WARN" => Ink::Yellow,
        b"ERROR" => Ink::Red,
        b"FATAL" => Ink::Alarm,
        _ => Ink::Plain,
    };
    canvas.inked(ink, |canvas| canvas.out.extend_from_slice(name));
    canvas.raw(if name.len() < 5 { "  " } else { " " });
}

/// The error, what caused it and the members of it, as deep as the encoder nests them.
fn error_and_parts(canvas: &mut Canvas<'_>, error: &[u8], indent: &str, deeper: usize) {
    let Some(members) = Members::of(error) else { return };
    one_error(canvas, &members, indent);
    let Some(deeper) = deeper.checked_sub(1) else { return };
    if let Some(cause) = members.clone().find("cause") {
        error_and_parts(canvas, cause, "    caused by ", deeper);
    }
    for member in Elements::of(members.find("errors").unwrap_or_default()) {
        error_and_parts(canvas, member, "    with ", deeper);
    }
}

fn one_error(canvas: &mut Canvas<'_>, members: &Members<'_>, indent: &str) {
    let find = |key| members.clone().find(key).and_then(inside).unwrap_or_default();
    let (kind, message) = (find("type"), find("message"));
    canvas.raw(indent);
    canvas.inked(Ink::Red, |canvas| {
        canvas.unquoted(kind);
        if !kind.is_empty() && !message.is_empty() {
            canvas.raw(": ");
        }
        canvas.unquoted(message);
    });
    for (key, value) in members.clone().find("attributes").and_then(Members::of).into_iter().flatten() {
        canvas.attribute(key, value);
    }
    canvas.raw("\n");
    for line in stack_lines(find("stack")) {
        // Indented, so that no line of a stack can pass for a record.
        canvas.raw("      ");
        canvas.inked(Ink::Dim, |canvas| canvas.unquoted(line));
        canvas.raw("\n");
    }
}

/// Splits an encoded stack at its `\n`; a backslash that is itself escaped begins no line break.
fn stack_lines(mut encoded: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(next) = encoded.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        let (start, behind) = (at + next, at + next + 2);
        if encoded.get(start + 1) == Some(&b'n') {
            lines.push(encoded.get(..start).unwrap_or_default());
            encoded = encoded.get(behind..).unwrap_or_default();
            at = 0;
        } else {
            at = behind;
        }
    }
    lines.push(encoded);
    lines.retain(|line| !line.is_empty());
    lines
}
