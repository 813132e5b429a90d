//! Samples: numbers, and all that a histogram shows.

use super::format::Format;
use super::names::{is_legal, quoted};
use crate::model::metric::{HistogramPoint, Number};

/// `name{labels} `, or `name ` without labels; a name that needs quotes stands between the braces.
pub(super) fn sample_head(name: &str, labels: &str) -> String {
    match (is_legal(name), labels.is_empty()) {
        (true, true) => format!("{name} "),
        (true, false) => format!("{name}{{{labels}}} "),
        (false, true) => format!("{{{}}} ", quoted(name)),
        (false, false) => format!("{{{},{labels}}} ", quoted(name)),
    }
}

/// The same up to the labels.
fn sample_begin(name: &str) -> String {
    if is_legal(name) { format!("{name}{{") } else { format!("{{{},", quoted(name)) }
}

/// A value as both formats write it.
#[inline]
pub(super) fn number(out: &mut String, value: Number) {
    match value {
        // Most values are counts, and a number without a sign is written in fewer steps.
        Number::Int(n @ 0..) => out.push_str(itoa::Buffer::new().format(n as u64)),
        Number::Int(n) => negative(out, n),
        Number::Float(x) => double(out, x),
    }
}

#[inline(never)]
fn negative(out: &mut String, n: i64) {
    out.push_str(itoa::Buffer::new().format(n));
}

/// A function of its own, so that the code for integers stays short.
#[inline(never)]
fn double(out: &mut String, x: f64) {
    out.push_str(&float(x));
}

/// Shortest round-trip form; `NaN`, `+Inf`, `-Inf`.
fn float(x: f64) -> String {
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
pub(super) struct HistogramHeads {
    bucket: String,
    sum: String,
    count: String,
    /// `le="0.005"} ` for each bound, then for `+Inf`.
    bounds: Vec<String>,
    /// Whether values may be negative.
    negative: bool,
}

impl HistogramHeads {
    /// Heads for the family called `sample` with these upper bounds.
    pub(super) fn new(sample: &str, bounds: &[f64]) -> Self {
        let le = |bound: &f64| format!("le=\"{}\"}} ", float(*bound));
        Self {
            bucket: sample_begin(&format!("{sample}_bucket")),
            sum: format!("{sample}_sum"),
            count: format!("{sample}_count"),
            bounds: bounds.iter().map(le).chain([le(&f64::INFINITY)]).collect(),
            negative: bounds.first().is_some_and(|bound| *bound < 0.0),
        }
    }

    /// All samples of one series; `labels` is its label block.
    pub(super) fn samples(&self, out: &mut String, format: Format, labels: &str, point: &HistogramPoint<'_>) {
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
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_both_formats_want_them() {
        for (value, text) in [
            (Number::Int(-7), "-7"),
            (Number::Int(i64::MAX), "9223372036854775807"),
            (Number::Float(2.0), "2.0"),
            (Number::Float(0.1), "0.1"),
            (Number::Float(f64::NAN), "NaN"),
            (Number::Float(f64::INFINITY), "+Inf"),
            (Number::Float(f64::NEG_INFINITY), "-Inf"),
        ] {
            let mut out = String::new();
            number(&mut out, value);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn histogram_samples_are_cumulative() {
        let point = HistogramPoint {
            bounds: &[-1.0, 2.5],
            counts: &[1, 2, 3],
            count: 6,
            sum: Number::Float(9.5),
            min: Number::Int(-3),
            max: Number::Int(9),
        };
        let heads = HistogramHeads::new("h", point.bounds);
        let mut out = String::new();
        heads.samples(&mut out, Format::Prometheus, "a=\"1\"", &point);
        assert_eq!(
            out,
            "h_bucket{a=\"1\",le=\"-1.0\"} 1\nh_bucket{a=\"1\",le=\"2.5\"} 3\nh_bucket{a=\"1\",le=\"+Inf\"} 6\n\
             h_sum{a=\"1\"} 9.5\nh_count{a=\"1\"} 6\n"
        );
        out.clear();
        heads.samples(&mut out, Format::OpenMetrics, "", &point);
        assert_eq!(out, "h_bucket{le=\"-1.0\"} 1\nh_bucket{le=\"2.5\"} 3\nh_bucket{le=\"+Inf\"} 6\n");
    }

    #[test]
    fn names_that_need_quotes_stand_between_the_braces() {
        let (min, sum, max) = (Number::Int(0), Number::Int(1), Number::Int(1));
        let point = HistogramPoint { bounds: &[1.0], counts: &[1, 0], count: 1, sum, min, max };
        let mut out = String::new();
        HistogramHeads::new("h.x", &[1.0]).samples(&mut out, Format::Prometheus, "a=\"1\"", &point);
        HistogramHeads::new("h.x", &[1.0]).samples(&mut out, Format::Prometheus, "", &point);
        assert_eq!(
            out,
            "{\"h.x_bucket\",a=\"1\",le=\"1.0\"} 1\n{\"h.x_bucket\",a=\"1\",le=\"+Inf\"} 1\n\
             {\"h.x_sum\",a=\"1\"} 1\n{\"h.x_count\",a=\"1\"} 1\n\
             {\"h.x_bucket\",le=\"1.0\"} 1\n{\"h.x_bucket\",le=\"+Inf\"} 1\n{\"h.x_sum\"} 1\n{\"h.x_count\"} 1\n"
        );
    }

    #[test]
    fn openmetrics_has_no_sum_that_is_no_counter() {
        let heads = HistogramHeads::new("h", &[1.0]);
        for (min, sum, kept) in [(0.0, 0.5, true), (-1.0, 5.0, false), (1.0, f64::NAN, false)] {
            let (min, sum, max) = (Number::Float(min), Number::Float(sum), Number::Int(6));
            let point = HistogramPoint { bounds: &[1.0], counts: &[1, 1], count: 2, sum, min, max };
            let mut out = String::new();
            heads.samples(&mut out, Format::OpenMetrics, "", &point);
            assert_eq!(out.contains("h_sum") && out.contains("h_count"), kept, "{out}");
            out.clear();
            heads.samples(&mut out, Format::Prometheus, "", &point);
            assert!(out.contains("h_sum"), "{out}");
        }
    }
}
