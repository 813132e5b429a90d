//! Encoded attributes as `KeyValue` messages: JSON text is read where protobuf has another form, and copied where not.

use super::wire::{self, LENGTH, VARINT, eight, sized, tagged_length, varint_len, write_tag, write_varint};
use crate::encode::base64;
use crate::encode::json_reader::unescaped_bytes;
use crate::encode::otlp::fields::{Field, any_value, key_value};
use crate::encode::values::Encoded;
use crate::model::attributes::TextForm;
use std::borrow::Cow;

/// Appends a `KeyValue` as the field `field`. The key is the inside of a JSON string.
pub(super) fn write_member(out: &mut Vec<u8>, field: Field, key: &[u8], value: Encoded<'_>) {
    member(out, field, &unescaped_bytes(key), &mut Walk { value, at: 0 });
}

fn member(out: &mut Vec<u8>, field: Field, key: &[u8], walk: &mut Walk<'_>) {
    write_tag(out, field, LENGTH);
    if walk.next() == Some(b'"') && walk.form().is_none() {
        // Most values are texts, and long ones are: their lengths are known before.
        let text = &*walk.text();
        let value_length = tagged_length(any_value::STRING, text.len());
        let length = tagged_length(key_value::KEY, key.len()) + tagged_length(key_value::VALUE, value_length);
        write_varint(out, length as u64);
        wire::bytes(out, key_value::KEY, key);
        write_tag(out, key_value::VALUE, LENGTH);
        write_varint(out, value_length as u64);
        return wire::bytes(out, any_value::STRING, text);
    }
    sized(out, 1, |out| {
        wire::bytes(out, key_value::KEY, key);
        write_tag(out, key_value::VALUE, LENGTH);
        write_value(out, walk);
    });
}

/// Appends an `AnyValue` behind its length.
fn write_value(out: &mut Vec<u8>, walk: &mut Walk<'_>) {
    match walk.next() {
        Some(b'"') => write_text(out, walk.form(), &walk.text()),
        Some(b'-' | b'0'..=b'9') => write_number(out, walk.literal()),
        Some(b't' | b'f') => write_bool(out, walk.literal() == b"true"),
        Some(b'[') => nested(out, any_value::ARRAY, |out| {
            while walk.enter() {
                write_tag(out, any_value::VALUES, LENGTH);
                write_value(out, walk);
            }
        }),
        Some(b'{') => nested(out, any_value::KVLIST, |out| {
            while walk.enter() {
                let key = walk.text();
                walk.at += 1;
                member(out, any_value::VALUES, &key, walk);
            }
        }),
        // Null is a value without anything in it.
        _ => {
            walk.literal();
            out.push(0);
        }
    }
}

/// Encoded text on its way from front to back, each byte of which is looked at once, however deep values lie.
struct Walk<'a> {
    value: Encoded<'a>,
    at: usize,
}

impl<'a> Walk<'a> {
    #[inline]
    fn next(&self) -> Option<u8> {
        self.value.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.value.bytes.get(self.at..).unwrap_or_default()
    }

    /// The type that the text at this place stands for, if it is not a text.
    fn form(&self) -> Option<TextForm> {
        self.value.form_at(self.at)
    }

    /// Goes over the bracket or comma before a child; false behind the bracket that ends them.
    fn enter(&mut self) -> bool {
        let before = self.next();
        self.at += 1;
        let is_empty = matches!(before, Some(b'[' | b'{')) && matches!(self.next(), Some(b']' | b'}'));
        self.at += usize::from(is_empty);
        !is_empty && matches!(before, Some(b'[' | b'{' | b','))
    }

    /// The string that begins here.
    fn text(&mut self) -> Cow<'a, [u8]> {
        let behind = self.rest().get(1..).unwrap_or_default();
        let (mut end, mut has_escapes) = (0, false);
        while let Some(found) = memchr::memchr2(b'"', b'\\', behind.get(end..).unwrap_or_default()) {
            end += found;
            if behind.get(end) == Some(&b'"') {
                break;
            }
            has_escapes = true;
            end += 2;
        }
        self.at += end + 2;
        let inside = behind.get(..end).unwrap_or_default();
        if has_escapes { unescaped_bytes(inside) } else { Cow::Borrowed(inside) }
    }

    /// The number or word that begins here.
    fn literal(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}')).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }
}

