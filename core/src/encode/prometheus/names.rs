//! Names of samples and labels that a Prometheus server accepts.

use crate::model::metric::InstrumentKind;
use std::collections::HashSet;

/// The sample names of one exposition.
#[derive(Debug, Default)]
pub(super) struct SampleNames {
    /// Those that are taken: unlike names of instruments can look alike here.
    taken: HashSet<String>,
}

impl SampleNames {
    /// A sample name that collides with no other instrument's, `_2` and so on behind it where needed.
    pub(super) fn take(&mut self, instrument: &str, kind: InstrumentKind) -> String {
        let mut number = 1_u32;
        loop {
            let name = match number {
                1 => instrument.to_owned(),
                n => format!("{}_{n}", instrument.strip_suffix("_total").unwrap_or(instrument)),
            };
            let sample = sample_name(&name, kind);
            let names = names_taken(&sample, kind);
            if names.iter().all(|name| !self.taken.contains(name)) {
                self.taken.extend(names);
                return sample;
            }
            number += 1;
        }
    }
}

/// Turns an instrument's name into a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, a counter's ending in `_total`.
fn sample_name(name: &str, kind: InstrumentKind) -> String {
    let mut out = legal(name);
    if kind == InstrumentKind::Counter && !out.ends_with("_total") {
        out.push_str("_total");
    }
    out
}

/// The names of the samples that a family with this sample name puts into the text.
fn names_taken(sample: &str, kind: InstrumentKind) -> Vec<String> {
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
pub(super) fn label_name(key: &str, kind: InstrumentKind) -> String {
    let name = legal(key);
    if name.starts_with("__") {
        return format!("_{}", name.trim_start_matches('_'));
    }
    if name == "le" && kind == InstrumentKind::Histogram { "le_".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_legal() {
        assert_eq!(sample_name("http.server-requests/s", InstrumentKind::Gauge), "http_server_requests_s");
        assert_eq!(sample_name("orders", InstrumentKind::Counter), "orders_total");
        assert_eq!(sample_name("orders_total", InstrumentKind::Counter), "orders_total");
        assert_eq!(names_taken("orders_total", InstrumentKind::Counter), ["orders_total", "orders"]);
        assert_eq!(names_taken("h", InstrumentKind::Histogram), ["h", "h_bucket", "h_sum", "h_count"]);
    }
}
