//! OTLP's JSON: encoded attributes are copied as they are.
//!
//! Not for JSON lines: see `encode::jsonl`.

mod requests;

pub(super) use requests::{write as write_request, write_with_attribute};

use super::fields::{Field, any_value, data, key_value, scope};
use super::form::Form;
use crate::encode::json::{escape_into, write_float, write_int, write_str, write_uint};
use crate::encode::values::Encoded;
use crate::model::attributes::{Attributes, Entry, TextForm};
use crate::model::ids::hex_digits;

/// The form in text.
#[derive(Debug)]
pub(super) struct Json;

/// Ends the part of a piece that it shares with others. No text of JSON has it inside.
const SEPARATOR: u8 = b'\n';

impl Form for Json {
    const ID: &'static str = "otlp-json";
    // A control character is `\u00xx`.
    const LONGEST_ESCAPE: usize = 6;

    fn text_length(text: &str) -> usize {
        let mut inside = Vec::new();
        escape_into(&mut inside, text);
        inside.len()
    }

    /// The scope, the separator, the record.
    #[inline]
    fn piece(out: &mut Vec<u8>, name: &str, _: Field, fill: impl FnOnce(&mut Vec<u8>)) {
        if !name.is_empty() {
            object(out, |out| Self::text(out, scope::NAME, name));
        }
        out.push(SEPARATOR);
        object(out, fill);
    }

    /// The metric up to its first point, the separator, the point.
    fn point_piece(
        out: &mut Vec<u8>,
        head: impl FnOnce(&mut Vec<u8>),
        kind: Field,
        shared: impl FnOnce(&mut Vec<u8>),
        point: impl FnOnce(&mut Vec<u8>),
    ) {
        out.push(b'{');
        head(out);
        name(out, kind);
        out.push(b'{');
        shared(out);
        Self::open_list(out, data::POINTS);
        out.push(SEPARATOR);
        object(out, point);
    }

    #[inline]
    fn text(out: &mut Vec<u8>, field: Field, text: &str) {
        name(out, field);
        write_str(out, text);
    }

    #[inline]
    fn text_inside(out: &mut Vec<u8>, field: Field, inside: Field, text: &str) {
        Self::message(out, field, |out| Self::text(out, inside, text));
    }

    #[inline]
    fn encoded_text(out: &mut Vec<u8>, field: Field, inside: &[u8]) {
        name(out, field);
        quoted(out, |out| out.extend_from_slice(inside));
    }

    #[inline]
    fn id(out: &mut Vec<u8>, field: Field, bytes: &[u8]) {
        name(out, field);
        quoted(out, |out| {
            for part in bytes.chunks_exact(4) {
                let word = u32::from_be_bytes(part.try_into().unwrap_or_default());
                out.extend_from_slice(&hex_digits(word));
            }
        });
    }

    #[inline]
    fn ids(out: &mut Vec<u8>, trace: (Field, [u8; 16]), span: (Field, [u8; 8])) {
        Self::id(out, trace.0, &trace.1);
        Self::id(out, span.0, &span.1);
    }

    #[inline]
    fn two_fixed64(out: &mut Vec<u8>, first: (Field, u64), second: (Field, u64)) {
        Self::fixed64(out, first.0, first.1);
        Self::fixed64(out, second.0, second.1);
    }

    #[inline]
    fn fixed64(out: &mut Vec<u8>, field: Field, value: u64) {
        name(out, field);
        quoted(out, |out| write_uint(out, value));
    }

    #[inline]
    fn sfixed64(out: &mut Vec<u8>, field: Field, value: i64) {
        name(out, field);
        quoted(out, |out| write_int(out, value));
    }

    #[inline]
    fn fixed32(out: &mut Vec<u8>, field: Field, value: u32) {
        Self::uint(out, field, value);
    }

    #[inline]
    fn int(out: &mut Vec<u8>, field: Field, value: i64) {
        Self::sfixed64(out, field, value);
    }

    #[inline]
    fn uint(out: &mut Vec<u8>, field: Field, value: u32) {
        name(out, field);
        write_uint(out, u64::from(value));
    }

    fn yes(out: &mut Vec<u8>, field: Field) {
        name(out, field);
        out.extend_from_slice(b"true");
    }

    fn double(out: &mut Vec<u8>, field: Field, value: f64) {
        name(out, field);
        write_float(out, value);
    }

