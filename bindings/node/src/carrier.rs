//! Headers that are not plain enough for JavaScript, read and rendered by the core.
//! Not for carriers: lib/propagation.ts looks into those.

use crate::js;
use napi_sys::napi_value;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use vigie_core::{Context, global, read_json_value};

/// `carry(headers, baggage, attributes)`: see `Rendered` in lib/headers.ts.
pub fn carry(call: &js::Call<'_>) -> napi_value {
    let telemetry = global();
    let headers = pairs(call.strings(0));
    let values = |name: &str| -> Vec<String> {
        headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    let read = telemetry.extract(&Context::root(), &values);
    let came = fields(&read);
    let baggage = pairs(call.strings(1));
    let filled = if baggage.is_empty() { read } else { read.with_baggage(baggage) };
    let attributes = pairs(call.strings(2));
    let whole = if attributes.is_empty() {
        filled
    } else {
        telemetry.context_with(&filled, |writer| {
            for (key, text) in &attributes {
                writer.key(key);
                // JavaScript wrote the text a moment ago; what cannot be read is left out.
                let _ = read_json_value(text.as_bytes(), writer);
            }
        })
    };
    call.give_text(&rendered(&whole, &came))
}

/// `inherited()`: what the environment said at the start.
pub fn inherited(call: &js::Call<'_>) -> napi_value {
    let context = global().initial_context();
    call.give_text(&rendered(&context, &fields(&context)))
}

fn pairs(flat: Vec<String>) -> Vec<(String, String)> {
    let mut rest = flat.into_iter();
    std::iter::from_fn(|| Some((rest.next()?, rest.next()?))).collect()
}

/// Context keys as the members of a JSON object.
fn fields(context: &Context) -> String {
    let mut text = vec![b'{'];
    if let Some(fields) = context.fields() {
        let members = fields.well_known.bytes.iter().chain(&fields.plain.bytes);
        // Each member begins with the comma that a line needs.
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
