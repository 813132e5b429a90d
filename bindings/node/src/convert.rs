//! Reads attributes out of columns into the core's writer: the members of a form, and values with tags.
//! Not for limits, redaction or escaping, which are the core's, nor for walking JavaScript objects: see lib/values/write_value.ts.

use crate::columns::Reader;
use crate::forms::{Kind, Member};
use crate::wire::{mark, most, tag};
use vigie_core::host::rfc3339_of_data;
use vigie_core::model::error_info::{CAUSE_DEPTH, MEMBERS, MOST_ERRORS};
use vigie_core::{AttributeWriter, ErrorInfo, LogRecord};

// JavaScript hands over all that the core keeps of an error, and with one member more than that it also sees the excess.
const _: () = assert!(
    most::ERROR_DEPTH == CAUSE_DEPTH && most::MEMBERS > MEMBERS && most::ERRORS >= 2 * MOST_ERRORS,
    "the bounds of wire.rs and those of the core"
);

/// The greatest integer below which every whole double is exact.
const SAFE: u64 = (1 << 53) - 1;

/// Writes the members of a form. `are_current` says whether its keys were resolved under the rules in force.
#[inline]
pub fn members(
    reader: &mut Reader<'_>,
    form: &[Member],
    are_current: bool,
    writer: &mut AttributeWriter<'_>,
) {
    for member in form {
        if member.kind == Kind::Rest {
            return tagged_members(reader, writer);
        }
        if are_current {
            writer.cached_key(&member.key);
        } else {
            writer.key(&member.name);
        }
        match member.kind {
            Kind::Str => text(reader, writer),
            Kind::Number => number(reader.num(), writer),
            Kind::Bool => writer.bool(reader.int() != 0),
            Kind::Null => writer.null(),
            Kind::Tagged | Kind::Rest => {
                let tag = reader.int();
                value(tag, reader, writer);
            }
        }
    }
}

/// Passes over the members of a form.
pub fn skip_members(reader: &mut Reader<'_>, form: &[Member]) {
    for member in form {
        match member.kind {
            Kind::Str => _ = reader.piece(),
            Kind::Number => _ = reader.num(),
            Kind::Bool => _ = reader.int(),
            Kind::Null => {}
            Kind::Tagged => {
                let tag = reader.int();
                skip(tag, reader);
            }
            Kind::Rest => skip_to_end(reader),
        }
    }
}

/// Writes key and value pairs up to the end tag.
pub fn tagged_members(reader: &mut Reader<'_>, writer: &mut AttributeWriter<'_>) {
    while let Some(tag::KEY) = reader.next() {
        key(reader, writer);
        let tag = reader.int();
        value(tag, reader, writer);
    }
}

#[inline]
fn key(reader: &mut Reader<'_>, writer: &mut AttributeWriter<'_>) {
    match reader.decoded() {
        Ok(text) => writer.key(text),
        Err(units) => writer.key_utf16_lossy(units),
    }
}

#[inline]
fn text(reader: &mut Reader<'_>, writer: &mut AttributeWriter<'_>) {
    match reader.decoded() {
        Ok(text) => writer.str(text),
        Err(units) => writer.utf16_lossy(units),
    }
}

/// A whole number within JavaScript's safe integers is an integer (so is -0), any other one a double.
#[inline]
fn number(value: f64, writer: &mut AttributeWriter<'_>) {
    let whole = value as i64;
    if whole as f64 == value && whole.unsigned_abs() <= SAFE {
        writer.int(whole);
    } else {
        writer.float(value);
    }
}

fn value(tag: i32, reader: &mut Reader<'_>, writer: &mut AttributeWriter<'_>) {
    match tag {
        tag::STR => text(reader, writer),
        tag::NUM => number(reader.num(), writer),
        tag::TRUE | tag::FALSE => writer.bool(tag == tag::TRUE),
        tag::NULL => writer.null(),
        tag::BIG => big(&reader.piece().lossy(), writer),
        tag::BYTES => {
            let length = reader.size();
            writer.bytes(&reader.bytes(length));
        }
        tag::MAP if writer.begin_map() => {
            map(reader, writer);
            writer.end_map();
        }
        tag::LIST if writer.begin_list() => {
            list(reader, writer);
            writer.end_list();
        }
        tag::MAP | tag::LIST => skip_to_end(reader),
        tag::MARK => writer.marker(marker(reader.int())),
        tag::TIME => time(reader.num(), writer),
        _ => writer.null(),
    }
}

