//! Exporters, as outputs.

use super::draft::{Draft, Entry};
use super::held::held;
use super::one_of::own_one_of;
use crate::document::pairs::pairs;
use crate::document::report::{Found, Object, Report};
use crate::model::signal::Signal;
use serde_json::{Map, Value, json};

/// Reads an exporter of this signal.
pub(super) fn exporter(report: &mut Report, draft: &mut Draft, found: &Found<'_>, signal: Signal) {
    let Some((name, found)) = own_one_of(report, found) else { return };
    let Some(object) = report.own_object(&found) else { return };
    held(report, &object);
    let entry = match name {
        "otlp_http" => Some(otlp(report, &found, &object, signal)),
        "console" => Some(console(&found, signal)),
        _ => otlp_file(report, &found, &object, signal),
    };
    if let Some(entry) = entry {
        draft.add(entry);
    }
}

fn console(found: &Found<'_>, signal: Signal) -> Entry {
    let mut entry = Entry::new("console", signal, &found.path);
    entry.set("stream", "stdout", &found.path);
    entry
}

/// On standard output unless it names a file.
fn otlp_file(report: &mut Report, found: &Found<'_>, object: &Object<'_>, signal: Signal) -> Option<Entry> {
    const SCHEME: &str = "file://";
    let stream = object.get("output_stream");
    let path = match &stream {
        None => None,
        Some(stream) => report.read(stream, |value, _| match value.as_str()? {
            "stdout" => Some(None),
            text => text.strip_prefix(SCHEME).map(|path| Some(path.to_owned())),
        })?,
    };
    let mut entry = match (path, &stream) {
        (Some(path), Some(stream)) => {
            let mut entry = Entry::new("file", signal, &found.path);
            entry.set("path", path, &stream.path);
            entry
        }
        _ => console(found, signal),
    };
    entry.set("format", "otlp-json", &found.path);
    Some(entry)
}

fn otlp(report: &mut Report, found: &Found<'_>, object: &Object<'_>, signal: Signal) -> Entry {
    let mut entry = Entry::new("otlp", signal, &found.path);
    for (key, found) in object.members() {
        match key {
            "endpoint" => entry.set("endpoints", json!({(signal.as_str()): found.value}), &found.path),
            "compression" => entry.set("compression", found.value.clone(), &found.path),
            "encoding" => entry.set("protocol", found.value.clone(), &found.path),
            "timeout" => {
                if let Some(milliseconds) = report.number(&found) {
                    entry.set("timeout", format!("{milliseconds}ms"), &found.path);
                }
            }
            "tls" => tls(report, &mut entry, &found),
            _ => {}
        }
    }
    let headers = headers(report, object);
    if !headers.is_empty() {
        entry.set("headers", headers, &format!("{}.headers", found.path));
    }
    entry
}

fn tls(report: &mut Report, entry: &mut Entry, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    for (key, found) in object.members() {
        let ours = match key {
            "ca_file" => "ca",
            "cert_file" => "client_certificate",
            _ => "client_key",
        };
        entry.set(ours, found.value.clone(), &found.path);
    }
}

/// Those of the list are weaker.
fn headers(report: &mut Report, object: &Object<'_>) -> Map<String, Value> {
    let mut headers = Map::new();
    if let Some(list) = object.get("headers_list")
        && let Some(text) = report.text(&list)
    {
        for pair in pairs(&text) {
            match pair {
                Ok((name, value)) => drop(headers.insert(name.to_owned(), Value::from(value))),
                // It may be a secret.
                Err(_) => report.finding(&list.path, "not understood", list.takes.words()),
            }
        }
    }
    let entries = object.get("headers").and_then(|found| report.list(&found));
    for entry in entries.unwrap_or_default() {
        let Some(header) = report.own_object(&entry) else { continue };
        let name = report.required(&header, "name").and_then(|found| report.text(&found));
        if let (Some(name), Some(value)) = (name, header.get("value")) {
            headers.insert(name, value.value.clone());
        }
    }
    headers
}
