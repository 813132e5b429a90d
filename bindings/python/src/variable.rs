//! The ContextVar that holds what is current, read and set through the interpreter's C functions.
//! Not for what the object in it means: see `current`.

use pyo3::ffi;
use pyo3::prelude::*;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

static VARIABLE: AtomicPtr<ffi::PyObject> = AtomicPtr::new(ptr::null_mut());

/// Makes the variable; called once, when the module is loaded.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the name is a C string and no default is given; the result is new or null.
    let variable = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyContextVar_New(c"vigie".as_ptr(), ptr::null_mut()))?
    };
    VARIABLE.store(variable.into_ptr(), Ordering::Release);
    Ok(())
}

/// The object that is current in the running task or thread, if a `with` is open there.
#[inline]
pub(crate) fn object(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    let mut value = ptr::null_mut();
    // SAFETY: the variable lives for ever; a new reference or null is stored.
    unsafe {
        ffi::PyContextVar_Get(VARIABLE.load(Ordering::Relaxed), ptr::null_mut(), &mut value);
        // None stands there where a body of a run was, and nothing before it.
        Bound::from_owned_ptr_or_opt(py, value).filter(|object| !object.is_none())
    }
}

/// What [`enter`] needs to undo itself.
pub(crate) struct Token(*mut ffi::PyObject);

// SAFETY: a reference to an immutable object, used only by threads that are attached.
unsafe impl Send for Token {}

/// Makes an object current in the running task or thread.
#[inline]
pub(crate) fn enter(object: &Bound<'_, PyAny>) -> Option<Token> {
    // SAFETY: both are alive; a new reference comes back, or null with an exception set when
    // memory is short.
    unsafe {
        let token = ffi::PyContextVar_Set(VARIABLE.load(Ordering::Relaxed), object.as_ptr());
        if token.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(Token(token))
    }
}

/// Makes current again what was so before; false when the token belongs to another task or
/// thread, as in a generator that is closed elsewhere: then nothing changes.
#[inline]
pub(crate) fn leave(_py: Python<'_>, token: &Token) -> bool {
    // SAFETY: both are alive.
    unsafe {
        if ffi::PyContextVar_Reset(VARIABLE.load(Ordering::Relaxed), token.0) == 0 {
            return true;
        }
        ffi::PyErr_Clear();
    }
    false
}

impl Drop for Token {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: it owns one reference; tokens live in objects of Python alone, which are
        // only used and deallocated by attached threads.
        unsafe { ffi::Py_DECREF(self.0) };
    }
}
