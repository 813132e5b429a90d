//! Lists the last value of every metric series in the files.
//! Metrics belong to processes, not to a trace, so all of them are shown.

use std::io::Write;

use serde_json::Value;

use super::survey::{Series, Survey};
use crate::outcome::Failure;
use crate::term::{Screen, Tone, clean, fit, width, wrapped};

/// A series as text; the attributes stand below the row when they do not fit into it.
struct Row {
    name: String,
    attributes: String,
    process: String,
    kind: String,
    value: String,
}

impl Row {
    fn whole(&self) -> String {
        format!("{}{}", self.name, self.attributes)
    }
}

pub(super) fn list(survey: &Survey, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    if survey.series.is_empty() {
        writeln!(out, "\n{}", screen.paint(Tone::Warning, "no metric in these files"))?;
        return Ok(());
    }
    let rows: Vec<Row> = survey.series.iter().map(|(series, point)| row(series, point)).collect();
    let widest = |of: fn(&Row) -> String| rows.iter().map(|r| width(&of(r))).max().unwrap_or(0);
    let process = widest(|r| r.process.clone()).clamp(7, 28);
    let kind = widest(|r| r.kind.clone()).max(4);
    let value = widest(|r| r.value.clone()).max(10);
    let room = screen.width.saturating_sub(process + kind + value + 7).max(widest(|r| r.name.clone()));
    let series = widest(Row::whole).clamp(6, room);
    let heading =
        format!(" {}  {}  {}  last value", fit("series", series), fit("process", process), fit("type", kind));
    writeln!(out, "\n{}", screen.paint(Tone::Heading, &heading))?;
    for row in &rows {
        let whole = row.whole();
        let fits = width(&whole) <= series;
        let name = fit(if fits { &whole } else { &row.name }, series);
        let kind_text = screen.paint(Tone::Faint, &fit(&row.kind, kind));
        writeln!(out, " {name}  {}  {kind_text}  {}", fit(&row.process, process), row.value)?;
        if !fits {
            let pairs = row.attributes.split_inclusive(',').map(str::to_owned);
            for line in wrapped(pairs, "", screen.width.saturating_sub(4)) {
                writeln!(out, "    {}", screen.paint(Tone::Faint, &line))?;
            }
        }
    }
    Ok(())
}

fn row(series: &Series, point: &Value) -> Row {
    let kind = point.get("type").and_then(Value::as_str).unwrap_or("?");
    Row {
        name: clean(&series.name).into_owned(),
        attributes: attributes(point),
        process: process(series),
        kind: clean(kind).into_owned(),
        value: clean(&last_value(point)).into_owned(),
    }
}

/// Service and process id: each process counts for itself.
fn process(series: &Series) -> String {
    let service = clean(&series.origin.service);
    match series.origin.pid {
        Some(pid) => format!("{service}/{pid}"),
        None => service.into_owned(),
    }
}

fn attributes(point: &Value) -> String {
    let Some(attributes) = point.get("attributes").and_then(Value::as_object) else {
        return String::new();
    };
    let mut pairs: Vec<String> = attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
    pairs.sort();
    if pairs.is_empty() { String::new() } else { clean(&format!("{{{}}}", pairs.join(","))).into_owned() }
}

fn last_value(point: &Value) -> String {
    let unit = match point.get("unit").and_then(Value::as_str) {
        None | Some("" | "1") => String::new(),
        // UCUM puts remarks that are no units into braces: `{token}`.
        Some(remark) if remark.starts_with('{') => String::new(),
        Some(unit) => format!(" {unit}"),
    };
    if let Some(value) = point.get("value") {
        return format!("{}{unit}", plain(value));
    }
    let mut text = String::new();
    for key in ["count", "sum", "min", "max"] {
        if let Some(value) = point.get(key) {
            let unit = if key == "count" { "" } else { unit.as_str() };
            text.push_str(&format!("{key} {}{unit}  ", plain(value)));
        }
    }
    text.trim_end().to_owned()
}

/// A number with as many digits as a person reads, a text without its quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::Number(n) if n.is_f64() => {
            let text = format!("{:.6}", n.as_f64().unwrap_or(f64::NAN));
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
