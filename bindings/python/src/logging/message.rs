//! The message of a record as `LogRecord.getMessage` makes it, and what it was made from.
//! Not for its attributes: see `record`.

use super::complaint::{complain, in_words};
use super::fields::{Field, Fields};
use crate::convert::{Guarded, is_text, text_of_error, utf8, with_text, with_text_of};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple, PyType};
use std::borrow::Cow;

/// A message.
pub(super) struct Message<'a> {
    pub(super) text: Cow<'a, str>,
    /// What it was filled from.
    pub(super) template: Option<Cow<'a, str>>,
    /// Why it could not be filled.
    pub(super) failure: Option<String>,
}

impl<'a> Message<'a> {
    pub(super) fn of_text(text: Cow<'a, str>) -> Self {
        Self { text, template: None, failure: None }
    }
}

/// The message of a record.
#[inline]
pub(super) fn message<'a, 'py>(
    record: Borrowed<'_, 'py, PyAny>,
    fields: &'a Fields<'py>,
    guarded: &mut Guarded,
) -> Message<'a> {
    let Some(msg) = fields.get(Field::Msg) else {
        return Message::of_text(Cow::Borrowed("None"));
    };
    if !is_plain(record) {
        return made_by_the_record(record, msg, guarded);
    }
    let args = fields.get(Field::Args).filter(|args| !is_empty(*args));
    match args {
        Some(args) => filled(fields, msg, args, guarded),
        None => Message::of_text(text(msg, guarded)),
    }
}

/// Whether there is nothing to fill in: `getMessage` asks the same by `if self.args`.
fn is_empty(args: Borrowed<'_, '_, PyAny>) -> bool {
    if let Ok(args) = args.cast::<PyTuple>() {
        return args.is_empty();
    }
    !args.is_truthy().unwrap_or(true)
}

/// The text of a message: a `str` as it lies there, of another object what `str()` says.
#[inline]
pub(super) fn text<'a>(msg: Borrowed<'a, '_, PyAny>, guarded: &mut Guarded) -> Cow<'a, str> {
    if !is_text(msg) {
        return Cow::Owned(text_of_error(msg, guarded).unwrap_or_else(str::to_owned));
    }
    match utf8(msg) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(with_text(msg, str::to_owned)),
    }
}

/// `str(msg) % args`.
fn filled<'a, 'py>(
    fields: &'a Fields<'py>,
    msg: Borrowed<'a, 'py, PyAny>,
    args: Borrowed<'_, 'py, PyAny>,
    guarded: &mut Guarded,
) -> Message<'a> {
    let py = msg.py();
    let template = text(msg, guarded);
    let made = match msg.cast::<PyString>() {
        Ok(msg) => remainder(msg.as_any().as_borrowed(), args),
        Err(_) => remainder(PyString::new(py, &template).as_any().as_borrowed(), args),
    };
    match made {
        Ok(made) => {
            let made = with_text_of(made.as_borrowed(), guarded, str::to_owned);
            let differs = made != template;
            Message { text: Cow::Owned(made), template: differs.then_some(template), failure: None }
        }
        Err(error) => {
            let failure = in_words(py, &error);
            complain(py, || complaint(fields, &template, &failure, guarded));
            guarded.ignore::<()>(|| Err(error));
            Message { text: template, template: None, failure: Some(failure) }
        }
    }
}

/// `msg % args` where `msg` is a `str`; a subclass may have its own way.
fn remainder<'py>(
    msg: Borrowed<'_, 'py, PyAny>,
    args: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both objects are alive; a new reference comes back, or null with an exception.
    unsafe { Bound::from_owned_ptr_or_err(msg.py(), ffi::PyNumber_Remainder(msg.as_ptr(), args.as_ptr())) }
}

fn complaint(fields: &Fields<'_>, template: &str, failure: &str, guarded: &mut Guarded) -> String {
    let mut part =
        |field| fields.get(field).map(|part| with_text_of(part, guarded, str::to_owned)).unwrap_or_default();
    let (name, path, line) = (part(Field::Name), part(Field::PathName), part(Field::LineNo));
    let template: String = template.chars().take(200).collect();
    format!("logging: the arguments do not fit {template:?} (logger {name}, {path}:{line}): {failure}")
}

/// Whether the record makes its message as `LogRecord` does.
fn is_plain(record: Borrowed<'_, '_, PyAny>) -> bool {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = record.py();
    let class = CLASS.get_or_try_init(py, || {
        let class = py.import("logging")?.getattr("LogRecord")?.cast_into::<PyType>()?;
        PyResult::Ok(class.unbind())
    });
    let Ok(class) = class.map(|class| class.bind(py)) else { return true };
    let own = record.get_type();
    own.is(class)
        || match (own.getattr(intern!(py, "getMessage")), class.getattr(intern!(py, "getMessage"))) {
            (Ok(own), Ok(known)) => own.is(&known),
            _ => true,
        }
}

/// What the record's own `getMessage` says.
#[cold]
fn made_by_the_record<'a, 'py>(
    record: Borrowed<'_, 'py, PyAny>,
    msg: Borrowed<'a, 'py, PyAny>,
    guarded: &mut Guarded,
) -> Message<'a> {
    let template = text(msg, guarded);
    match record.call_method0(intern!(record.py(), "getMessage")) {
        Ok(made) => {
            let made = with_text_of(made.as_borrowed(), guarded, str::to_owned);
            let differs = made != template;
            Message { text: Cow::Owned(made), template: differs.then_some(template), failure: None }
        }
        Err(error) => {
            let py = record.py();
            let failure = in_words(py, &error);
            complain(py, || format!("logging: getMessage of {}: {failure}", record.get_type()));
            guarded.ignore::<()>(|| Err(error));
            Message { text: template, template: None, failure: Some(failure) }
        }
    }
}
