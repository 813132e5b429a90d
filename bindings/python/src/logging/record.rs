//! One record of `logging` as a log record of Vigie.
//! Not for whether a handler takes it: see `handler`.

use super::access;
use super::fields::{Field, Fields};
use super::loggers::LOGGERS;
use super::message::{Message, message};
use crate::convert::{Guarded, is_text, member, members_of, number, utf8, value, with_text, with_text_of};
use crate::{current, error, host, levels, threads};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::borrow::Cow;
use std::cell::Cell;
use vigie_core::{AttributeWriter, LogRecord};

/// So many records may be in the making at once in one thread, each by the code that an attribute of the one before it
/// runs. What a record beyond that consists of is not asked for its text any more.
const DEEPEST: u8 = 8;

thread_local! {
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

/// Counts a record in the making for as long as it lives.
struct Nested(u8);

impl Nested {
    fn begin() -> Self {
        let depth = DEPTH.get();
        DEPTH.set(depth.saturating_add(1));
        Self(depth)
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        DEPTH.set(self.0);
    }
}

/// Writes a record; `location` asks for the place in the program too. `Err` is only an interruption of the program.
pub(super) fn write(record: Borrowed<'_, '_, PyAny>, location: bool) -> PyResult<()> {
    let py = record.py();
    host::begin(py);
    let Some(fields) = Fields::of(record) else { return Ok(()) };
    let mut guarded = Guarded::new();
    let name = match fields.get(Field::Name) {
        Some(name) => match utf8_of(name) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(with_text_of(name, &mut guarded, str::to_owned)),
        },
        None => Cow::Borrowed("root"),
    };
    LOGGERS.with(&name, |logger| {
        let level = level(&fields);
        if let Some(made) = logger.record_let_through(levels::severity(level)) {
            let nested = Nested::begin();
            let parts = Parts { py, name: &name, level, record, fields: &fields, location };
            if nested.0 < DEEPEST { parts.write(made, &mut guarded) } else { parts.write_barely(made) }
        }
    });
    guarded.finish()
}

fn utf8_of<'a>(text: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    if is_text(text) { utf8(text) } else { None }
}

fn level(fields: &Fields<'_>) -> i64 {
    match fields.get(Field::LevelNo).and_then(number) {
        Some(vigie_core::Number::Int(level)) => level,
        _ => 20,
    }
}

/// What a record is made from.
struct Parts<'a, 'py> {
    py: Python<'py>,
    name: &'a str,
    level: i64,
    record: Borrowed<'a, 'py, PyAny>,
    fields: &'a Fields<'py>,
    location: bool,
}

impl Parts<'_, '_> {
    fn write(&self, made: LogRecord<'_>, guarded: &mut Guarded) {
        let current = current::get(self.py);
        let kept = self.fields.get(Field::Context);
        let kept = kept.as_ref().and_then(|kept| current::of(kept));
        let dict = self.fields.get(Field::Msg).filter(|msg| msg.is_exact_instance_of::<PyDict>());
        let (message, key) = match dict {
            Some(dict) => {
                let key =
                    if self.fields.get(Field::StructlogsLogger).is_some() { "event" } else { "message" };
                (Message::of_text(member_text(dict, key, guarded)), key)
            }
            None => (message(self.record, self.fields, guarded), ""),
        };
        // It borrows from what stands above.
        let mut made = made;
        made.set_context(kept.unwrap_or_else(|| current.context()));
        if let Some(created) = self.created_ns() {
            made.happened_at_ns(created);
        }
        made.message(&message.text);
        if let Some(template) = &message.template {
            made.filled_from(template);
        }
        {
            let mut writer = made.attributes();
            if let Some(dict) = dict {
                members_without(&mut writer, dict, key, guarded);
            }
            self.fields.each_extra(|key, value| member(&mut writer, key, value, guarded));
            self.arguments(&mut writer, guarded);
            self.rest(&mut writer, guarded);
            if let Some(failure) = &message.failure {
                writer.key("format_error");
                writer.str(failure);
            }
        }
        if let Some(thrown) = self.thrown(&made, guarded) {
            made.error(thrown);
        }
        threads::tell_of(self.record, &made);
        made.emit();
    }

