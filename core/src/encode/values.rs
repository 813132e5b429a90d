//! Encoded attributes read as typed values, for formats that do not write JSON text.
//!
//! Not for text from elsewhere: `json_reader` reads that and trusts none of it.

use super::attributes::writer::AttributeWriter;
use super::json_reader::unescaped;
use super::members::{Elements, Members as Walk, inside};
use crate::model::attributes::{Attributes, Entry, Mark, Role, TextForm};
use std::borrow::Cow;

/// A value with the type that it was recorded with.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// A double, which may be infinite or not a number.
    Float(f64),
    /// The decimal digits of an integer beyond int64.
    BigInt(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// Binary data.
    Bytes(Vec<u8>),
    /// A list; see [`List::values`].
    List(List<'a>),
    /// A map; see [`Map::members`].
    Map(Map<'a>),
}

/// Encoded bytes, where they begin in their attributes, and the marks of those.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    bytes: &'a [u8],
    at: u32,
    marks: &'a [Mark],
}

/// A list of values.
#[derive(Debug, Clone, Copy)]
pub struct List<'a>(Piece<'a>);

/// A map from texts to values.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a>(Piece<'a>);

/// The members of `attributes`, in order.
pub fn members(attributes: &Attributes) -> impl Iterator<Item = (Cow<'_, str>, Value<'_>)> {
    attributes.entries.iter().map(|entry| (key(attributes, entry), value(attributes, entry)))
}

/// The key of one entry.
#[must_use]
pub fn key<'a>(attributes: &'a Attributes, entry: &Entry) -> Cow<'a, str> {
    let fragment = attributes.fragment(entry);
    unescaped(fragment.strip_prefix(b",\"").and_then(|rest| rest.strip_suffix(b"\":")).unwrap_or_default())
}

/// The value of one entry.
#[must_use]
pub fn value<'a>(attributes: &'a Attributes, entry: &Entry) -> Value<'a> {
    Piece { bytes: attributes.value(entry), at: entry.value, marks: &attributes.marks }.value()
}

impl<'a> List<'a> {
    /// The elements, in order.
    pub fn values(self) -> impl Iterator<Item = Value<'a>> {
        Elements::of(self.0.bytes).map(move |element| self.0.part(element).value())
    }
}

impl<'a> Map<'a> {
    /// The members, in order.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        let members = Walk::of(self.0.bytes).into_iter().flatten();
        members.map(move |(key, value)| (unescaped(key), self.0.part(value).value()))
    }
}

impl<'a> Piece<'a> {
    /// A piece of this one.
    fn part(self, bytes: &'a [u8]) -> Self {
        let offset = (bytes.as_ptr() as usize).saturating_sub(self.bytes.as_ptr() as usize);
        Self { bytes, at: self.at + offset as u32, ..self }
    }

    fn form(self) -> Option<TextForm> {
        let found = self.marks.binary_search_by_key(&self.at, |mark| mark.at).ok()?;
        self.marks.get(found).map(|mark| mark.form)
    }

    fn value(self) -> Value<'a> {
        match self.bytes.first() {
            Some(b'"') => self.text(),
            Some(b'[') => Value::List(List(self)),
            Some(b'{') => Value::Map(Map(self)),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'-' | b'0'..=b'9') => number(std::str::from_utf8(self.bytes).unwrap_or_default()),
            _ => Value::Null,
        }
    }

    fn text(self) -> Value<'a> {
        let inside = inside(self.bytes).unwrap_or_default();
        let plain = std::str::from_utf8(inside).unwrap_or_default();
        match self.form() {
            None => Value::Text(unescaped(inside)),
            Some(TextForm::BigInt) => Value::BigInt(plain),
            Some(TextForm::NonFinite) => Value::Float(match plain {
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                _ => f64::NAN,
            }),
            Some(TextForm::Bytes) => Value::Bytes(super::base64::read(inside)),
        }
    }
}

/// Writes the members of a log's `attributes` again, under the rules of `writer`.
pub(crate) fn copy(attributes: &Attributes, writer: &mut AttributeWriter<'_>) {
    for entry in &attributes.entries {
        let key = key(attributes, entry);
        // The writer puts the underscore behind a reserved name again.
        let given = key.strip_suffix('_').filter(|_| entry.role == Role::Reserved);
        writer.key(given.unwrap_or(&key));
        write(&value(attributes, entry), writer);
    }
}

fn write(value: &Value<'_>, writer: &mut AttributeWriter<'_>) {
    match value {
        Value::Null => writer.null(),
        Value::Bool(value) => writer.bool(*value),
        Value::Int(value) => writer.int(*value),
        Value::Float(value) => writer.float(*value),
        Value::BigInt(digits) => writer.big_int(digits),
        Value::Text(text) => writer.str(text),
        Value::Bytes(bytes) => writer.bytes(bytes),
        Value::List(list) => {
            if writer.begin_list() {
                for value in list.values() {
                    if !writer.more() {
                        break;
                    }
                    write(&value, writer);
                }
                writer.end_list();
            }
        }
        Value::Map(map) => {
            if writer.begin_map() {
                for (key, value) in map.members() {
                    if !writer.more() {
                        break;
                    }
                    writer.key(&key);
                    write(&value, writer);
                }
                writer.end_map();
            }
        }
    }
}

fn number(text: &str) -> Value<'_> {
    match text.parse::<i64>() {
        Ok(whole) => Value::Int(whole),
        Err(_) => Value::Float(text.parse().unwrap_or(f64::NAN)),
    }
}

#[cfg(test)]
#[path = "values_tests.rs"]
mod tests;
