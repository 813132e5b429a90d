//! Hostile texts in every place: no line more and none broken, as an independent reader sees it.

use super::*;

/// Pseudo-random numbers: the same ones in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "",
            ",",
            "=",
            " ",
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\t",
            "\0",
            "#",
            "a",
            "time",
            "x 1i 2\nforged",
            "é",
            "😀",
            "\u{2028}",
            "\u{202e}",
            "\u{85}",
            "\u{7f}",
            "\\,",
            "\\\"",
            "_",
            "{a}",
        ];
        (0..self.below(5)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

/// What a text looks like on one line.
fn on_one_line(text: &str) -> String {
    let one = |c: char| match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => format!("\\u{:04x}", c as u32),
        c if c.is_control() => format!("\\u{:04x}", c as u32),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}

/// A value of any kind, as it is written and as it has to be read.
fn value(random: &mut Random, w: &mut AttributeWriter<'_>) -> Option<Value> {
    match random.below(8) {
        0 => {
            let n = random.below(1000) as i64 - 500;
            w.int(n);
            Some(Value::Int(n))
        }
        1 => {
            let x = [0.5, -1e300, 1.0, f64::MIN_POSITIVE][random.below(4)];
            w.float(x);
            Some(Value::Float(x))
        }
        2 => {
            w.float([f64::NAN, f64::INFINITY, f64::NEG_INFINITY][random.below(3)]);
            None
        }
        3 => {
            w.null();
            None
        }
        4 => {
            w.bool(true);
            Some(Value::Bool(true))
        }
        _ => {
            let text = random.text();
            w.str(&text);
            Some(Value::Text(on_one_line(&text)))
        }
    }
}

/// Whether the fields of a point hold these values in this order, whatever their keys.
fn holds(point: &Read, skipped: &[&str], wanted: &[Value]) -> bool {
    let own = point.fields.iter().filter(|(key, _)| !skipped.contains(&key.as_str()));
    own.map(|(_, value)| value).eq(wanted)
}

/// The attributes of one record under keys that differ, with the values that fields have to show.
fn hostile(bench: &Bench, random: &mut Random, target: Target) -> (Attributes, Vec<Value>) {
    let mut wanted = Vec::new();
    let attributes = bench.attributes(target, |w| {
        for n in 0..random.below(6) {
            // A digit in front keeps keys apart and none empty.
            w.key(&format!("{n}{}", random.text()));
            wanted.extend(value(random, w));
        }
    });
    (attributes, wanted)
}

const OWN: [&str; 9] = [
    "message",
    "template",
    "pid",
    "trace_id",
    "span_id",
    "duration_ns",
    "parent_span_id",
    "status_message",
    "dropped_events",
];

#[test]
fn no_text_adds_or_breaks_a_point() {
    let rounds = if std::env::var_os("VIGIE_FULL").is_some() { 1_000_000 } else { 100_000 };
    let (bench, mut random) = (Bench::new(), Random(7));
    for round in 0..rounds {
        let mut lines = Vec::new();
        let (attributes, wanted) = hostile(&bench, &mut random, Target::Nested);
        let message = random.text();
        match round % 3 {
            0 => lines.extend(bench.log(&message, &attributes, None)),
            1 => lines.extend(bench.span(&message, &attributes, &[])),
            _ => lines.extend(bench.point(PointValue::Number(Number::Int(round)), &attributes)),
        }
        // A second record behind it, to which nothing of the first may belong.
        lines.extend(bench.number(1.0, |_| {}).into_bytes());
        let points = strict::points(&lines, false).unwrap_or_else(|error| panic!("{round}: {error}"));
        assert_eq!(points.len(), 2, "{:?}", String::from_utf8(lines));
        if random.below(4) == 0 {
            let others = strict::points(&lines, true).unwrap_or_else(|error| panic!("{round}: {error}"));
            let shape = |point: &Read| (point.tags.len(), point.fields.len(), point.timestamp);
            assert_eq!(shape(&others[0]), shape(&points[0]), "{:?}", String::from_utf8(lines));
        }
        assert_eq!(points[1].measurement, "http.server/requests-total");
        match round % 3 {
            0 => {
                assert_eq!(points[0].field("message"), Some(&Value::Text(on_one_line(&message))));
                assert!(holds(&points[0], &OWN, &wanted), "{wanted:?} {:?}", points[0]);
            }
            1 => {
                let name = on_one_line(&message);
                assert_eq!(points[0].tag("name").map(str::len), Some(name.len()).filter(|len| *len > 0));
                assert!(holds(&points[0], &OWN, &wanted), "{wanted:?} {:?}", points[0]);
            }
            _ => {
                assert_eq!(points[0].fields, [("value".to_owned(), Value::Float(round as f64))]);
                assert!(points[0].tags.len() <= 3 + attributes.entries.len());
            }
        }
    }
}
