//! Unit tests of the text formats' names, labels and numbers.

use super::*;

fn block(pairs: &[(&str, &str)], kind: InstrumentKind) -> String {
    let quoted: Vec<String> = pairs.iter().map(|(key, _)| serde_json::to_string(key).unwrap()).collect();
    label_block(quoted.iter().zip(pairs).map(|(key, (_, value))| (key.as_bytes(), value.as_bytes())), kind)
}

#[test]
fn names_become_legal() {
    assert_eq!(sample_name("http.server-requests/s", InstrumentKind::Gauge), "http_server_requests_s");
    assert_eq!(sample_name("orders", InstrumentKind::Counter), "orders_total");
    assert_eq!(sample_name("orders_total", InstrumentKind::Counter), "orders_total");
    assert_eq!(names_taken("orders_total", InstrumentKind::Counter), ["orders_total", "orders"]);
    assert_eq!(names_taken("h", InstrumentKind::Histogram), ["h", "h_bucket", "h_sum", "h_count"]);
}

#[test]
fn label_names_are_legal_unreserved_and_joined() {
    let counter = InstrumentKind::Counter;
    assert_eq!(block(&[("http.route", "\"/x\""), ("1st", "2")], counter), r#"http_route="/x",_1st="2""#);
    assert_eq!(block(&[("__name__", "\"forged\"")], counter), r#"_name__="forged""#);
    assert_eq!(block(&[("le", "1")], InstrumentKind::Histogram), r#"le_="1""#);
    assert_eq!(block(&[("le", "1")], counter), r#"le="1""#);
    assert_eq!(block(&[("a.b", "1"), ("a_b", "2")], counter), r#"a_b="1;2""#);
    assert_eq!(block(&[("ключ", "1")], counter), r#"____="1""#.replace("____", "_"));
}

#[test]
fn label_values_are_escaped_once_and_hold_no_control_character() {
    let counter = InstrumentKind::Counter;
    assert_eq!(block(&[("a", r#""x\ny\"z\\w""#)], counter), r#"a="x\ny\"z\\w""#);
    assert_eq!(block(&[("a", r#""\u001b[31m\t""#)], counter), r#"a="\\u001b[31m\\t""#);
    assert_eq!(block(&[("a", r#"{"k":"v\n"}"#)], counter), r#"a="{\"k\":\"v\\n\"}""#);
    assert_eq!(block(&[("a", "true"), ("b", "1.5")], counter), r#"a="true",b="1.5""#);
    assert_eq!(block(&[("a", "null"), ("b", "\"\"")], counter), "");
}

#[test]
fn heads_differ_between_the_formats() {
    let mut text = String::new();
    family_head(
        &mut text,
        Format::Prometheus,
        "x_bytes_total",
        InstrumentKind::Counter,
        "By",
        "a\n\"b\" \\ \u{1b}",
    );
    assert_eq!(text, "# TYPE x_bytes_total counter\n# HELP x_bytes_total a\\n\"b\" \\\\ \\\\u001b\n");
    text.clear();
    family_head(&mut text, Format::OpenMetrics, "x_bytes_total", InstrumentKind::Counter, "By", "\"b\"");
    assert_eq!(text, "# TYPE x_bytes counter\n# UNIT x_bytes bytes\n# HELP x_bytes \\\"b\\\"\n");
    text.clear();
    family_head(&mut text, Format::OpenMetrics, "latency", InstrumentKind::Histogram, "s", "");
    assert_eq!(text, "# TYPE latency histogram\n", "a unit that the name does not bear is left out");
}

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
