//! Draws the spans of a trace: tree, duration, bar on the common time axis, who wrote it, status.
//! Not for the order of the tree: see `tree`.

use std::collections::BTreeMap;
use std::io::Write;

use super::contents::Trace;
use super::record::{End, Span};
use super::survey::Survey;
use super::tree::{self, Row};
use crate::outcome::Failure;
use crate::term::{Screen, Tone, clean, fit, width};
use crate::time;

/// Widths of the columns, in terminal columns.
struct Columns {
    name: usize,
    bar: usize,
    service: usize,
    process: usize,
}

const DURATION: usize = 9;
const STATUS: usize = 6;
/// Two spaces between columns, one in front.
const GAPS: usize = 11;

/// Colour numbers of the services in order of their names.
pub(super) fn tones(trace: &Trace) -> BTreeMap<&str, Tone> {
    trace.services().into_iter().enumerate().map(|(n, service)| (service, Tone::Service(n))).collect()
}

pub(super) fn draw(
    trace: &Trace,
    survey: &Survey,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if trace.spans.is_empty() {
        writeln!(out, "\n{}", screen.paint(Tone::Warning, "no span carries this trace id"))?;
        return Ok(());
    }
    let rows = tree::rows(&trace.spans);
    let columns = Columns::for_rows(&rows, survey, screen);
    let tones = tones(trace);
    let range_ns = trace.range_ns();
    writeln!(out, "\n{}", screen.paint(Tone::Heading, &columns.heading()))?;
    for row in &rows {
        let tone = tones.get(row.span.origin.service.as_str()).copied().unwrap_or(Tone::Faint);
        let name = fit(&label(&row.branch, row.span), columns.name);
        let duration = time::duration(row.span.duration_ns);
        let bar = bar(row, range_ns, columns.bar);
        let service = fit(&clean(&row.span.origin.service), columns.service);
        let process = fit(&process(row.span, survey), columns.process);
        writeln!(
            out,
            " {name}  {}{duration}  {}  {}  {}  {}",
            " ".repeat(DURATION.saturating_sub(width(&duration))),
            screen.paint(if row.span.failed() { Tone::Bad } else { tone }, &bar),
            screen.paint(tone, &service),
            screen.paint(Tone::Faint, &process),
            status(row, screen),
        )?;
        for remark in remarks(row) {
            let indent = fit(&row.below, width(&row.branch) + 2);
            writeln!(out, " {indent}{}", screen.paint(Tone::Bad, &remark))?;
        }
    }
    Ok(())
}

impl Columns {
    fn for_rows(rows: &[Row<'_>], survey: &Survey, screen: &Screen) -> Columns {
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let service = widest(&mut rows.iter().map(|r| width(&clean(&r.span.origin.service)))).clamp(7, 20);
        let process = widest(&mut rows.iter().map(|r| width(&process(r.span, survey)))).clamp(7, 16);
        let rest = screen.width.saturating_sub(service + process + DURATION + STATUS + GAPS);
        let name = widest(&mut rows.iter().map(|r| width(&label(&r.branch, r.span)))).clamp(4, rest * 2 / 3);
        Columns { name, bar: rest.saturating_sub(name), service, process }
    }

    fn heading(&self) -> String {
        format!(
            " {}  {:>DURATION$}  {}  {}  {}  status",
            fit("span", self.name),
            "duration",
            fit("time", self.bar),
            fit("service", self.service),
            fit("process", self.process),
        )
    }
}

/// The span's name and kind behind its branch.
pub(super) fn label(branch: &str, span: &Span) -> String {
    let kind = match span.span_kind.as_str() {
        "" | "internal" => String::new(),
        kind => format!(" ({})", clean(kind)),
    };
    format!("{branch}{}{kind}", clean(&span.name))
}

/// Language and process id.
pub(super) fn process(span: &Span, survey: &Survey) -> String {
    let language = clean(survey.language(&span.origin)).into_owned();
    match span.origin.pid {
        Some(pid) => format!("{language}/{pid}"),
        None => language,
    }
}

fn status(row: &Row<'_>, screen: &Screen) -> String {
    if row.span.end == End::Running {
        return screen.paint(Tone::Warning, "open");
    }
    match row.span.status.as_str() {
        "ok" => screen.paint(Tone::Good, "ok"),
        "error" => screen.paint(Tone::Bad, "ERROR"),
        _ => screen.paint(Tone::Faint, "-"),
    }
}

/// The span's share of the time axis; what is shorter than a column is a thin line.
fn bar(row: &Row<'_>, range_ns: (i64, i64), columns: usize) -> String {
    let (begin, end) = range_ns;
    let cells = i128::try_from(columns).unwrap_or(0);
    let total = i128::from(end.saturating_sub(begin)).max(1);
    let place = |ns: i64| {
        let cell = i128::from(ns.saturating_sub(begin)) * cells / total;
        usize::try_from(cell).unwrap_or(0).min(columns)
    };
    let from = place(row.span.start_ns).min(columns.saturating_sub(1));
    let length = place(row.span.end_ns()).saturating_sub(from);
    let body = if length == 0 { "▏".to_owned() } else { "█".repeat(length) };
    fit(&format!("{}{body}", " ".repeat(from)), columns)
}

/// What is wrong with a span, one line each.
fn remarks(row: &Row<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(parent) = row.missing_parent {
        remarks.push(format!("orphan: its parent {} is not in these files", clean(parent)));
    }
    if row.span.end == End::Interrupted {
        remarks.push("interrupted: its process ended before it did".to_owned());
    }
    // Most faces take the status message from the exception that they record: it is shown once.
    let told = |message: &&String| row.span.exceptions.iter().any(|e| e.ends_with(message.as_str()));
    if let Some(message) = row.span.status_message.as_ref().filter(|message| !told(message)) {
        remarks.push(format!("error: {}", clean(message)));
    }
    remarks.extend(row.span.exceptions.iter().map(|e| format!("exception: {}", clean(e))));
    remarks
}
