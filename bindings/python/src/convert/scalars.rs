//! Values without members whose class is built in: numbers, truth values, None and raw bytes.
//! Not for text: see `text`.

use super::destination::Destination;
use super::guarded::Guarded;
use super::text;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};
use std::ffi::c_int;

/// Writes the value if it is an exact `str`, `int`, `float`, `bool` or None; no user code runs.
#[inline]
pub(crate) fn scalar<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>) -> bool {
    let object = value.as_ptr();
    // SAFETY: the object is alive and the exact type of each branch was checked.
    unsafe {
        let class = ffi::Py_TYPE(object);
        if class == &raw mut ffi::PyUnicode_Type {
            text::write(to, value);
        } else if class == &raw mut ffi::PyLong_Type {
            int(to, value);
        } else if class == &raw mut ffi::PyFloat_Type {
            to.float(ffi::PyFloat_AS_DOUBLE(object));
        } else if class == &raw mut ffi::PyBool_Type {
            to.bool(object == ffi::Py_True());
        } else if object == ffi::Py_None() {
            to.null();
        } else {
            return false;
        }
    }
    true
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

/// Writes an `int` or an instance of a subclass, exactly.
#[inline]
pub(super) fn int<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>) {
    let mut overflow: c_int = 0;
    // SAFETY: the object is an int; this reads its digits and runs no user code.
    let small = unsafe { ffi::PyLong_AsLongLongAndOverflow(value.as_ptr(), &mut overflow) };
    if overflow == 0 {
        to.int(small);
    } else {
        big(to, value);
    }
}

/// Beyond int64: the decimal digits, as far as the interpreter's own limit on them goes.
#[cold]
fn big<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>) {
    Python::attach(|py| {
        // SAFETY: the object is an int. Its own type's repr is called, not a subclass's.
        let digits = unsafe {
            let repr = ffi::PyLong_Type.tp_repr;
            repr.map(|repr| Bound::from_owned_ptr_or_err(py, repr(value.as_ptr())))
        };
        match digits {
            Some(Ok(digits)) => text::with_text(digits.as_borrowed(), |text| to.big_int(text)),
            // More than sys.get_int_max_str_digits() digits (4300 unless changed).
            Some(Err(_)) | None => to.marker("[integer too large]"),
        }
    });
}

/// A point in time in nanoseconds since 1970; None when the object is no whole number.
pub(crate) fn nanoseconds(time: Borrowed<'_, '_, PyAny>) -> Option<i64> {
    match number(time) {
        Some(vigie_core::Number::Int(nanoseconds)) => Some(nanoseconds),
        _ => None,
    }
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

/// Raw bytes of `bytes`, `bytearray` or a contiguous `memoryview`.
pub(super) fn raw_bytes<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return to.bytes(bytes.as_bytes());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        // SAFETY: the thread is attached and no Python code runs while the slice is in use.
        return to.bytes(unsafe { bytes.as_bytes() });
    }
    let copied = guarded.run_library(|| Ok(value.call_method0("tobytes")?.cast_into::<PyBytes>()?));
    match copied {
        Ok(bytes) => to.bytes(bytes.as_bytes()),
        Err(marker) => to.marker(marker),
    }
}
