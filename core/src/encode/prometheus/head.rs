//! The lines that stand before an instrument's samples: its type, its unit and what it measures.

use super::format::Format;
use super::names::{is_legal, quoted, splits_or_hides};
use crate::model::metric::{Descriptor, InstrumentKind};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Appends the lines for the instrument that the samples call `sample`: `# TYPE`, `# UNIT` in OpenMetrics, `# HELP`.
pub(super) fn write(out: &mut String, format: Format, sample: &str, instrument: &Descriptor) {
    let Descriptor { kind, unit, description, .. } = instrument;
    let family = match (format, kind) {
        (Format::OpenMetrics, InstrumentKind::Counter) => sample.strip_suffix("_total").unwrap_or(sample),
        _ => sample,
    };
    let name = if is_legal(family) { Cow::Borrowed(family) } else { Cow::Owned(quoted(family)) };
    let word = match kind {
        InstrumentKind::Counter => "counter",
        InstrumentKind::UpDownCounter | InstrumentKind::Gauge => "gauge",
        InstrumentKind::Histogram => "histogram",
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# TYPE {name} {word}");
    // OpenMetrics: a family with a unit must bear it as its suffix; names are never changed for it.
    if format == Format::OpenMetrics
        && let Some(unit) = unit_word(unit)
        && family.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'))
    {
        let _ = writeln!(out, "# UNIT {name} {unit}");
    }
    if !description.is_empty() {
        let _ = write!(out, "# HELP {name} ");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn head(format: Format, sample: &str, kind: InstrumentKind, unit: &str, description: &str) -> String {
        let instrument =
            Descriptor { name: "n".into(), kind, unit: unit.into(), description: description.into() };
        let mut text = String::new();
        write(&mut text, format, sample, &instrument);
        text
    }

    #[test]
    fn heads_differ_between_the_formats() {
        let counter = InstrumentKind::Counter;
        let text = head(Format::Prometheus, "x_bytes_total", counter, "By", "a\n\"b\" \\ \u{1b}");
        assert_eq!(text, "# TYPE x_bytes_total counter\n# HELP x_bytes_total a\\n\"b\" \\\\ \\\\u001b\n");
        let text = head(Format::OpenMetrics, "x_bytes_total", counter, "By", "\"b\"");
        assert_eq!(text, "# TYPE x_bytes counter\n# UNIT x_bytes bytes\n# HELP x_bytes \\\"b\\\"\n");
        let text = head(Format::OpenMetrics, "latency", InstrumentKind::Histogram, "s", "");
        assert_eq!(text, "# TYPE latency histogram\n", "a unit that the name does not bear is left out");
    }
}
