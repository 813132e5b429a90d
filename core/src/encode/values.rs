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

/// An encoded value as it stands in its attributes, for formats that copy more than they read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Encoded<'a> {
    /// The JSON text.
    pub(super) bytes: &'a [u8],
    /// Where it begins in its attributes.
    at: u32,
    /// The marks of those.
    marks: &'a [Mark],
}

/// A list of values.
#[derive(Debug, Clone, Copy)]
pub struct List<'a>(Encoded<'a>);

/// A map from texts to values.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a>(Encoded<'a>);

/// The members of `attributes`, in order.
pub fn members(attributes: &Attributes) -> impl Iterator<Item = (Cow<'_, str>, Value<'_>)> {
    attributes.entries.iter().map(|entry| (key(attributes, entry), value(attributes, entry)))
}

/// The key of one entry.
#[must_use]
pub fn key<'a>(attributes: &'a Attributes, entry: &Entry) -> Cow<'a, str> {
    unescaped(encoded_key(attributes, entry))
}

/// The key of one entry as the inside of a JSON string.
#[inline]
pub(super) fn encoded_key<'a>(attributes: &'a Attributes, entry: &Entry) -> &'a [u8] {
    // Between `,"` and `":`.
    let range = entry.start as usize + 2..(entry.value as usize).saturating_sub(2);
    attributes.bytes.get(range).unwrap_or_default()
}

/// The value of one entry.
#[must_use]
pub fn value<'a>(attributes: &'a Attributes, entry: &Entry) -> Value<'a> {
    Encoded::of(attributes, entry).value()
}

impl<'a> List<'a> {
    /// The elements, in order.
    pub fn values(self) -> impl Iterator<Item = Value<'a>> {
        self.0.elements().map(Encoded::value)
    }
}

impl<'a> Map<'a> {
    /// The members, in order.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        self.0.members().map(|(key, value)| (unescaped(key), value.value()))
    }
}

impl<'a> Encoded<'a> {
    /// The value of one entry.
    #[inline]
    pub(super) fn of(attributes: &'a Attributes, entry: &Entry) -> Self {
        Self { bytes: attributes.value(entry), at: entry.value, marks: &attributes.marks }
    }

    /// The elements of a list, in order; none of any other value.
    pub(super) fn elements(self) -> impl Iterator<Item = Self> {
        Elements::of(self.bytes).map(move |element| self.part(element))
    }

    /// The members of a map, in order, their keys as the insides of JSON strings; none of any other value.
    pub(super) fn members(self) -> impl Iterator<Item = (&'a [u8], Self)> {
        let members = Walk::of(self.bytes).into_iter().flatten();
        members.map(move |(key, value)| (key, self.part(value)))
    }

    /// A piece of this one.
    fn part(self, bytes: &'a [u8]) -> Self {
        let offset = (bytes.as_ptr() as usize).saturating_sub(self.bytes.as_ptr() as usize);
        Self { bytes, at: self.at + offset as u32, ..self }
    }

    /// The type that its text stands for, if it is not a text.
    #[inline]
    pub(super) fn form(self) -> Option<TextForm> {
        self.form_at(0)
    }

    /// The same of the text at an offset inside.
    #[inline]
    pub(super) fn form_at(self, offset: usize) -> Option<TextForm> {
        if self.marks.is_empty() {
            return None;
        }
        let at = self.at + offset as u32;
        let found = self.marks.binary_search_by_key(&at, |mark| mark.at).ok()?;
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