    /// Without running any code of the program.
    #[cold]
    fn write_barely(&self, made: LogRecord<'_>) {
        let current = current::get(self.py);
        let text = self.fields.get(Field::Msg).and_then(utf8_of).unwrap_or_default();
        let mut made = made;
        made.set_context(current.context());
        made.message(text);
        made.emit();
    }

    fn created_ns(&self) -> Option<i64> {
        // A float tells microseconds of these decades; more digits of it would be made up.
        match self.fields.get(Field::Created).and_then(number)? {
            vigie_core::Number::Float(seconds) if seconds.is_finite() => {
                Some(((seconds * 1e6).round() as i64).saturating_mul(1_000))
            }
            vigie_core::Number::Int(seconds) => Some(seconds.saturating_mul(1_000_000_000)),
            vigie_core::Number::Float(_) => None,
        }
    }

    /// The arguments that filled the message: those of a mapping by their names, others as the list `args`.
    fn arguments(&self, writer: &mut AttributeWriter<'_>, guarded: &mut Guarded) {
        let Some(args) = self.fields.get(Field::Args) else { return };
        if let Ok(tuple) = args.cast::<PyTuple>() {
            if tuple.is_empty() || (self.name == access::LOGGER && access::write(writer, args, guarded)) {
                return;
            }
            writer.key("args");
            value(writer, args, guarded);
        } else if args.is_instance_of::<PyDict>() {
            members_of(writer, args, guarded);
        } else if args.is_truthy().unwrap_or(false) {
            writer.key("args");
            value(writer, args, guarded);
        }
    }

    /// What a record has beside message and attributes.
    fn rest(&self, writer: &mut AttributeWriter<'_>, guarded: &mut Guarded) {
        if !matches!(self.level, 10 | 20 | 30 | 40 | 50) {
            self.one(writer, "level_name", Field::LevelName, guarded);
        }
        if self.location {
            self.one(writer, "code.file.path", Field::PathName, guarded);
            self.one(writer, "code.line.number", Field::LineNo, guarded);
            self.one(writer, "code.function.name", Field::FuncName, guarded);
        }
        self.one(writer, "code.stacktrace", Field::StackInfo, guarded);
    }

    fn one(&self, writer: &mut AttributeWriter<'_>, key: &str, field: Field, guarded: &mut Guarded) {
        if let Some(found) = self.fields.get(field) {
            writer.key(key);
            value(writer, found, guarded);
        }
    }

    /// The error, or what is left of one that was made a text on its way.
    fn thrown(&self, made: &LogRecord<'_>, guarded: &mut Guarded) -> Option<vigie_core::ErrorInfo> {
        if let Some(given) = self.fields.get(Field::ExcInfo) {
            // Beside it, a text is what another handler's formatter left.
            return error::from_exc_info(given, Some(made.error_scribe()), guarded);
        }
        self.fields.get(Field::ExcText).map(|text| with_text_of(text, guarded, error::from_traceback))
    }
}

/// The text of a dict's member.
#[cold]
fn member_text(dict: Borrowed<'_, '_, PyAny>, key: &str, guarded: &mut Guarded) -> Cow<'static, str> {
    let found = dict.cast::<PyDict>().ok().and_then(|dict| dict.get_item(key).ok().flatten());
    found
        .map(|found| Cow::Owned(with_text_of(found.as_borrowed(), guarded, str::to_owned)))
        .unwrap_or_default()
}

/// Writes the members of a dict but one.
#[cold]
fn members_without(
    writer: &mut AttributeWriter<'_>,
    dict: Borrowed<'_, '_, PyAny>,
    without: &str,
    guarded: &mut Guarded,
) {
    // A copy, since code of the program may change the dict meanwhile.
    let Ok(dict) = dict.cast::<PyDict>().map_err(drop).and_then(|dict| dict.copy().map_err(drop)) else {
        return;
    };
    for (key, value) in dict {
        if !is_text(key.as_borrowed()) || with_text(key.as_borrowed(), |key| key != without) {
            member(writer, key.as_borrowed(), value.as_borrowed(), guarded);
        }
    }
}
