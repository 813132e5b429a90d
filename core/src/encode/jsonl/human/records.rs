//! Span and metric lines for people, one line each.
//! Not for waterfalls or tables: the command line tool draws those from files.

use super::text::{Canvas, Ink};
use crate::encode::members::{Elements, Members, inside};

pub(super) fn span(canvas: &mut Canvas<'_>, members: Members<'_>) {
    let find = |key| members.clone().find(key);
    canvas.time(find("timestamp"));
    canvas.inked(Ink::Cyan, |canvas| canvas.raw("SPAN  "));
    canvas.inked(Ink::Bold, |canvas| canvas.unquoted(find("name").and_then(inside).unwrap_or_default()));
    let nanoseconds =
        find("duration_ns").and_then(|n| std::str::from_utf8(n).ok()).and_then(|n| n.parse().ok());
    canvas.raw(" ");
    canvas.raw(&duration(nanoseconds.unwrap_or(0)));
    let status = find("status").and_then(inside).unwrap_or_default();
    if status != b"unset" {
        canvas.raw(" ");
        let ink = if status == b"error" { Ink::Red } else { Ink::Green };
        canvas.inked(ink, |canvas| canvas.out.extend_from_slice(status));
    }
    if let Some(message) = find("status_message").and_then(inside) {
        canvas.raw(": ");
        canvas.unquoted(message);
    }
    if let Some(kind) = find("span_kind").and_then(inside).filter(|kind| *kind != b"internal") {
        canvas.raw(" ");
        canvas.out.extend_from_slice(kind);
    }
    nested_attributes(canvas, find("attributes"));
    for (name, list) in [("events", find("events")), ("links", find("links"))] {
        let count = list.map_or(0, |list| Elements::of(list).count());
        if count > 0 {
            canvas.attribute(name.as_bytes(), count.to_string().as_bytes());
        }
    }
    canvas.short_id("trace", find("trace_id"));
    canvas.short_id("span", find("span_id"));
    canvas.short_id("parent", find("parent_span_id"));
    canvas.raw("\n");
}

pub(super) fn metric(canvas: &mut Canvas<'_>, members: Members<'_>) {
    let find = |key| members.clone().find(key);
    canvas.time(find("timestamp"));
    canvas.inked(Ink::Cyan, |canvas| canvas.raw("METRIC "));
    canvas.inked(Ink::Bold, |canvas| canvas.unquoted(find("name").and_then(inside).unwrap_or_default()));
    if let Some(value) = find("value") {
        canvas.raw(" ");
        canvas.value(value);
    }
    if let Some(unit) = find("unit").and_then(inside).filter(|unit| !unit.is_empty() && *unit != b"1") {
        canvas.raw(" ");
        canvas.unquoted(unit);
    }
    for key in ["count", "sum", "min", "max"] {
        if let Some(value) = find(key) {
            canvas.attribute(key.as_bytes(), value);
        }
    }
    nested_attributes(canvas, find("attributes"));
    canvas.raw("\n");
}

fn nested_attributes(canvas: &mut Canvas<'_>, attributes: Option<&[u8]>) {
    for (key, value) in attributes.and_then(Members::of).into_iter().flatten() {
        canvas.attribute(key, value);
    }
}

/// Three digits or so, in the unit that suits.
fn duration(nanoseconds: u64) -> String {
    let value = nanoseconds as f64;
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} us", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", value / 1e6),
        _ => format!("{:.2} s", value / 1e9),
    }
}
