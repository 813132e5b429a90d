//! Whose code a method of a class is: the standard library's, which may take its time, or a user's,
//! which has a budget. Not for running it: see `guarded`.

use pyo3::exceptions::PyAttributeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyString, PyType};

/// Packages whose methods for single values are compiled and short, like the standard library's.
const LIBRARIES: [&str; 2] = ["numpy", "pandas"];

/// Classes of the standard library whose `repr` calls that of the objects inside, which may be users'.
const HOLDERS: [(&str, &str); 10] = [
    ("builtins", "method"),
    ("builtins", "method-wrapper"),
    ("builtins", "dict_items"),
    ("builtins", "dict_keys"),
    ("builtins", "dict_values"),
    ("builtins", "slice"),
    ("collections", "deque"),
    ("collections", "UserList"),
    ("functools", "partial"),
    ("types", "SimpleNamespace"),
];

/// A module from `sys.modules`.
pub(crate) fn loaded<'py>(py: Python<'py>, name: &str) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the interpreter is running; the result is borrowed from it.
    let modules = unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyImport_GetModuleDict())? };
    modules.cast::<PyDict>().ok()?.get_item(name).ok().flatten()
}

/// An attribute of a class. A metaclass's own look-up, which may be a user's, is left out.
pub(super) fn attribute<'py>(class: &Bound<'py, PyType>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    let name = PyString::intern(class.py(), name);
    // SAFETY: `type` has this slot, class and name are alive, the result is new or null.
    unsafe {
        let Some(look_up) = ffi::PyType_Type.tp_getattro else {
            return Err(PyAttributeError::new_err("type has no look-up"));
        };
        Bound::from_owned_ptr_or_err(class.py(), look_up(class.as_ptr(), name.as_ptr()))
    }
}

/// Whether `str()` of an instance runs the standard library's code alone.
pub(super) fn says_str(class: &Bound<'_, PyType>) -> bool {
    match definer(class, "__str__") {
        // `object.__str__` asks for the `repr`.
        Some(definer) if module_of(&definer) == "builtins" && name_of(&definer) == "object" => {
            says_repr(class)
        }
        Some(definer) => is_standard(&definer),
        None => false,
    }
}

/// Whether `repr()` of an instance runs the standard library's code alone.
pub(super) fn says_repr(class: &Bound<'_, PyType>) -> bool {
    definer(class, "__repr__").is_some_and(|definer| is_standard(&definer) && !is_holder(&definer))
}

/// Whether a method is the standard library's or that of a package whose values it shortens.
pub(super) fn is_library(class: &Bound<'_, PyType>, method: &str) -> bool {
    let Some(definer) = definer(class, method) else { return false };
    is_standard(&definer) || LIBRARIES.contains(&package(&module_of(&definer)))
}

/// Whether the class itself comes with the interpreter.
pub(super) fn is_of_the_standard_library(class: &Bound<'_, PyType>) -> bool {
    is_standard(class)
}

/// Whether reading an attribute of an instance asks no `__getattribute__` or `__getattr__` of a user.
pub(super) fn reads_plainly(class: &Bound<'_, PyType>) -> bool {
    // SAFETY: the class is alive; only addresses are compared.
    let reader = unsafe { (*class.as_type_ptr()).tp_getattro };
    reader.is_some_and(|reader| {
        std::ptr::fn_addr_eq(reader, ffi::PyObject_GenericGetAttr as unsafe extern "C" fn(_, _) -> _)
    })
}

/// Whether the fields of a dataclass are its own data: none is a property or another descriptor of a user.
pub(super) fn holds_its_fields(class: &Bound<'_, PyType>) -> bool {
    let fields = attribute(class, "__dataclass_fields__").ok().and_then(|it| it.cast_into::<PyDict>().ok());
    reads_plainly(class)
        && fields.is_some_and(|fields| fields.keys().iter().all(|name| is_data(class, &name)))
}

/// Whether what the class has under a name leaves the reading to the instance: nothing, a slot, a default.
fn is_data(class: &Bound<'_, PyType>, name: &Bound<'_, PyAny>) -> bool {
    let found = class
        .mro()
        .iter()
        .find_map(|base| attribute(base.cast::<PyType>().ok()?, "__dict__").ok()?.get_item(name).ok());
    let Some(found) = found else { return true };
    // SAFETY: the object is alive; its class's slots are read, nothing is called.
    unsafe {
        let kind = ffi::Py_TYPE(found.as_ptr());
        kind == &raw mut ffi::PyMemberDescr_Type || (*kind).tp_descr_get.is_none()
    }
}

/// The class that defines what an instance has under this name.
fn definer<'py>(class: &Bound<'py, PyType>, name: &str) -> Option<Bound<'py, PyType>> {
    class.mro().iter().find_map(|base| {
        let base = base.cast_into::<PyType>().ok()?;
        attribute(&base, "__dict__").ok()?.get_item(name).ok()?;
        Some(base)
    })
}

fn is_standard(class: &Bound<'_, PyType>) -> bool {
    let module = module_of(class);
    let names = loaded(class.py(), "sys").and_then(|sys| sys.getattr("stdlib_module_names").ok());
    let names = names.and_then(|names| names.cast_into::<PyFrozenSet>().ok());
    names.is_some_and(|names| names.contains(package(&module)).unwrap_or(false))
}

fn is_holder(class: &Bound<'_, PyType>) -> bool {
    let (module, name) = (module_of(class), name_of(class));
    HOLDERS.contains(&(&*module, &*name))
}

fn package(module: &str) -> &str {
    module.split('.').next().unwrap_or_default()
}

fn module_of(class: &Bound<'_, PyType>) -> String {
    text(class, "__module__")
}

fn name_of(class: &Bound<'_, PyType>) -> String {
    text(class, "__name__")
}

fn text(class: &Bound<'_, PyType>, name: &str) -> String {
    let found = attribute(class, name).ok().and_then(|text| text.cast_into::<PyString>().ok());
    found.and_then(|text| text.to_str().map(str::to_owned).ok()).unwrap_or_default()
}
