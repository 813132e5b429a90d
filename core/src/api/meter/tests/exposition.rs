//! Both text formats and metric lines, with hostile names and labels.

use super::*;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn options(unit: &str, description: &str) -> InstrumentOptions {
    InstrumentOptions { unit: unit.to_owned(), description: description.to_owned(), buckets: None }
}

#[test]
fn openmetrics_text() {
    let (home, meter) = home();
    meter.counter("sent_bytes", options("By", "Bytes \"sent\"\nso far")).unwrap().add(5, label("to", "a\"b"));
    let buckets = InstrumentOptions { buckets: Some(vec![0.5, 1.0]), ..options("s", "") };
    let latency = meter.histogram("latency_seconds", buckets).unwrap();
    latency.record(0.25, none);
    latency.record(3, none);
    meter.up_down_counter("open", no_options()).unwrap().add(-2, none);
    assert_eq!(
        home.text_as(Format::OpenMetrics),
        "# TYPE latency_seconds histogram\n# UNIT latency_seconds seconds\n\
         latency_seconds_bucket{le=\"0.5\"} 1\nlatency_seconds_bucket{le=\"1.0\"} 1\n\
         latency_seconds_bucket{le=\"+Inf\"} 2\nlatency_seconds_sum 3.25\nlatency_seconds_count 2\n\
         # TYPE open gauge\nopen -2\n\
         # TYPE sent_bytes counter\n# UNIT sent_bytes bytes\n# HELP sent_bytes Bytes \\\"sent\\\"\\nso far\n\
         sent_bytes_total{to=\"a\\\"b\"} 5\n# EOF\n"
    );
    assert!(home.text().contains("# HELP sent_bytes_total Bytes \"sent\"\\nso far\n"));
    assert_eq!(self::home().0.text_as(Format::OpenMetrics), "# EOF\n");
}

#[test]
fn metric_lines() {
    let (home, meter) = home();
    let gauge = meter.gauge("depth", options("{item}", "")).unwrap();
    gauge.set(0.5, label("q", "b"));
    gauge.set(2, label("q", "a"));
    let lines = home.lines();
    assert_eq!(
        lines[0].to_string(),
        serde_json::json!({
            "timestamp": "2026-01-02T03:04:05.000000Z", "kind": "metric", "name": "depth", "service": "shop",
            "type": "gauge", "unit": "{item}", "attributes": {"q": "a"}, "value": 2
        })
        .to_string()
    );
    assert_eq!(lines[1]["value"], 0.5);
}

#[test]
fn names_that_look_alike_are_refused_and_both_named() {
    use InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter};
    let refused = [
        ((Counter, "request"), (Counter, "request_total")),
        ((Counter, "request_total"), (Counter, "request")),
        ((Counter, "a.b"), (Counter, "a-b")),
        ((Counter, "a.b"), (Gauge, "a_b_total")),
        // OpenMetrics calls the family of a counter without its ending.
        ((Counter, "jobs_total"), (Gauge, "jobs")),
        ((Histogram, "h"), (Gauge, "h_count")),
        ((UpDownCounter, "h/sum"), (Histogram, "h")),
    ];
    for ((kind, first), (other, second)) in refused {
        let (home, meter) = home();
        meter.instrument(kind, first, no_options()).unwrap();
        let error = meter.instrument(other, second, no_options()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{} {second}: ", other.as_str())), "{error}");
        assert!(error.contains(&format!("and so is {} {first};", kind.as_str())), "{error}");
        meter.instrument(kind, first, no_options()).unwrap();
        assert_eq!(home.text(), "");
    }
    let (_, meter) = home();
    for (kind, name) in
        [(Counter, "request"), (Gauge, "requests"), (Histogram, "request_seconds"), (Gauge, "h_count")]
    {
        meter.instrument(kind, name, no_options()).unwrap();
    }
}

#[test]
fn labels_that_look_alike_keep_apart() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    counter.add(1, label("a", "1"));
    counter.add(2, |w| {
        w.key("a");
        w.int(1);
    });
    counter.add(4, label("b", ""));
    counter.add(8, none);
    let text = home.text();
    for expected in ["c_total{a=\"1\"} 1", "c_total{a=\"1\",vigie_series=\"2\"} 2"] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(text.contains("c_total 4\n") && text.contains("c_total{vigie_series=\"2\"} 8\n"), "{text}");
}

#[test]
fn labels_go_by_the_order_of_creation_and_stay() {
    let (home, meter) = home();
    let counter = meter.counter("a.b", no_options()).unwrap();
    counter.add(1, label("k", "1"));
    assert_eq!(home.text(), "# TYPE a_b_total counter\na_b_total{k=\"1\"} 1\n");
    // Created later than the text alike, and shown before it.
    counter.add(3, |w| {
        w.key("k");
        w.int(1);
    });
    meter.gauge("a", no_options()).unwrap().set(4, none);
    let expected = "# TYPE a gauge\na 4\n# TYPE a_b_total counter\na_b_total{k=\"1\"} 1\n\
        a_b_total{k=\"1\",vigie_series=\"2\"} 3\n";
    assert_eq!(home.text(), expected);
    assert_eq!(home.text(), expected, "and once more");
}

