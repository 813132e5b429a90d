//! Python values on their way into attributes: exact built-in scalars at once, everything else
//! in cold functions. Not for limits, redaction or escaping: `AttributeWriter` settles those.

mod guarded;
mod kinds;
mod objects;
mod scalars;
mod tape;
mod text;
mod walk;

use pyo3::ffi;
use pyo3::prelude::*;
use vigie_core::AttributeWriter;

pub(crate) use guarded::Guarded;
pub(crate) use scalars::number;
pub(crate) use tape::Tape;
pub(crate) use text::{bounded_text, text_of, utf8, utf16, with_text, with_text_of};

/// Where converted values go: an attribute writer, or a tape that is played back later.
pub(crate) trait Sink {
    fn key(&mut self, key: &str);
    fn key_utf16(&mut self, key: &[u16]);
    fn str(&mut self, value: &str);
    fn utf16(&mut self, value: &[u16]);
    fn int(&mut self, value: i64);
    fn big_int(&mut self, decimal: &str);
    fn float(&mut self, value: f64);
    fn bool(&mut self, value: bool);
    fn null(&mut self);
    fn bytes(&mut self, value: &[u8]);
    /// False: the value is written already, its children are skipped and nothing is closed.
    fn begin_map(&mut self) -> bool;
    fn end_map(&mut self);
    /// As [`Sink::begin_map`].
    fn begin_list(&mut self) -> bool;
    fn end_list(&mut self);
    /// Whether another child of the open container may follow.
    fn more(&mut self) -> bool;
    fn marker(&mut self, text: &'static str);
    /// Whether the value is masked anyway, so that converting it would be in vain.
    fn masked(&self) -> bool;
}

impl Sink for AttributeWriter<'_> {
    #[inline]
    fn key(&mut self, key: &str) {
        AttributeWriter::key(self, key);
    }
    fn key_utf16(&mut self, key: &[u16]) {
        self.key_utf16_lossy(key);
    }
    #[inline]
    fn str(&mut self, value: &str) {
        AttributeWriter::str(self, value);
    }
    fn utf16(&mut self, value: &[u16]) {
        self.utf16_lossy(value);
    }
    #[inline]
    fn int(&mut self, value: i64) {
        AttributeWriter::int(self, value);
    }
    fn big_int(&mut self, decimal: &str) {
        AttributeWriter::big_int(self, decimal);
    }
    #[inline]
    fn float(&mut self, value: f64) {
        AttributeWriter::float(self, value);
    }
    #[inline]
    fn bool(&mut self, value: bool) {
        AttributeWriter::bool(self, value);
    }
    #[inline]
    fn null(&mut self) {
        AttributeWriter::null(self);
    }
    fn bytes(&mut self, value: &[u8]) {
        AttributeWriter::bytes(self, value);
    }
    fn begin_map(&mut self) -> bool {
        AttributeWriter::begin_map(self)
    }
    fn end_map(&mut self) {
        AttributeWriter::end_map(self);
    }
    fn begin_list(&mut self) -> bool {
        AttributeWriter::begin_list(self)
    }
    fn end_list(&mut self) {
        AttributeWriter::end_list(self);
    }
    fn more(&mut self) -> bool {
        AttributeWriter::more(self)
    }
    fn marker(&mut self, text: &'static str) {
        AttributeWriter::marker(self, text);
    }
    fn masked(&self) -> bool {
        AttributeWriter::masked(self)
    }
}

/// Writes one value behind a key that was written already.
///
/// `guarded` carries the record's time budget and an interruption that a user's code raised.
#[inline]
pub(crate) fn value<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !scalar(sink, value) {
        walk::any(sink, value, guarded);
    }
}

/// Writes the value if it is an exact `str`, `int`, `float`, `bool` or None; no user code runs.
#[inline]
pub(crate) fn scalar<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>) -> bool {
    let object = value.as_ptr();
    // SAFETY: the object is alive and the exact type of each branch was checked.
    unsafe {
        let class = ffi::Py_TYPE(object);
        if class == &raw mut ffi::PyUnicode_Type {
            text::write(sink, value);
        } else if class == &raw mut ffi::PyLong_Type {
            scalars::int(sink, value);
        } else if class == &raw mut ffi::PyFloat_Type {
            sink.float(ffi::PyFloat_AS_DOUBLE(object));
        } else if class == &raw mut ffi::PyBool_Type {
            sink.bool(object == ffi::Py_True());
        } else if object == ffi::Py_None() {
            sink.null();
        } else {
            return false;
        }
    }
    true
}

/// Whether it is a `str` or an instance of a subclass.
#[inline]
pub(crate) fn is_text(value: Borrowed<'_, '_, PyAny>) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::PyUnicode_Check(value.as_ptr()) != 0 }
}

/// Writes a key that [`is_text`]; no user code runs.
#[inline]
pub(crate) fn text_key<S: Sink>(sink: &mut S, key: Borrowed<'_, '_, PyAny>) {
    text::write_key(sink, key);
}

/// Records one member, whatever key and value are.
#[cold]
pub(crate) fn tape_of(
    key: Borrowed<'_, '_, PyAny>,
    member: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) -> Tape {
    let mut tape = Tape::new();
    Python::attach(|_| walk::write_key(&mut tape, key, guarded));
    value(&mut tape, member, guarded);
    tape
}

/// Writes the members of a dict or another mapping as members of what is open in the sink.
#[cold]
pub(crate) fn members_of<S: Sink>(sink: &mut S, mapping: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    Python::attach(|_| walk::members_of(sink, mapping, guarded));
}

/// Whether [`scalar`] would take the value.
#[inline]
pub(crate) fn is_scalar(value: Borrowed<'_, '_, PyAny>) -> bool {
    let object = value.as_ptr();
    // SAFETY: the object is alive; only addresses are compared.
    unsafe {
        let class = ffi::Py_TYPE(object);
        class == &raw mut ffi::PyUnicode_Type
            || class == &raw mut ffi::PyLong_Type
            || class == &raw mut ffi::PyFloat_Type
            || class == &raw mut ffi::PyBool_Type
            || object == ffi::Py_None()
    }
}
