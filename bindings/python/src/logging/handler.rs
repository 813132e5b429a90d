//! `handle` and `emit` of the class `vigie.logging.Handler`, which the standard library's `Logger` calls.
//! Not for what is written: see `record`.

use super::complaint::{complain, in_words};
use super::record;
use crate::convert::Guarded;
use crate::raw::{Call, Entry, Methods, none};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyList, PyType};
use std::ffi::CStr;

/// Whether the handler asks for the place in the program.
fn location(handler: &Bound<'_, PyAny>) -> bool {
    handler
        .getattr(intern!(handler.py(), "location"))
        .is_ok_and(|location| location.is_truthy().unwrap_or(false))
}

/// `Handler.emit(record)`.
struct Emit;

impl Entry for Emit {
    const NAME: &'static CStr = c"emit";
    const DOC: &'static CStr = c"emit($self, record, /)\n--\n\nWrites the record, whatever the filters say.";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        if let Some(record) = call.arg(0) {
            record::write(record, location(&call.this_object()))?;
        }
        none()
    }
}

/// `Handler.handle(record)`.
struct Handle;

impl Entry for Handle {
    const NAME: &'static CStr = c"handle";
    const DOC: &'static CStr = c"handle($self, record, /)\n--\n\n\
        Writes the record if the handler's filters let it pass; whether they did. No lock is taken.";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        let handler = call.this_object();
        let Some(record) = call.arg(0) else { return none() };
        let answer = match passed(&handler, record)? {
            Passed::Itself => {
                record::write(record, location(&handler))?;
                true
            }
            Passed::Another(record) => {
                record::write(record.as_borrowed(), location(&handler))?;
                true
            }
            Passed::Nothing => false,
        };
        Ok(PyBool::new(call.py(), answer).to_owned().into_any().into_ptr())
    }
}

/// What the filters leave of a record.
enum Passed<'py> {
    Itself,
    /// From Python 3.12 on a filter may put another in its place.
    Another(Bound<'py, PyAny>),
    Nothing,
}

#[inline]
fn passed<'py>(handler: &Bound<'py, PyAny>, record: Borrowed<'_, 'py, PyAny>) -> PyResult<Passed<'py>> {
    match handler.getattr(intern!(handler.py(), "filters")) {
        Ok(filters) if filters.cast_exact::<PyList>().is_ok_and(|filters| filters.is_empty()) => {
            Ok(Passed::Itself)
        }
        _ => filtered(handler, record),
    }
}

#[cold]
fn filtered<'py>(handler: &Bound<'py, PyAny>, record: Borrowed<'_, 'py, PyAny>) -> PyResult<Passed<'py>> {
    let py = handler.py();
    match handler.call_method1(intern!(py, "filter"), (record,)) {
        Ok(answer) if answer.is_instance_of::<PyBool>() || answer.is_none() => {
            Ok(if answer.is_truthy()? { Passed::Itself } else { Passed::Nothing })
        }
        Ok(answer) if answer.hasattr(intern!(py, "levelno")).unwrap_or(false) => Ok(Passed::Another(answer)),
        Ok(answer) => Ok(if answer.is_truthy().unwrap_or(true) { Passed::Itself } else { Passed::Nothing }),
        // A record is worth more than the filter's opinion of it, and the program more than the filter's fault.
        Err(error) => {
            complain(py, || format!("logging: a filter failed: {}", in_words(py, &error)));
            let mut guarded = Guarded::new();
            guarded.ignore::<()>(|| Err(error));
            guarded.finish()?;
            Ok(Passed::Itself)
        }
    }
}

/// Gives a class, which is a handler of `logging`, the methods ``handle`` and ``emit``.
#[pyfunction]
#[pyo3(signature = (class_, /))]
pub(super) fn make_handler(class_: &Bound<'_, PyType>) -> PyResult<()> {
    Methods::on(class_).add::<Handle>()?.add::<Emit>()?;
    Ok(())
}
