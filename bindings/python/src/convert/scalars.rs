//! Integers beyond the fast case. Not for the choice of the case: see `convert`.

use super::Sink;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::c_int;

/// Writes an `int` or an instance of a subclass, exactly.
#[inline]
pub(super) fn int<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>) {
    let mut overflow: c_int = 0;
    // SAFETY: the object is an int; this reads its digits and runs no user code.
    let small = unsafe { ffi::PyLong_AsLongLongAndOverflow(value.as_ptr(), &mut overflow) };
    if overflow == 0 {
        sink.int(small);
    } else {
        big(sink, value);
    }
}

/// Beyond int64: the decimal digits, as far as the interpreter's own limit on them goes.
#[cold]
fn big<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>) {
    Python::attach(|py| {
        // SAFETY: the object is an int. Its own type's repr is called, not a subclass's.
        let digits = unsafe {
            let repr = ffi::PyLong_Type.tp_repr;
            repr.map(|repr| Bound::from_owned_ptr_or_err(py, repr(value.as_ptr())))
        };
        match digits {
            Some(Ok(digits)) => super::with_text(digits.as_borrowed(), |text| sink.big_int(text)),
            // More than sys.get_int_max_str_digits() digits (4300 unless changed).
            Some(Err(_)) | None => sink.marker("[integer too large]"),
        }
    });
}

/// The number in an `int` or `float`, a subclass's instance included: None when it is neither.
#[inline]
pub(crate) fn number(value: Borrowed<'_, '_, PyAny>) -> Option<vigie_core::Number> {
    let object = value.as_ptr();
    // SAFETY: the object is alive and its type is checked before its layout is used.
    unsafe {
        if ffi::PyLong_Check(object) != 0 {
            let mut overflow: c_int = 0;
            let small = ffi::PyLong_AsLongLongAndOverflow(object, &mut overflow);
            if overflow == 0 {
                return Some(vigie_core::Number::Int(small));
            }
            let wide = ffi::PyLong_AsDouble(object);
            if !ffi::PyErr_Occurred().is_null() {
                ffi::PyErr_Clear();
                return Some(vigie_core::Number::Float(f64::NAN));
            }
            return Some(vigie_core::Number::Float(wide));
        }
        if ffi::PyFloat_Check(object) != 0 {
            return Some(vigie_core::Number::Float(ffi::PyFloat_AS_DOUBLE(object)));
        }
    }
    None
}