/// Everything that a label can be made of, from a fixed seed.
fn hostile() -> (Arc<TestHome>, String) {
    let (home, meter) = home();
    let nasty = [
        "\n",
        "\"",
        "\\",
        "\u{0}",
        "\u{1b}[31m",
        "\u{2028}",
        "é",
        "日本",
        "{",
        "}",
        ",",
        "=",
        "#",
        " ",
        "\r",
        "le",
        "__name__",
        "a",
        "1",
        "\u{202e}",
    ];
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for instrument in 0..60 {
        let name = format!(
            "m{}{}{}",
            ["", ".", "-", "/", "_"][next() % 5],
            instrument % 29,
            ["", "_total", "_count", "_sum", ".bucket"][next() % 5]
        );
        let mut word =
            |longest: usize| (0..next() % longest).map(|_| nasty[next() % nasty.len()]).collect::<String>();
        let described = options("", &word(9));
        let fill = |w: &mut crate::encode::attributes::writer::AttributeWriter<'_>| {
            for _ in 0..4 {
                w.key(&word(4));
                w.str(&word(6));
            }
        };
        // A name that belongs to another kind already is refused: that is part of the play.
        match instrument % 4 {
            0 => drop(meter.counter(&name, described).map(|i| i.add(1, fill))),
            1 => drop(meter.gauge(&name, described).map(|i| i.set(f64::NAN, fill))),
            2 => drop(meter.histogram(&name, described).map(|i| i.record(-1.5, fill))),
            _ => drop(meter.up_down_counter(&name, described).map(|i| i.add(-1, fill))),
        }
    }
    let text = home.text();
    (home, text)
}

#[test]
fn hostile_labels_leave_one_well_formed_line_per_sample() {
    let (home, text) = hostile();
    let mut seen = std::collections::HashSet::new();
    assert!(text.lines().count() > 60, "{text}");
    for line in text.split_terminator('\n') {
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{202e}'), "{line:?}");
        if line.starts_with("# ") {
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(value == "NaN" || value.parse::<f64>().is_ok(), "{line}");
        assert!(seen.insert(series.to_owned()), "twice: {line}");
        let name: String = series.chars().take_while(|c| *c != '{').collect();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        check_labels(&series[name.len()..]);
    }
    // Every metric line is parsed on the way.
    assert!(home.lines().len() >= 30);
}

/// `{a="b",…}`: legal names, closed quotes, only the three escapes.
fn check_labels(block: &str) {
    if block.is_empty() {
        return;
    }
    let mut rest = block.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
    while !rest.is_empty() {
        let (name, tail) = rest.split_once("=\"").unwrap();
        assert!(name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{block}");
        assert!(!name.starts_with("__"), "{block}");
        let mut escaped = false;
        let end = tail
            .char_indices()
            .find(|(_, c)| {
                let was = escaped;
                escaped = *c == '\\' && !was;
                assert!(!was || matches!(c, 'n' | '"' | '\\'), "{block}");
                *c == '"' && !was
            })
            .unwrap()
            .0;
        rest = &tail[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
}

/// Runs a program on `input`; `None` if there is no such program.
fn run(program: &str, args: &[&str], input: &str) -> Option<Output> {
    let piped = || Stdio::piped();
    let mut child =
        Command::new(program).args(args).stdin(piped()).stdout(piped()).stderr(piped()).spawn().ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Some(child.wait_with_output().unwrap())
}

#[test]
fn promtool_accepts_the_text() {
    let (_home, text) = hostile();
    let Some(output) = run("promtool", &["check", "metrics"], &text) else {
        eprintln!("SKIP promtool is not installed; enable with: apt-get install prometheus");
        return;
    };
    // 3 stands for style advice (no help text, names that end in _count); 1 for text that does not parse.
    let advice = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 3)), "{advice}\n{text}");
    assert!(
        !advice.contains("error while linting") && !advice.contains("text format parsing error"),
        "{advice}"
    );
}

/// Reads both formats and prints how many samples each has.
const PARSE: &str = "
import sys
from prometheus_client.parser import text_string_to_metric_families as prometheus
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
for number, text in enumerate(sys.stdin.read().split('\\0')):
    parse = (prometheus, openmetrics)[number % 2]
    print(sum(len(family.samples) for family in parse(text)))
";

#[test]
fn the_python_client_reads_both_formats_with_names_in_every_escaping() {
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench-venv/bin/python");
    let (home, _) = hostile();
    let texts: Vec<_> = Escaping::ALL
        .into_iter()
        .flat_map(|escaping| [Format::Prometheus, Format::OpenMetrics].map(|format| (format, escaping)))
        .map(|(format, escaping)| home.text_with(format, escaping))
        .collect();
    let Some(output) = run(python, &["-c", PARSE], &texts.join("\0")) else {
        eprintln!("SKIP prometheus_client is not installed; enable with: cargo xtask bench --quick");
        return;
    };
    let samples = |text: &String| text.lines().filter(|line| !line.starts_with('#')).count();
    let expected: String = texts.iter().map(|text| format!("{}\n", samples(text))).collect();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
