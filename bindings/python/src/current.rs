//! The current context, and the context that an object stands for: a `Context` itself, or a `Span`.
//! Not for making one current: see `variable`.

use crate::context::Context;
use crate::tracer::Span;
use crate::variable;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::type_object::PyTypeInfo;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

static SPAN_CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());
static CONTEXT_CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// Remembers the addresses of both classes; called once, when the module is loaded.
pub(crate) fn register(py: Python<'_>) {
    SPAN_CLASS.store(Span::type_object_raw(py), Ordering::Release);
    CONTEXT_CLASS.store(Context::type_object_raw(py), Ordering::Release);
}

/// The current context, kept alive while it is borrowed.
pub(crate) enum Current<'py> {
    /// An object that a `with` made current.
    Entered(Bound<'py, PyAny>),
    /// What the process got from its environment.
    Initial(vigie_core::Context),
}

/// The context that is current in the running task or thread.
#[inline]
pub(crate) fn get(py: Python<'_>) -> Current<'_> {
    match variable::object(py) {
        Some(object) if is_context(object.as_borrowed()) => Current::Entered(object),
        _ => Current::Initial(vigie_core::host::global().initial_context()),
    }
}

impl Current<'_> {
    /// The context in the core's own type.
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
