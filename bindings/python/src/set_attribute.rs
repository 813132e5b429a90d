//! Setting one attribute of a span, the most frequent call on one. Not for several at once: see `tracer`.

use crate::convert::{self, Guarded, is_scalar};
use crate::raw::{Call, Entry, Methods, none};
use crate::tracer::Span;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;

struct SetAttribute;

impl Entry for SetAttribute {
    const NAME: &'static CStr = c"set_attribute";
    const DOC: &'static CStr = c"set_attribute($self, key, value, /)\n--\n\n\
        Sets one attribute: ``key`` is a ``str``, ``value`` of any type. A key set before takes the new value.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Span` below.
        let span = unsafe { call.this::<Span>() };
        let (Some(key), Some(value)) = (call.arg(0), call.arg(1)) else { return none() };
        if convert::is_text(key) && is_scalar(value) {
            span.with(|span| {
                span.attributes(|writer| {
                    convert::text_key(writer, key);
                    convert::scalar(writer, value);
                });
            });
            return none();
        }
        set_any_attribute(span, key, value)?;
        none()
    }
}

#[cold]
fn set_any_attribute(
    span: &Span,
    key: Borrowed<'_, '_, PyAny>,
    value: Borrowed<'_, '_, PyAny>,
) -> PyResult<()> {
    let mut guarded = Guarded::new();
    let tape = convert::tape_of(key, value, &mut guarded);
    span.with(|span| span.attributes(|writer| tape.play(writer)));
    guarded.finish()
}

/// Adds the method to the class, which is in the module already.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    Methods::of::<Span>(py).add::<SetAttribute>()?;
    Ok(())
}