    fn doubles(out: &mut Vec<u8>, field: Field, values: &[f64]) {
        numbers(out, field, values, |out, value| write_float(out, *value));
    }

    fn fixed64s(out: &mut Vec<u8>, field: Field, values: &[u64]) {
        numbers(out, field, values, |out, value| quoted(out, |out| write_uint(out, *value)));
    }

    #[inline]
    fn message(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>)) {
        name(out, field);
        object(out, fill);
    }

    #[inline]
    fn open_list(out: &mut Vec<u8>, field: Field) {
        name(out, field);
        out.push(b'[');
    }

    #[inline]
    fn item(out: &mut Vec<u8>, _: Field, fill: impl FnOnce(&mut Vec<u8>)) {
        comma(out);
        object(out, fill);
    }

    #[inline]
    fn attribute(out: &mut Vec<u8>, field: Field, key: &[u8], value: Encoded<'_>) {
        Self::item(out, field, |out| {
            Self::encoded_text(out, key_value::KEY, key);
            name(out, key_value::VALUE);
            write_value(out, value);
        });
    }

    /// None: encoded text is what this form is made of anyway.
    #[inline]
    fn quick_attributes(
        _: &mut Vec<u8>,
        _: Field,
        _: &Attributes,
        _: &[Entry],
        _: usize,
        _: &impl Fn(&Entry) -> bool,
    ) -> usize {
        0
    }

    #[inline]
    fn close_list(out: &mut Vec<u8>, start: usize) {
        if out.last() == Some(&b'[') {
            out.truncate(start);
        } else {
            out.push(b']');
        }
    }
}

/// Whether what comes now is the first in an object, in a list or at all.
#[inline]
fn is_first(out: &[u8]) -> bool {
    matches!(out.last(), Some(b'{' | b'[') | None)
}

/// Appends a comma unless nothing stands before it.
#[inline]
fn comma(out: &mut Vec<u8>) {
    if !is_first(out) {
        out.push(b',');
    }
}

/// Appends `,"name":`, without the comma at the beginning of an object.
#[inline]
fn name(out: &mut Vec<u8>, field: Field) {
    let member = field.member.as_bytes();
    out.extend_from_slice(if is_first(out) { member.get(1..).unwrap_or_default() } else { member });
}

#[inline]
fn quoted(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    fill(out);
    out.push(b'"');
}

#[inline]
fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'{');
    fill(out);
    out.push(b'}');
}

fn numbers<T>(out: &mut Vec<u8>, field: Field, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    let start = out.len();
    Json::open_list(out, field);
    for value in values {
        comma(out);
        write(out, value);
    }
    Json::close_list(out, start);
}

/// Appends an `AnyValue`.
fn write_value(out: &mut Vec<u8>, value: Encoded<'_>) {
    let as_it_is = |out: &mut Vec<u8>, field| {
        name(out, field);
        out.extend_from_slice(value.bytes);
    };
    object(out, |out| match value.bytes {
        [b'"', ..] => as_it_is(
            out,
            match value.form() {
                None | Some(TextForm::BigInt) => any_value::STRING,
                Some(TextForm::Bytes) => any_value::BYTES,
                Some(TextForm::NonFinite) => any_value::DOUBLE,
            },
        ),
        [b't' | b'f', ..] => as_it_is(out, any_value::BOOL),
        [b'-' | b'0'..=b'9', ..] if value.bytes.iter().any(|byte| matches!(byte, b'.' | b'e')) => {
            as_it_is(out, any_value::DOUBLE);
        }
        [b'-' | b'0'..=b'9', ..] => Json::encoded_text(out, any_value::INT, value.bytes),
        [b'[', ..] => Json::message(out, any_value::ARRAY, |out| {
            let start = out.len();
            Json::open_list(out, any_value::VALUES);
            for element in value.elements() {
                comma(out);
                write_value(out, element);
            }
            Json::close_list(out, start);
        }),
        [b'{', ..] => Json::message(out, any_value::KVLIST, |out| {
            let start = out.len();
            Json::open_list(out, any_value::VALUES);
            for (key, member) in value.members() {
                Json::attribute(out, any_value::VALUES, key, member);
            }
            Json::close_list(out, start);
        }),
        // Null is a value without anything in it.
        _ => {}
    });
}
