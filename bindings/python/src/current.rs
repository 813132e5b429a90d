//! The current context: one ContextVar, read and set through the interpreter's C functions.
//! Not for what a context holds: see `context`.

use crate::context::Context;
use crate::tracer::Span;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::type_object::PyTypeInfo;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

static VARIABLE: AtomicPtr<ffi::PyObject> = AtomicPtr::new(ptr::null_mut());
static SPAN_CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());
static CONTEXT_CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// Makes the variable; called once, when the module is loaded.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the name is a C string and no default is given; the result is new or null.
    let variable = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyContextVar_New(c"vigie".as_ptr(), ptr::null_mut()))?
    };
    VARIABLE.store(variable.into_ptr(), Ordering::Release);
    SPAN_CLASS.store(Span::type_object_raw(py), Ordering::Release);
    CONTEXT_CLASS.store(Context::type_object_raw(py), Ordering::Release);
    Ok(())
}

/// The object that is current in the running task or thread: a [`Span`] or a [`Context`].
#[inline]
fn object(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    let mut value = ptr::null_mut();
    // SAFETY: the variable lives for ever; a new reference or null is stored.
    unsafe {
        ffi::PyContextVar_Get(VARIABLE.load(Ordering::Relaxed), ptr::null_mut(), &mut value);
        Bound::from_owned_ptr_or_opt(py, value)
    }
}

/// The current context, held for as long as somebody looks at it.
pub(crate) enum Current<'py> {
    /// Entered by a `with`.
    Entered(Bound<'py, PyAny>),
    /// The process's own.
    Initial(vigie_core::Context),
}

/// The context that is current in the running task or thread.
#[inline]
pub(crate) fn get(py: Python<'_>) -> Current<'_> {
    match object(py) {
        Some(object) if is_context(object.as_borrowed()) => Current::Entered(object),
        _ => Current::Initial(vigie_core::global().initial_context()),
    }
}

impl Current<'_> {
    /// The core's form of it.
    #[inline]
    pub(crate) fn context(&self) -> &vigie_core::Context {
        match self {
            Self::Entered(object) => of(object).unwrap_or(&ROOT),
            Self::Initial(context) => context,
        }
    }
}

static ROOT: vigie_core::Context = vigie_core::Context::root();

/// The context that an object stands for: a span's own, or the context itself.
#[inline]
pub(crate) fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a vigie_core::Context> {
    // SAFETY: the object is alive; each class is checked before the object is used as one.
    unsafe {
        let class = ffi::Py_TYPE(object.as_ptr());
        if class == SPAN_CLASS.load(Ordering::Relaxed) {
            return Some(&object.cast_unchecked::<Span>().get().context);
        }
        if class == CONTEXT_CLASS.load(Ordering::Relaxed) {
            return Some(&object.cast_unchecked::<Context>().get().core);
        }
    }
    None
}

/// Whether an object stands for a context.
pub(crate) fn is_context(object: Borrowed<'_, '_, PyAny>) -> bool {
    // SAFETY: the object is alive.
    let class = unsafe { ffi::Py_TYPE(object.as_ptr()) };
    class == SPAN_CLASS.load(Ordering::Relaxed) || class == CONTEXT_CLASS.load(Ordering::Relaxed)
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
