//! Names of samples and labels that a Prometheus server accepts.

use crate::model::metric::InstrumentKind;
/// Turns an instrument's name into a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, a counter's ending in `_total`.
pub(super) fn sample_name(name: &str, kind: InstrumentKind) -> String {
    let mut out = legal(name);
    if kind == InstrumentKind::Counter && !out.ends_with("_total") {
        out.push_str("_total");
    }
    out
}

/// The names that an instrument puts into the texts, which no other may put there too: a reader could not tell them
/// apart.
#[must_use]
pub fn names_taken(name: &str, kind: InstrumentKind) -> Vec<String> {
    let sample = sample_name(name, kind);
    let mut names = vec![sample.clone()];
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
        assert_eq!(names_taken("orders", InstrumentKind::Counter), ["orders_total", "orders"]);
        assert_eq!(names_taken("h", InstrumentKind::Histogram), ["h", "h_bucket", "h_sum", "h_count"]);
    }
}
