//! Values as a program has them, recorded on one side and expected on the other.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use std::collections::BTreeMap;
use vigie_core::AttributeWriter;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

pub type Members = Vec<(String, Value)>;

impl Value {
    pub fn record(&self, w: &mut AttributeWriter<'_>) {
        match self {
            Self::Null => w.null(),
            Self::Bool(value) => w.bool(*value),
            Self::Int(value) => w.int(*value),
            Self::Uint(value) => w.uint(*value),
            Self::Float(value) => w.float(*value),
            Self::Text(text) => w.str(text),
            Self::Bytes(bytes) => w.bytes(bytes),
            Self::List(values) => {
                assert!(w.begin_list());
                for value in values {
                    assert!(w.more());
                    value.record(w);
                }
                w.end_list();
            }
            Self::Map(members) => {
                assert!(w.begin_map());
                for (key, value) in members {
                    assert!(w.more());
                    w.key(key);
                    value.record(w);
                }
                w.end_map();
            }
        }
    }

    /// What a reader gets, printed: NaN equals itself then, and what has an order is in it.
    pub fn expected(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => format!("bool {value}"),
            Self::Int(value) => format!("int {value}"),
            // Beyond int64 the protocol has no integers.
            Self::Uint(value) => match i64::try_from(*value) {
                Ok(value) => format!("int {value}"),
                Err(_) => format!("text {:?}", value.to_string()),
            },
            Self::Float(value) => format!("double {:?}", value.to_bits_without_payload()),
            Self::Text(text) => format!("text {text:?}"),
            Self::Bytes(bytes) => format!("bytes {bytes:?}"),
            Self::List(values) => format!("{:?}", values.iter().map(Self::expected).collect::<Vec<_>>()),
            Self::Map(members) => format!("{:?}", expected_members(members)),
        }
    }
}

trait Bits {
    fn to_bits_without_payload(self) -> u64;
}

impl Bits for f64 {
    /// All NaNs are one.
    fn to_bits_without_payload(self) -> u64 {
        if self.is_nan() { Self::NAN.to_bits() } else { self.to_bits() }
    }
}

pub fn record(members: &[(String, Value)], w: &mut AttributeWriter<'_>) {
    for (key, value) in members {
        w.key(key);
        value.record(w);
    }
}

/// By key; the last value of a repeated one.
pub fn expected_members(members: &[(String, Value)]) -> BTreeMap<String, String> {
    members.iter().map(|(key, value)| (key.clone(), value.expected())).collect()
}

/// What was decoded, in the words of [`Value::expected`].
pub fn decoded(value: &AnyValue) -> String {
    match &value.value {
        None => "null".to_owned(),
        Some(Any::BoolValue(value)) => format!("bool {value}"),
        Some(Any::IntValue(value)) => format!("int {value}"),
        Some(Any::DoubleValue(value)) => format!("double {:?}", value.to_bits_without_payload()),
        Some(Any::StringValue(text)) => format!("text {text:?}"),
        Some(Any::BytesValue(bytes)) => format!("bytes {bytes:?}"),
        Some(Any::ArrayValue(array)) => format!("{:?}", array.values.iter().map(decoded).collect::<Vec<_>>()),
        Some(Any::KvlistValue(map)) => format!("{:?}", decoded_members(&map.values)),
        // A place in the table of strings that profiles have; logs, spans and metrics have none.
        Some(Any::StringValueStrindex(place)) => panic!("a string by its place, {place}"),
    }
}

/// By key, each of which may be there once only.
pub fn decoded_members(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let members: BTreeMap<_, _> =
        attributes.iter().map(|one| (one.key.clone(), decoded(one.value.as_ref().unwrap()))).collect();
    assert_eq!(members.len(), attributes.len(), "a key is there twice: {attributes:?}");
    members
}

/// Members of a few words.
pub fn members(pairs: &[(&str, Value)]) -> Members {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Each type, at the top and inside.
pub fn every_type() -> Members {
    let inner = vec![
        Value::Null,
        Value::Bool(false),
        Value::Int(i64::MIN),
        Value::Float(f64::NAN),
        Value::Bytes(vec![0, 255, 10, 34]),
        Value::List(vec![]),
        Value::Map(vec![("".to_owned(), Value::Null), ("a\"\n".to_owned(), Value::Float(-0.0))]),
    ];
    members(&[
        ("null", Value::Null),
        ("yes", Value::Bool(true)),
        ("no", Value::Bool(false)),
        ("int", Value::Int(-1)),
        ("most", Value::Int(i64::MAX)),
        ("big", Value::Uint(u64::MAX)),
        ("double", Value::Float(12.75)),
        ("whole", Value::Float(1.0)),
        ("tiny", Value::Float(5e-324)),
        ("huge", Value::Float(f64::MAX)),
        ("nan", Value::Float(f64::NAN)),
        ("infinite", Value::Float(f64::INFINITY)),
        ("minus", Value::Float(f64::NEG_INFINITY)),
        ("text", text("a \"quoted\"\\ line\n\u{0}\u{1b}[31m\u{2028}\u{202e} \u{e9}\u{1f600}")),
        ("word", text("NaN")),
        ("digits", text("200")),
        ("empty", text("")),
        ("bytes", Value::Bytes(vec![0, 1, 2, 253, 254, 255, b'"'])),
        ("no bytes", Value::Bytes(vec![])),
        ("list", Value::List(inner.clone())),
        ("map", Value::Map(vec![("list".to_owned(), Value::List(inner)), ("n".to_owned(), Value::Int(3))])),
        ("long", text(&"x\u{e9}".repeat(5_000))),
        ("key \"\\\n\u{7f}\u{2028}", Value::Int(1)),
    ])
}
