//! Errors in both directions: the core's set-up errors become Python exceptions, Python
//! exceptions become the error object of a record. Not for values in attributes: see `convert`.

use crate::convert::{Guarded, bounded_text, type_name, with_text_of};
use crate::stack::stack;
use pyo3::exceptions::{PyBaseException, PyException, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyModule, PyTuple, PyType};
use vigie_core::ErrorInfo;

/// How many causes are followed: one more than the schema's eight, so that the core sees that there
/// are more.
const DEEPEST: usize = 9;

/// The base of what set-up calls raise; recording raises nothing.
static ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
/// A configuration document that is not accepted, all problems at once.
static CONFIG_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

const ERROR_DOC: &str =
    "Base of every error that Vigie raises. Only set-up raises; recording counts instead.";
const CONFIG_ERROR_DOC: &str = "A setting or an argument of a set-up call is not accepted.\n\n\
    The text lists every problem, one a line; ``problems`` holds them as\n\
    ``(key, value, accepted)`` tuples.";

/// Makes the exception classes and puts them into the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let class = py.get_type::<PyType>();
    let error = class.call1((
        "Error",
        (py.get_type::<PyException>(),),
        [("__module__", "vigie"), ("__doc__", ERROR_DOC)].into_py_dict(py)?,
    ))?;
    let config_error = class.call1((
        "ConfigError",
        (&error, py.get_type::<PyValueError>()),
        [("__module__", "vigie"), ("__doc__", CONFIG_ERROR_DOC)].into_py_dict(py)?,
    ))?;
    module.add("Error", &error)?;
    module.add("ConfigError", &config_error)?;
    let _ = ERROR.set(py, error.cast_into::<PyType>()?.unbind());
    let _ = CONFIG_ERROR.set(py, config_error.cast_into::<PyType>()?.unbind());
    Ok(())
}

/// The exception for a set-up error of the core.
#[cold]
pub(crate) fn raise(py: Python<'_>, error: &vigie_core::Error) -> PyErr {
    let Some(class) = CONFIG_ERROR.get(py) else { return PyValueError::new_err(error.to_string()) };
    let made = class.bind(py).call1((error.to_string(),)).and_then(|instance| {
        let problems: Vec<_> =
            error.problems.iter().map(|one| (&*one.key, &*one.value, &*one.accepted)).collect();
        instance.setattr("problems", PyTuple::new(py, problems)?)?;
        Ok(instance)
    });
    match made {
        Ok(instance) => PyErr::from_value(instance),
        Err(error) => error,
    }
}

/// What an `exc_info` argument means, by the rules of the standard library's `logging`; a dict is an
/// error that was described before.
#[cold]
pub(crate) fn from_exc_info(value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> Option<ErrorInfo> {
    Python::attach(|py| {
        if let Ok(error) = value.cast::<PyBaseException>() {
            return Some(describe(&error.to_owned(), guarded));
        }
        if let Ok(triple) = value.cast::<PyTuple>() {
            let error = triple.get_item(1).ok()?.cast_into::<PyBaseException>().ok()?;
            return Some(describe(&error, guarded));
        }
        if let Ok(parts) = value.cast::<PyDict>() {
            return Some(ready_made(&parts.to_owned(), guarded, DEEPEST));
        }
        // A hostile __bool__ is a user's code like any other: its failure means "no".
        if value.is_truthy().unwrap_or(false) { handled(py, guarded) } else { None }
    })
}

/// An error that another process or a file described, as a dict of ``type``, ``message``, ``stack`` and ``cause``.
#[cold]
fn ready_made(parts: &Bound<'_, PyDict>, guarded: &mut Guarded, deepest: usize) -> ErrorInfo {
    let part = |name: &str| parts.get_item(name).ok().flatten().filter(|part| !part.is_none());
    let mut text = |name: &str| {
        part(name).map(|part| with_text_of(part.as_borrowed(), guarded, str::to_owned)).unwrap_or_default()
    };
    let (type_name, message, stack) = (text("type"), text("message"), text("stack"));
    let cause = part("cause").filter(|_| deepest > 0).and_then(|cause| cause.cast_into::<PyDict>().ok());
    let cause = cause.map(|cause| Box::new(ready_made(&cause, guarded, deepest - 1)));
    ErrorInfo { type_name, message, stack, cause }
}

/// The exception that the caller is handling, if any.
#[cold]
pub(crate) fn current(guarded: &mut Guarded) -> Option<ErrorInfo> {
    Python::attach(|py| handled(py, guarded))
}

fn handled(py: Python<'_>, guarded: &mut Guarded) -> Option<ErrorInfo> {
    let (mut class, mut value, mut trace) =
        (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the thread is attached; three new references or nulls come back.
    let value = unsafe {
        ffi::PyErr_GetExcInfo(&mut class, &mut value, &mut trace);
        drop(Bound::from_owned_ptr_or_opt(py, class));
        drop(Bound::from_owned_ptr_or_opt(py, trace));
        Bound::from_owned_ptr_or_opt(py, value)?
    };
    Some(describe(&value.cast_into::<PyBaseException>().ok()?, guarded))
}

/// The error object of an exception and its causes, nearest first.
#[cold]
pub(crate) fn describe(error: &Bound<'_, PyBaseException>, guarded: &mut Guarded) -> ErrorInfo {
    let mut chain = vec![error.clone()];
    while let Some(cause) = chain.last().and_then(cause_of) {
        if chain.len() > DEEPEST || chain.iter().any(|known| known.is(&cause)) {
            break;
        }
        chain.push(cause);
    }
    let mut info = None;
    for link in chain.iter().rev() {
        let (type_name, message) = (type_name(&link.get_type()), guarded.text(link.as_any().as_borrowed()));
        let message = message.map(|text| bounded_text(&text));
        let stack = stack(link, &type_name, message.as_deref().ok(), guarded);
        let message = message.unwrap_or_else(str::to_owned);
        info = Some(ErrorInfo { type_name, message, stack, cause: info.map(Box::new) });
    }
    info.unwrap_or_default()
}

/// `__cause__`, or else `__context__` unless the raiser suppressed it.
fn cause_of<'py>(error: &Bound<'py, PyBaseException>) -> Option<Bound<'py, PyBaseException>> {
    let py = error.py();
    // SAFETY: the object is an exception; both calls give a new reference or null.
    let (cause, context) = unsafe {
        (
            Bound::from_owned_ptr_or_opt(py, ffi::PyException_GetCause(error.as_ptr())),
            Bound::from_owned_ptr_or_opt(py, ffi::PyException_GetContext(error.as_ptr())),
        )
    };
    let suppressed =
        || error.getattr("__suppress_context__").and_then(|flag| flag.is_truthy()).unwrap_or(false);
    let next = cause.or_else(|| context.filter(|_| !suppressed()))?;
    next.cast_into::<PyBaseException>().ok()
}