fn write_text(out: &mut Vec<u8>, form: Option<TextForm>, text: &[u8]) {
    match form {
        None | Some(TextForm::BigInt) => {
            write_varint(out, tagged_length(any_value::STRING, text.len()) as u64);
            wire::bytes(out, any_value::STRING, text);
        }
        Some(TextForm::Bytes) => {
            let data = base64::read(text);
            write_varint(out, tagged_length(any_value::BYTES, data.len()) as u64);
            wire::bytes(out, any_value::BYTES, &data);
        }
        Some(TextForm::NonFinite) => write_double(
            out,
            match text {
                b"Infinity" => f64::INFINITY,
                b"-Infinity" => f64::NEG_INFINITY,
                _ => f64::NAN,
            },
        ),
    }
}

fn nested(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>)) {
    sized(out, 1, |out| {
        write_tag(out, field, LENGTH);
        sized(out, 1, fill);
    });
}

#[inline]
fn write_bool(out: &mut Vec<u8>, value: bool) {
    out.push(2);
    write_tag(out, any_value::BOOL, VARINT);
    out.push(u8::from(value));
}

#[inline]
fn write_double(out: &mut Vec<u8>, value: f64) {
    out.push(9);
    eight(out, any_value::DOUBLE, value.to_le_bytes());
}

/// Doubles bear a point or an exponent, integers do not.
#[inline]
fn write_number(out: &mut Vec<u8>, text: &[u8]) {
    match whole(text) {
        Some(value) => {
            out.push(1 + varint_len(value as u64) as u8);
            write_tag(out, any_value::INT, VARINT);
            write_varint(out, value as u64);
        }
        None => write_double(out, double(text)),
    }
}

/// The integer whose digits are all of `text`, which is known to be within int64.
#[inline]
pub(super) fn whole(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let mut value = 0_u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    Some(if digits.len() < text.len() { value.wrapping_neg() } else { value } as i64)
}

/// The powers of ten by which a division of whole numbers below 2^53 rounds only once.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The double that `text` stands for. Decimals of up to 15 digits are one exact division; the others take the long way.
#[inline]
pub(super) fn double(text: &[u8]) -> f64 {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let (mut value, mut places, mut has_point) = (0_u64, 0, false);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            places += usize::from(has_point);
        } else if *byte == b'.' {
            has_point = true;
        } else {
            return parsed(text);
        }
    }
    match POWERS.get(places) {
        Some(power) if digits.len() <= 16 => {
            let size = value as f64 / power;
            if digits.len() < text.len() { -size } else { size }
        }
        _ => parsed(text),
    }
}

#[cold]
fn parsed(text: &[u8]) -> f64 {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_as_the_standard_library_reads_them() {
        for text in [
            "0.0",
            "-0.0",
            "1.0",
            "12.75",
            "-99.5",
            "0.1",
            "0.3",
            "123456789012.345",
            "1234567890123.456",
            "12345678901234.5678",
            "1e300",
            "1.5e-7",
            "5e-324",
            "0.000001",
            "9007199254740993.0",
            "999999999999999.9",
        ] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(double(text.as_bytes()).to_bits(), expected.to_bits(), "{text}");
        }
        for i in 0..200_000_u64 {
            let value = (i.wrapping_mul(6_364_136_223_846_793_005) >> 20) as f64 / 1000.0;
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(double(text.as_bytes()).to_bits(), value.to_bits(), "{text}");
        }
    }

    #[test]
    fn integers_are_read_whole_and_nothing_else_is() {
        for value in [0, 1, -1, 200, i64::MAX, i64::MIN] {
            assert_eq!(whole(value.to_string().as_bytes()), Some(value));
        }
        assert_eq!(whole(b"1.0"), None);
        assert_eq!(whole(b"1e3"), None);
    }
}
