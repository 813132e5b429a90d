//! Prometheus text 0.0.4 and OpenMetrics 1.0: names, labels, heads and samples.
//!
//! Not for walking series: the registry calls these functions in its order.

use crate::model::metric::{HistogramPoint, InstrumentKind, Number};
use std::fmt::Write as _;

/// Which of the two text formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text exposition format 0.0.4.
    Prometheus,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

/// Turns an instrument's name into a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, a counter's ending in `_total`.
#[must_use]
pub fn sample_name(name: &str, kind: InstrumentKind) -> String {
    let mut out = legal(name);
    if kind == InstrumentKind::Counter && !out.ends_with("_total") {
        out.push_str("_total");
    }
    out
}

/// The names of the samples that a family with this sample name puts into the text.
#[must_use]
pub fn names_taken(sample: &str, kind: InstrumentKind) -> Vec<String> {
    let mut names = vec![sample.to_owned()];
    match kind {
        // OpenMetrics calls the family without the suffix.
        InstrumentKind::Counter => names.extend(sample.strip_suffix("_total").map(str::to_owned)),
        InstrumentKind::Histogram => {
            names.extend(["_bucket", "_sum", "_count"].iter().map(|suffix| format!("{sample}{suffix}")));
        }
        InstrumentKind::UpDownCounter | InstrumentKind::Gauge => {}
    }
    names
}

fn legal(name: &str) -> String {
    let mut out: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if out.chars().next().is_none_or(|c| c.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}

/// A label's name: `[a-zA-Z_][a-zA-Z0-9_]*`, not one of those that Prometheus keeps for itself.
fn label_name(key: &str, kind: InstrumentKind) -> String {
    let name = legal(key);
    if name.starts_with("__") {
        return format!("_{}", name.trim_start_matches('_'));
    }
    if name == "le" && kind == InstrumentKind::Histogram { "le_".to_owned() } else { name }
}

/// Renders `a="1",b="x"` from pairs of key and value, both as JSON text (keys with their quotes).
///
/// Keys that become one label name are joined with `;` in the order given, as OpenTelemetry's
/// compatibility rules ask. Empty and null values are left out: Prometheus takes an empty label for an absent one.
pub fn label_block<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>, kind: InstrumentKind) -> String {
    let mut labels: Vec<(String, String)> = Vec::new();
    for (key, value) in pairs {
        let key: String = serde_json::from_slice(key).unwrap_or_default();
        let name = label_name(&key, kind);
        let text = label_value(&String::from_utf8_lossy(value));
        if text.is_empty() {
            continue;
        }
        match labels.iter_mut().find(|(known, _)| *known == name) {
            Some((_, joined)) => {
                joined.push(';');
                joined.push_str(&text);
            }
            None => labels.push((name, text)),
        }
    }
    let mut out = String::new();
    for (name, value) in &labels {
        add_label(&mut out, name, value);
    }
    out
}

/// Appends `name="value"` to a label block; the value is escaped already.
pub fn add_label(block: &mut String, name: &str, value: &str) {
    if !block.is_empty() {
        block.push(',');
    }
    // Writing to a String cannot fail.
    let _ = write!(block, "{name}=\"{value}\"");
}

/// A JSON value as an escaped label value: strings lose their quotes, all else stays JSON text.
///
/// The text formats know the escapes `\\ \" \n` only. Other escapes of the JSON string stay visible
/// as text, so that no control character reaches a terminal or splits a line.
fn label_value(json: &str) -> String {
    let Some(inner) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return if json == "null" { String::new() } else { json.replace('\\', "\\\\").replace('"', "\\\"") };
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push_str("\\n"),
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some(other) => {
                out.push_str("\\\\");
                out.push(other);
            }
            None => {}
        }
    }
    out
}

/// `name{labels} `, or `name ` without labels.
#[must_use]
pub fn sample_head(name: &str, labels: &str) -> String {
    if labels.is_empty() { format!("{name} ") } else { format!("{name}{{{labels}}} ") }
}

