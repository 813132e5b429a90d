//! Headers that are not plain enough for JavaScript, read and written by the core.
//! Not for taking headers out of a carrier: lib/context/propagation.ts does that.
//!
//! Contexts of JavaScript hold their `tracestate` and baggage as W3C headers, whichever propagators are chosen.

use napi_derive::napi;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use vigie_core::host::{global, guard};
use vigie_core::model::context::Carried;
use vigie_core::model::propagation::{Room, baggage, traceparent, tracestate};
use vigie_core::{Context, SpanContext, read_json_value};

/// `extract(baggage, headers, isPublic)`: what the headers say on top of this baggage; see `Read` in lib/context/headers.ts.
#[napi]
pub fn extract(baggage: String, headers: Vec<String>, is_public: bool) -> String {
    guard(String::new(), || {
        let headers = pairs(headers);
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        told(&global().extract_with(&kept("", "", &baggage), headers, is_public))
    })
}

/// `inherited()`: the context that the environment variables of the process gave at the start, as `extract` tells it.
#[napi]
pub fn inherited() -> String {
    guard(String::new(), || told(&global().initial_context()))
}

/// `inject(traceparent, tracestate, baggage, attributes, isDebug)`: the headers that carry such a context, as a JSON
/// object.
#[napi]
pub fn inject(
    traceparent: String,
    trace_state: String,
    baggage: String,
    attributes: Vec<String>,
    is_debug: bool,
) -> String {
    guard(String::new(), || {
        let context = kept(&traceparent, &trace_state, &baggage);
        let context = context.with_carried(Carried { is_debug, ..context.carried_owned() });
        let context = with_attributes(context, &pairs(attributes));
        let mut headers = Map::new();
        global().inject(&context, &mut |name, value| {
            headers.insert(name.to_owned(), Value::from(value));
        });
        Value::Object(headers).to_string()
    })
}

/// `normalized(tracestate, baggage, added)`: a `tracestate` and a `baggage` header as the core writes them, the latter
/// with these members added.
#[napi]
pub fn normalized(trace_state: String, baggage: String, added: Vec<String>) -> Vec<String> {
    guard(Vec::new(), || {
        let context = kept("", &trace_state, &baggage).with_baggage(pairs(added));
        vec![context.trace_state().unwrap_or_default().to_owned(), baggage_of(&context)]
    })
}

/// Names of headers, or keys, each with its value.
pub type Pairs = Vec<(String, String)>;

pub fn pairs(flat: Vec<String>) -> Pairs {
    let mut rest = flat.into_iter();
    std::iter::from_fn(|| Some((rest.next()?, rest.next()?))).collect()
}

/// A context of JavaScript, from the headers that it is kept as; each may be empty.
pub fn kept(traceparent: &str, trace_state: &str, baggage: &str) -> Context {
    let members = baggage::parse([baggage].into_iter(), &mut Room::default());
    let span = traceparent::parse(traceparent);
    let context = Context { span, carried: None };
    let mut carried = context.carried_owned();
    carried.trace_state = tracestate::parse(trace_state);
    carried.baggage = members;
    context.with_carried(carried)
}

/// The context with these attributes, whose values are JSON texts.
fn with_attributes(context: Context, attributes: &Pairs) -> Context {
    if attributes.is_empty() {
        return context;
    }
    global().context_with(&context, |writer| {
        for (key, text) in attributes {
            writer.key(key);
            // JavaScript has just written this text as JSON, so it can be read; if it cannot, it is left out.
            let _ = read_json_value(text.as_bytes(), writer);
        }
    })
}

fn baggage_of(context: &Context) -> String {
    context.carried.as_deref().map(|carried| baggage::format(&carried.baggage)).unwrap_or_default()
}

/// A context in the parts that one of JavaScript has, as JSON.
pub fn told(context: &Context) -> String {
    let attributes = RawValue::from_string(attributes_of(context)).map_or(Value::Null, |raw| json!(raw));
    json!({
        "trace": context.span.as_ref().map(numbers),
        "traceState": context.trace_state().unwrap_or_default(),
        "baggage": baggage_of(context),
        "attributes": attributes,
        "isDebug": context.carried.as_deref().is_some_and(|carried| carried.is_debug),
        "linked": context.linked().map(numbers),
    })
    .to_string()
}

/// The identifiers as 32-bit numbers, and the flags.
fn numbers(span: &SpanContext) -> Vec<i32> {
    let bytes = [span.trace_id.to_bytes().as_slice(), &span.span_id.to_bytes()].concat();
    let flags = i32::from(span.flags.to_u8());
    bytes.chunks(4).map(quarter).chain([flags]).collect()
}

fn quarter(bytes: &[u8]) -> i32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | i32::from(*byte))
}

/// The attributes that a context carries, as a JSON object.
fn attributes_of(context: &Context) -> String {
    let mut text = vec![b'{'];
    if let Some(fields) = context.fields() {
        let members = fields.well_known.bytes.iter().chain(&fields.plain.bytes);
        // Each member begins with a comma, since it is meant to follow another one in a line.
        text.extend(members.skip(1));
    }
    text.push(b'}');
    String::from_utf8(text).unwrap_or_else(|_| "{}".to_owned())
}