/// A BigInt within int64 is an integer, beyond it a decimal string.
fn big(decimal: &str, writer: &mut AttributeWriter<'_>) {
    match decimal.parse() {
        Ok(value) => writer.int(value),
        Err(_) => writer.big_int(decimal),
    }
}

/// A time is the text that time stamps are. JavaScript writes other years than this takes as text itself.
fn time(ms: f64, writer: &mut AttributeWriter<'_>) {
    writer.utf8_lossy(&rfc3339_of_data((ms as i64).saturating_mul(1_000_000)));
}

fn marker(number: i32) -> &'static str {
    match number {
        mark::CIRCULAR => "[circular]",
        mark::GETTER_THREW => "[getter threw]",
        mark::TRUNCATED => "[truncated]",
        mark::OVER_BUDGET => "[over budget]",
        _ => "",
    }
}

fn map(reader: &mut Reader<'_>, writer: &mut AttributeWriter<'_>) {
    while let Some(tag::KEY) = reader.next() {
        if !writer.more() {
            _ = reader.piece();
            let tag = reader.int();
            skip(tag, reader);
            return skip_to_end(reader);
        }
        key(reader, writer);
        let tag = reader.int();
        value(tag, reader, writer);
    }
}

fn list(reader: &mut Reader<'_>, writer: &mut AttributeWriter<'_>) {
    while let Some(tag) = reader.next().filter(|tag| *tag != tag::END) {
        if !writer.more() {
            skip(tag, reader);
            return skip_to_end(reader);
        }
        value(tag, reader, writer);
    }
}

/// Passes over one value.
fn skip(tag: i32, reader: &mut Reader<'_>) {
    match tag {
        tag::STR | tag::BIG => _ = reader.piece(),
        tag::NUM | tag::TIME => _ = reader.num(),
        tag::TRUE | tag::FALSE | tag::NULL => {}
        tag::BYTES => {
            let length = reader.size();
            _ = reader.bytes(length);
        }
        tag::MAP | tag::LIST => skip_to_end(reader),
        tag::MARK => _ = reader.int(),
        _ => {}
    }
}

/// Passes over everything up to the end of the container that is open.
pub fn skip_to_end(reader: &mut Reader<'_>) {
    while let Some(tag) = reader.next().filter(|tag| *tag != tag::END) {
        match tag {
            tag::KEY => _ = reader.piece(),
            other => skip(other, reader),
        }
    }
}

/// The error of a record with its causes and members, as `log_ints` describes them. JavaScript bounds how deep they go.
pub fn error(reader: &mut Reader<'_>, record: &LogRecord<'_>) -> ErrorInfo {
    let mut error = ErrorInfo {
        type_name: reader.piece().lossy().into_owned(),
        message: reader.piece().lossy().into_owned(),
        stack: reader.stack().lossy().into_owned(),
        ..ErrorInfo::default()
    };
    tagged_members(reader, &mut record.error_scribe().attributes(&mut error));
    let (has_cause, members) = (reader.int() != 0, reader.size());
    error.cause = has_cause.then(|| Box::new(self::error(reader, record)));
    error.errors = (0..members.min(most::MEMBERS)).map(|_| self::error(reader, record)).collect();
    error
}

/// Passes over the error of a record.
pub fn skip_error(reader: &mut Reader<'_>) {
    for _text in 0..2 {
        _ = reader.piece();
    }
    _ = reader.stack();
    skip_to_end(reader);
    let (has_cause, members) = (reader.int() != 0, reader.size());
    for _ in 0..usize::from(has_cause) + members.min(most::MEMBERS) {
        skip_error(reader);
    }
}