/// The lines before a family's samples: `# HELP`, `# TYPE`, and `# UNIT` in OpenMetrics.
pub fn family_head(
    out: &mut String,
    format: Format,
    sample: &str,
    kind: InstrumentKind,
    unit: &str,
    description: &str,
) {
    let family = match (format, kind) {
        (Format::OpenMetrics, InstrumentKind::Counter) => sample.strip_suffix("_total").unwrap_or(sample),
        _ => sample,
    };
    let word = match kind {
        InstrumentKind::Counter => "counter",
        InstrumentKind::UpDownCounter | InstrumentKind::Gauge => "gauge",
        InstrumentKind::Histogram => "histogram",
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# TYPE {family} {word}");
    // OpenMetrics: a family with a unit must bear it as its suffix; names are never changed for it.
    if format == Format::OpenMetrics
        && let Some(unit) = unit_word(unit)
        && family.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'))
    {
        let _ = writeln!(out, "# UNIT {family} {unit}");
    }
    if !description.is_empty() {
        let _ = write!(out, "# HELP {family} ");
        help_text(out, format, description);
        out.push('\n');
    }
}

/// The word that Prometheus's conventions use for a UCUM unit.
fn unit_word(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        "1" => "ratio",
        _ => return None,
    })
}

fn help_text(out: &mut String, format: Format, description: &str) {
    for c in description.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if format == Format::OpenMetrics => out.push_str("\\\""),
            c if splits_or_hides(c) => {
                let _ = write!(out, "\\\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// The characters that the JSON line escapes too: controls, line separators, bidi controls.
fn splits_or_hides(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value as both formats write it.
#[inline]
pub fn number(out: &mut String, value: Number) {
    match value {
        Number::Int(n) => integer(out, n),
        Number::Float(x) => out.push_str(&float(x)),
    }
}

#[inline]
fn integer(out: &mut String, n: i64) {
    out.push_str(itoa::Buffer::new().format(n));
}

/// Shortest round-trip form; `NaN`, `+Inf`, `-Inf`.
#[must_use]
pub fn float(x: f64) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    // A finite double always has a JSON form.
    serde_json::to_string(&x).unwrap_or_default()
}

/// What the samples of one histogram family have in common, rendered once.
#[derive(Debug)]
pub struct HistogramHeads {
    bucket: String,
    sum: String,
    count: String,
    /// `le="0.005"} ` for each bound, then for `+Inf`.
    bounds: Vec<String>,
    /// Values may be negative.
    negative: bool,
}

impl HistogramHeads {
    /// Heads for the family called `sample` with these upper bounds.
    #[must_use]
    pub fn new(sample: &str, bounds: &[f64]) -> Self {
        let le = |bound: &f64| format!("le=\"{}\"}} ", float(*bound));
        Self {
            bucket: format!("{sample}_bucket{{"),
            sum: format!("{sample}_sum"),
            count: format!("{sample}_count"),
            bounds: bounds.iter().map(le).chain([le(&f64::INFINITY)]).collect(),
            negative: bounds.first().is_some_and(|bound| *bound < 0.0),
        }
    }

    /// All samples of one series; `labels` is its label block.
    pub fn samples(&self, out: &mut String, format: Format, labels: &str, point: &HistogramPoint<'_>) {
        let mut running = 0_u64;
        for (bound, count) in self.bounds.iter().zip(point.counts) {
            running += count;
            out.push_str(&self.bucket);
            if !labels.is_empty() {
                out.push_str(labels);
                out.push(',');
            }
            out.push_str(bound);
            out.push_str(itoa::Buffer::new().format(running));
            out.push('\n');
        }
        // OpenMetrics takes the sum for a counter, and leaves it and the count out where it cannot be one.
        let is_counter = !self.negative && point.min.as_f64() >= 0.0 && !point.sum.as_f64().is_nan();
        if format == Format::OpenMetrics && !is_counter {
            return;
        }
        out.push_str(&sample_head(&self.sum, labels));
        number(out, point.sum);
        out.push('\n');
        out.push_str(&sample_head(&self.count, labels));
        out.push_str(itoa::Buffer::new().format(point.count));
        out.push('\n');
    }
}

#[cfg(test)]
#[path = "openmetrics_tests.rs"]
mod tests;
