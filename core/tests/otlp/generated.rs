//! Generated records with every type of value and hostile texts: none missing, none altered.

use super::far::Far;
use super::model::{Members, Value, decoded, decoded_members, expected_members, record};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use std::collections::BTreeMap;
use vigie_core::{Context, Severity, SpanStart};

/// Texts with everything that has ever broken a format, but nothing that redaction would touch.
const PARTS: [&str; 18] = [
    "a",
    "plain words",
    "\n",
    "\r\n\t",
    "\"",
    "\\",
    "\\u0041",
    "\0",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{e9}",
    "\u{1f600}",
    "{x}",
    "}",
    "\u{fffd}",
];

struct Source(Xoshiro256PlusPlus);

impl Source {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    fn text(&mut self) -> String {
        let mut text: String = (0..self.below(6)).map(|_| PARTS[self.below(18) as usize]).collect();
        if self.below(100) == 0 {
            text = text.repeat(200);
        }
        text
    }

    fn float(&mut self) -> f64 {
        match self.below(6) {
            0 => f64::from_bits(self.0.next_u64()),
            1 => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0][self.below(5) as usize],
            2 => self.below(1_000) as f64,
            _ => self.below(10_000_000) as f64 / 1000.0 - 100.0,
        }
    }

    fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth > 4 { 8 } else { 10 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => Value::Int(self.0.next_u64() as i64 >> self.below(64)),
            3 => Value::Uint(self.0.next_u64() >> self.below(64)),
            4 => Value::Float(self.float()),
            5 => Value::Bytes((0..self.below(9)).map(|_| self.0.next_u64() as u8).collect()),
            6 | 7 => Value::Text(self.text()),
            8 => Value::List((0..self.below(4)).map(|_| self.value(depth + 1)).collect()),
            _ => Value::Map(self.members(depth + 1)),
        }
    }

    fn members(&mut self, depth: u64) -> Members {
        (0..self.below(5)).map(|place| (self.key(place), self.value(depth))).collect()
    }

    /// One of a few, which may come again, or a hostile one that is no longer than keys may be.
    fn key(&mut self, place: u64) -> String {
        match self.below(3) {
            0 => format!("{}{place}", self.text().chars().take(60).collect::<String>()),
            _ => format!("k{}", self.below(4)),
        }
    }
}

/// A record as it was made: its texts and all its attributes by key.
#[derive(Debug, PartialEq)]
struct Made {
    text: String,
    attributes: BTreeMap<String, String>,
}

fn log(far: &Far, source: &mut Source, context: &Context, number: u64) -> Made {
    let (text, own) = (source.text(), source.members(0));
    let logger = far.telemetry.logger(["a", "b.c", "", "\"d\""][source.below(4) as usize]);
    let mut log = logger.record(Severity::from_number(1 + source.below(24) as u8).unwrap()).unwrap();
    log.set_context(context);
    log.message(&text);
    record(&own, &mut log.attributes());
    log.attributes().attr("number", number);
    log.emit();
    let mut attributes = expected_members(&own);
    attributes.insert("number".to_owned(), format!("int {number}"));
    attributes.insert("tenant_id".to_owned(), "int 7".to_owned());
    Made { text: Value::Text(text).expected(), attributes }
}

fn span(far: &Far, source: &mut Source, context: &Context, number: u64) -> Made {
    let (text, own) = (source.text(), source.members(0));
    let scope = ["", "lib", "\n"][source.below(3) as usize];
    let start = SpanStart { parent: Some(context), scope, ..SpanStart::default() };
    let mut span = far.telemetry.start_span(&text, start);
    span.attributes(|w| record(&own, w));
    span.attr("number", number);
    let mut attributes = expected_members(&own);
    for event in 0..source.below(3) {
        let (name, own) = (source.text(), source.members(0));
        span.add_event(&name, None, |w| record(&own, w));
        attributes.insert(format!("event {event}"), format!("{name:?} {:?}", expected_members(&own)));
    }
    span.end(None);
    attributes.insert("number".to_owned(), format!("int {number}"));
    attributes.insert("tenant_id".to_owned(), "int 7".to_owned());
    Made { text, attributes }
}

fn by_number(records: impl Iterator<Item = Made>) -> BTreeMap<String, Made> {
    records.map(|made| (made.attributes["number"].clone(), made)).collect()
}

fn found_logs(far: &Far) -> BTreeMap<String, Made> {
    let request = far.logs();
    let logs = request.resource_logs.iter().flat_map(|one| &one.scope_logs).flat_map(|one| &one.log_records);
    by_number(logs.map(|log| Made {
        text: decoded(log.body.as_ref().unwrap()),
        attributes: decoded_members(&log.attributes),
    }))
}

fn found_spans(far: &Far) -> BTreeMap<String, Made> {
    let request = far.spans();
    let spans = request.resource_spans.iter().flat_map(|one| &one.scope_spans).flat_map(|one| &one.spans);
    by_number(spans.map(|span| {
        let mut attributes = decoded_members(&span.attributes);
        for (place, event) in span.events.iter().enumerate() {
            let shown = format!("{:?} {:?}", event.name, decoded_members(&event.attributes));
            attributes.insert(format!("event {place}"), shown);
        }
        Made { text: span.name.clone(), attributes }
    }))
}

#[test]
fn nothing_is_missing_and_nothing_altered() {
    const BATCH: u64 = 500;
    let records = if std::env::var_os("VIGIE_FULL").is_some() { 1_000_000 } else { 100_000 };
    let far = Far::with("generated", serde_json::json!({"level": "trace"}));
    let context = far.telemetry.context_with(&Context::root(), |w| w.attr("tenant_id", 7));
    let mut source = Source(Xoshiro256PlusPlus::seed_from_u64(11));
    let mut numbers = 0..records;
    while !numbers.is_empty() {
        let (mut logs, mut spans) = (Vec::new(), Vec::new());
        for number in numbers.by_ref().take(BATCH as usize) {
            match number % 3 {
                0 => spans.push(span(&far, &mut source, &context, number)),
                _ => logs.push(log(&far, &mut source, &context, number)),
            }
        }
        for (made, found) in [(logs, found_logs(&far)), (spans, found_spans(&far))] {
            let made = by_number(made.into_iter());
            assert_eq!(made.len(), found.len());
            for (number, made) in made {
                assert_eq!(found[&number], made);
            }
        }
    }
}
