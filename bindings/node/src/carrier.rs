//! Headers that are not plain enough for JavaScript, read and rendered by the core.
//! Not for taking headers out of a carrier: lib/context/propagation.ts does that.

use napi_derive::napi;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use vigie_core::{Context, global, guard, read_json_value};

/// `carry(headers, baggage, attributes)`: see `Rendered` in lib/context/headers.ts.
#[napi]
pub fn carry(headers: Vec<String>, baggage: Vec<String>, attributes: Vec<String>) -> String {
    guard(String::new(), || carried(pairs(headers), pairs(baggage), &pairs(attributes)))
}

fn carried(headers: Pairs, baggage: Pairs, attributes: &Pairs) -> String {
    let telemetry = global();
    let values = |name: &str| -> Vec<String> {
        headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    let read = telemetry.extract(&Context::root(), &values);
    let came = fields(&read);
    let filled = if baggage.is_empty() { read } else { read.with_baggage(baggage) };
    let whole = if attributes.is_empty() {
        filled
    } else {
        telemetry.context_with(&filled, |writer| {
            for (key, text) in attributes {
                writer.key(key);
                // JavaScript has just written this text as JSON, so it can be read; if it cannot, it is left out.
                let _ = read_json_value(text.as_bytes(), writer);
            }
        })
    };
    rendered(&whole, &came)
}

/// `inherited()`: the context that the environment variables of the process gave at the start, as `carry` tells it.
#[napi]
pub fn inherited() -> String {
    guard(String::new(), || {
        let context = global().initial_context();
        rendered(&context, &fields(&context))
    })
}

/// Names of headers, or keys, each with its value.
type Pairs = Vec<(String, String)>;

fn pairs(flat: Vec<String>) -> Pairs {
    let mut rest = flat.into_iter();
    std::iter::from_fn(|| Some((rest.next()?, rest.next()?))).collect()
}

/// The attributes that a context carries, as a JSON object.
fn fields(context: &Context) -> String {
    let mut text = vec![b'{'];
    if let Some(fields) = context.fields() {
        let members = fields.well_known.bytes.iter().chain(&fields.plain.bytes);
        // Each member begins with a comma, since it is meant to follow another one in a line.
        text.extend(members.skip(1));
    }
    text.push(b'}');
    String::from_utf8(text).unwrap_or_else(|_| "{}".to_owned())
}

fn rendered(context: &Context, came: &str) -> String {
    let mut headers = Map::new();
    global().inject(context, &mut |name, value| {
        headers.insert(name.to_owned(), Value::from(value));
    });
    let trace = context.span.map(|span| {
        let bytes = [span.trace_id.to_bytes().as_slice(), &span.span_id.to_bytes()].concat();
        let mut numbers: Vec<i32> = bytes.chunks(4).map(quarter).collect();
        numbers.push(i32::from(span.flags.to_u8()));
        numbers
    });
    let attributes = RawValue::from_string(came.to_owned()).map_or(Value::Null, |raw| json!(raw));
    json!({"trace": trace, "headers": headers, "attributes": attributes}).to_string()
}

fn quarter(bytes: &[u8]) -> i32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | i32::from(*byte))
}
