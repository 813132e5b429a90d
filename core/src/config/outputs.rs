//! Reads the `outputs` list.
//! Not for opening anything: whether a path can be written shows when telemetry opens it.

use super::report::{Found, Object, Report};
use super::settings::{ConsoleFormat, ConsoleStream, Delivery, OutputKind, OutputSettings};
use crate::model::signal::{Signal, SignalSet};
use std::path::PathBuf;

const KINDS: [(&str, Kind); 4] =
    [("console", Kind::Console), ("file", Kind::File), ("memory", Kind::Memory), ("null", Kind::Null)];
const UNBUILT_KINDS: [&str; 4] = ["otlp", "prometheus", "statsd", "influx"];
const FORMATS: [(&str, ConsoleFormat); 3] =
    [("auto", ConsoleFormat::Auto), ("json", ConsoleFormat::Json), ("human", ConsoleFormat::Human)];
const STREAMS: [(&str, ConsoleStream); 2] =
    [("stdout", ConsoleStream::Stdout), ("stderr", ConsoleStream::Stderr)];
const DELIVERIES: [(&str, Delivery); 2] =
    [("buffered", Delivery::Buffered), ("write_through", Delivery::WriteThrough)];

#[derive(Clone, Copy)]
enum Kind {
    Console,
    File,
    Memory,
    Null,
}

/// Reads the list; entries with problems are reported and left out.
pub(super) fn outputs(report: &mut Report, found: &Found<'_>) -> Option<Vec<OutputSettings>> {
    let accepted =
        "a list of at least one output such as {\"to\": \"console\"}; \"disabled\": true records nothing";
    let entries = report.list(found, accepted)?;
    if entries.is_empty() {
        report.refuse(found, accepted);
    }
    let mut outputs: Vec<OutputSettings> = Vec::new();
    for entry in entries {
        let Some(output) = output(report, &entry) else { continue };
        // Two writers of one file would each believe that they alone append to it.
        if matches!(output.kind, OutputKind::File { .. })
            && outputs.iter().any(|other| same_file(other, &output))
        {
            report.finding(
                &format!("{}.path", entry.path),
                "used by another output",
                "a path for each output",
            );
            continue;
        }
        outputs.push(output);
    }
    (!outputs.is_empty()).then_some(outputs)
}

fn same_file(one: &OutputSettings, two: &OutputSettings) -> bool {
    match (&one.kind, &two.kind) {
        (OutputKind::File { path: one, .. }, OutputKind::File { path: two, .. }) => one == two,
        _ => false,
    }
}

fn output(report: &mut Report, entry: &Found<'_>) -> Option<OutputSettings> {
    let kinds = KINDS.map(|(name, _)| name).join(", ");
    let object = report.any_object(entry, "an object such as {\"to\": \"console\"}")?;
    let Some(to) = object.get("to") else {
        report.finding(&object.path_of("to"), "missing", kinds);
        return None;
    };
    let before = report.problems.len();
    let kind = report.choice(&to, &KINDS, &UNBUILT_KINDS)?;
    let (kind, default_signals) = match kind {
        Kind::Console => (console(report, entry), SignalSet::LOGS),
        Kind::File => (file(report, entry), SignalSet::ALL),
        Kind::Memory => (bare(report, entry, OutputKind::Memory), SignalSet::ALL),
        Kind::Null => (bare(report, entry, OutputKind::Null), SignalSet::ALL),
    };
    let signals = match object.get("signals") {
        Some(found) => signals(report, &found),
        None => Some(default_signals),
    };
    let whole = report.problems.len() == before;
    kind.zip(signals).filter(|_| whole).map(|(kind, signals)| OutputSettings { kind, signals })
}

fn console(report: &mut Report, entry: &Found<'_>) -> Option<OutputKind> {
    let object = report.object(entry, &["to", "format", "stream", "signals"], &[])?;
    let format = match object.get("format") {
        Some(found) => report.choice(&found, &FORMATS, &[]),
        None => Some(ConsoleFormat::default()),
    };
    let stream = match object.get("stream") {
        Some(found) => report.choice(&found, &STREAMS, &[]),
        None => Some(ConsoleStream::default()),
    };
    Some(OutputKind::Console { format: format?, stream: stream? })
}

fn file(report: &mut Report, entry: &Found<'_>) -> Option<OutputKind> {
    let object = report.object(entry, &["to", "path", "delivery", "signals"], &["rotate"])?;
    let delivery = match object.get("delivery") {
        Some(found) => report.choice(&found, &DELIVERIES, &["durable"]),
        None => Some(Delivery::default()),
    };
    let path = path(report, &object);
    Some(OutputKind::File { path: path?, delivery: delivery? })
}

fn path(report: &mut Report, object: &Object<'_>) -> Option<PathBuf> {
    const ACCEPTED: &str = "the path of a file such as \"logs/shop.jsonl\"";
    let Some(found) = object.get("path") else {
        report.finding(&object.path_of("path"), "missing", ACCEPTED);
        return None;
    };
    let path = report.text(&found, ACCEPTED)?;
    // No operating system opens such a path; refusing here names the key.
    if path.contains('\0') || path.ends_with(['/', std::path::MAIN_SEPARATOR]) {
        report.refuse(&found, ACCEPTED);
        return None;
    }
    Some(PathBuf::from(path))
}

fn bare(report: &mut Report, entry: &Found<'_>, kind: OutputKind) -> Option<OutputKind> {
    report.object(entry, &["to", "signals"], &[]).map(|_| kind)
}

fn signals(report: &mut Report, found: &Found<'_>) -> Option<SignalSet> {
    const ACCEPTED: &str = "a list of at least one of logs, spans, metrics";
    let names = Signal::ALL.map(|signal| (signal.as_str(), signal));
    let entries = report.list(found, ACCEPTED)?;
    if entries.is_empty() {
        report.refuse(found, ACCEPTED);
        return None;
    }
    let mut signals = SignalSet::default();
    for entry in entries {
        if let Some(signal) = report.choice(&entry, &names, &[]) {
            signals = signals.with(signal);
        }
    }
    Some(signals)
}
