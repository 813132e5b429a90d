//! Names of samples and labels that a Prometheus server accepts.

use super::format::Escaping;
use crate::model::metric::InstrumentKind;
use std::fmt::Write as _;

/// Turns an instrument's name into a metric name, a counter's ending in `_total`.
pub(super) fn sample_name(name: &str, kind: InstrumentKind, escaping: Escaping) -> String {
    let sample = escaped(name, escaping);
    if kind != InstrumentKind::Counter || sample.ends_with("_total") {
        return sample;
    }
    escaped(&format!("{name}_total"), escaping)
}

/// The names that an instrument puts into the texts, which no other may put there too: a reader could not tell them
/// apart.
#[must_use]
pub fn names_taken(name: &str, kind: InstrumentKind) -> Vec<String> {
    let sample = sample_name(name, kind, Escaping::Underscores);
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

/// A name in quotes, as it stands where not every reader takes it bare. What would split a line or steer a terminal is
/// shown as text.
pub(super) fn quoted(name: &str) -> String {
    let mut out = "\"".to_owned();
    for c in name.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // Writing to a String cannot fail.
            c if splits_or_hides(c) => drop(write!(out, "\\\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The characters that the JSON line escapes too: controls, line separators, bidi controls.
pub(super) fn splits_or_hides(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether every reader takes it: `[a-zA-Z_][a-zA-Z0-9_]*`.
pub(super) fn is_legal(name: &str) -> bool {
    !name.is_empty() && name.char_indices().all(|(at, c)| is_legal_at(at, c))
}

fn is_legal_at(at: usize, c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit())
}

fn escaped(name: &str, escaping: Escaping) -> String {
    match escaping {
        Escaping::Underscores => underscores(name),
        Escaping::AllowUtf8 if name.is_empty() => "_".to_owned(),
        Escaping::AllowUtf8 => name.to_owned(),
        Escaping::Dots => dots(name),
        Escaping::Values => values(name),
    }
}

fn underscores(name: &str) -> String {
    let mut out: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if out.chars().next().is_none_or(|c| c.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}

fn dots(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.char_indices() {
        match c {
            '.' => out.push_str("_dot_"),
            c if c != '_' && is_legal_at(at, c) => out.push(c),
            _ => out.push_str("__"),
        }
    }
    if out.is_empty() { "_".to_owned() } else { out }
}

fn values(name: &str) -> String {
    if is_legal(name) {
        return name.to_owned();
    }
    let mut out = "U__".to_owned();
    for (at, c) in name.char_indices() {
        match c {
            '_' => out.push_str("__"),
            c if is_legal_at(at, c) => out.push(c),
            // Writing to a String cannot fail.
            c => drop(write!(out, "_{:x}_", u32::from(c))),
        }
    }
    out
}

/// A label's name, not one of those that Prometheus keeps for itself.
pub(super) fn label_name(key: &str, kind: InstrumentKind, escaping: Escaping) -> String {
    let name = escaped(key, escaping);
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
        let name = |name, kind| sample_name(name, kind, Escaping::Underscores);
        assert_eq!(name("http.server-requests/s", InstrumentKind::Gauge), "http_server_requests_s");
        assert_eq!(name("orders", InstrumentKind::Counter), "orders_total");
        assert_eq!(name("orders_total", InstrumentKind::Counter), "orders_total");
        assert_eq!(name("orders.total", InstrumentKind::Counter), "orders_total");
        assert_eq!(
            sample_name("shop.orders", InstrumentKind::Counter, Escaping::AllowUtf8),
            "shop.orders_total"
        );
        assert_eq!(names_taken("orders", InstrumentKind::Counter), ["orders_total", "orders"]);
        assert_eq!(names_taken("h", InstrumentKind::Histogram), ["h", "h_bucket", "h_sum", "h_count"]);
    }

    #[test]
    fn names_are_escaped_as_prometheus_does() {
        // What its own library makes of them (`model.EscapeName` of prometheus/common).
        let table = [
            ("no.change_ok", "no_change_ok", "no_dot_change__ok", "U__no_2e_change__ok"),
            ("legal_1", "legal_1", "legal__1", "legal_1"),
            ("with/slash-дaш", "with_slash__a_", "with__slash____a__", "U__with_2f_slash_2d__434_a_448_"),
        ];
        for (name, underscores, dots, values) in table {
            assert_eq!(escaped(name, Escaping::Underscores), underscores);
            assert_eq!(escaped(name, Escaping::Dots), dots);
            assert_eq!(escaped(name, Escaping::Values), values);
            assert_eq!(escaped(name, Escaping::AllowUtf8), name);
            assert!(is_legal(underscores) && is_legal(dots) && is_legal(values));
        }
        for escaping in Escaping::ALL {
            assert!(!escaped("", escaping).is_empty());
            assert!(!label_name("__name__", InstrumentKind::Gauge, escaping).starts_with("__"));
        }
    }
}
