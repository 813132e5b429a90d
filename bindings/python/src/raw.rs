//! Functions that Python calls through the interpreter's fastest convention
//! (`METH_FASTCALL | METH_KEYWORDS`): no argument tuple and no dict is built per call.
//! Not for what the functions do: the files with the classes say that.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::pyclass::PyClass;
use pyo3::types::{PyModule, PyType};
use std::ffi::CStr;
use std::ptr;

/// One call as the interpreter hands it over; its arguments are borrowed for as long as it lasts.
#[derive(Clone, Copy)]
pub(crate) struct Call<'py> {
    py: Python<'py>,
    this: *mut ffi::PyObject,
    values: &'py [*mut ffi::PyObject],
    positional: usize,
    names: *mut ffi::PyObject,
}

impl<'py> Call<'py> {
    /// Proof that the thread is attached to the interpreter.
    #[inline]
    pub(crate) fn py(&self) -> Python<'py> {
        self.py
    }

    /// The object whose method was called.
    ///
    /// # Safety
    /// The function must have been registered by [`method`] on the class `T`.
    #[inline]
    pub(crate) unsafe fn this<T: PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync>(
        &self,
    ) -> &'py T {
        // SAFETY: the descriptor checked the type before the call, and the caller of the
        // method holds a reference until the call returns.
        unsafe {
            let object: Borrowed<'py, 'py, PyAny> = Borrowed::from_ptr(self.py, self.this);
            let object: Borrowed<'py, 'py, T> = object.cast_unchecked();
            &*ptr::from_ref(object.get())
        }
    }

    /// A new reference to the object whose method was called.
    #[inline]
    pub(crate) fn this_object(&self) -> Bound<'py, PyAny> {
        // SAFETY: the interpreter passes a live object.
        unsafe { Bound::from_borrowed_ptr(self.py, self.this) }
    }

    /// The positional argument at `index`, from 0.
    #[inline]
    pub(crate) fn arg(&self, index: usize) -> Option<Borrowed<'py, 'py, PyAny>> {
        if index >= self.positional {
            return None;
        }
        self.values.get(index).map(|&value| self.borrowed(value))
    }

    /// How many positional arguments there are.
    #[inline]
    pub(crate) fn positional(&self) -> usize {
        self.positional
    }

    /// Values of the keyword arguments, in call order.
    #[inline]
    pub(crate) fn keyword_values(&self) -> impl Iterator<Item = Borrowed<'py, 'py, PyAny>> + use<'py> {
        let call = *self;
        let values: &'py [_] = self.values;
        values.iter().skip(self.positional).map(move |&value| call.borrowed(value))
    }

    /// The tuple of keyword names, null when there is none.
    #[inline]
    pub(crate) fn names(&self) -> *mut ffi::PyObject {
        self.names
    }

    #[inline]
    fn borrowed(&self, value: *mut ffi::PyObject) -> Borrowed<'py, 'py, PyAny> {
        // SAFETY: the interpreter keeps the arguments alive until the call returns.
        unsafe { Borrowed::from_ptr(self.py, value) }
    }
}

/// A function that Python may call.
pub(crate) trait Entry {
    /// Its name, signature and docstring in the form that `inspect` reads.
    const NAME: &'static CStr;
    /// `name($self, ...)\n--\n\n` and the text.
    const DOC: &'static CStr;

    /// Does the work. `Err` is only for interruptions that belong to the user's program.
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject>;

    /// What the caller gets when the work panicked: something that its next line can use.
    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        let _ = call;
        none()
    }
}

/// A new reference to None.
#[inline]
pub(crate) fn none() -> PyResult<*mut ffi::PyObject> {
    // SAFETY: None is immortal or counted; either way this makes an owned reference.
    unsafe {
        ffi::Py_INCREF(ffi::Py_None());
        Ok(ffi::Py_None())
    }
}

unsafe extern "C" fn trampoline<E: Entry>(
    this: *mut ffi::PyObject,
    values: *const *mut ffi::PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let positional = usize::try_from(positional).unwrap_or(0);
    // SAFETY: the interpreter calls with the thread attached, a live tuple or null as names,
    // and as many values as positional arguments and names together (PEP 590).
    let call = unsafe {
        let named = if names.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(names) };
        let total = positional + usize::try_from(named).unwrap_or(0);
        let values = if total == 0 { &[] } else { std::slice::from_raw_parts(values, total) };
        Call { py: Python::assume_attached(), this, values, positional, names }
    };
    let result = vigie_core::host::guard(None, || Some(E::call(call))).unwrap_or_else(|| E::fallback(call));
    result.unwrap_or_else(raise)
}

#[cold]
fn raise(error: PyErr) -> *mut ffi::PyObject {
    Python::attach(|py| error.restore(py));
    ptr::null_mut()
}

fn definition<E: Entry>() -> *mut ffi::PyMethodDef {
    let mut definition = ffi::PyMethodDef::zeroed();
    definition.ml_name = E::NAME.as_ptr();
    definition.ml_doc = E::DOC.as_ptr();
    definition.ml_flags = ffi::METH_FASTCALL | ffi::METH_KEYWORDS;
    definition.ml_meth = ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: trampoline::<E> };
    // It is leaked: the interpreter keeps a pointer to it for as long as the function lives, which is for ever.
    Box::into_raw(Box::new(definition))
}

/// A class under construction: takes methods one after the other.
pub(crate) struct Methods<'py> {
    class: Bound<'py, PyType>,
}

impl<'py> Methods<'py> {
    /// Opens a class of this module.
    pub(crate) fn of<T: PyClass>(py: Python<'py>) -> Self {
        Self { class: py.get_type::<T>() }
    }

    /// Opens a class that is written in Python.
    pub(crate) fn on(class: &Bound<'py, PyType>) -> Self {
        Self { class: class.clone() }
    }

    /// Adds a method, under its own name.
    pub(crate) fn add<E: Entry>(self) -> PyResult<Self> {
        let class = self.class.as_ptr().cast();
        // SAFETY: the class is a live type object and the definition is never freed.
        let method = unsafe {
            Bound::from_owned_ptr_or_err(self.class.py(), ffi::PyDescr_NewMethod(class, definition::<E>()))?
        };
        let name = E::NAME.to_str().map_err(|_| PyTypeError::new_err("a method's name is not UTF-8"))?;
        self.class.setattr(name, method)?;
        Ok(self)
    }
}

/// Adds a function to the module, under its own name.
pub(crate) fn function<E: Entry>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let home = module.name()?;
    // SAFETY: the definition is never freed; a null `self` is allowed; the name is a string.
    let function = unsafe {
        Bound::from_owned_ptr_or_err(
            module.py(),
            ffi::PyCFunction_NewEx(definition::<E>(), ptr::null_mut(), home.as_ptr()),
        )?
    };
    let name = E::NAME.to_str().map_err(|_| PyTypeError::new_err("a function's name is not UTF-8"))?;
    module.add(name, function)
}
