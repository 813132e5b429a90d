//! Errors in both directions: the core's set-up errors become Python exceptions, Python
//! exceptions become the error object of a record. Not for values in attributes: see `convert`.

use crate::convert::{self, Guarded, text_of_error, type_name, with_text_of};
use crate::stack::stack;
use pyo3::exceptions::{PyBaseException, PyException, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyList, PyModule, PyTuple, PyType};
use vigie_core::host::global;
use vigie_core::{ErrorInfo, ErrorScribe, LogRecord};

/// How many causes are followed: one more than the schema's eight, so that the core sees that there
/// are more.
const DEEPEST: usize = 9;

/// How many members of one group are read, likewise.
const MEMBERS: usize = 9;

/// How many members are read for one record: groups inside groups multiply.
const ALL_MEMBERS: usize = 32;

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
pub(crate) fn from_exc_info(
    value: Borrowed<'_, '_, PyAny>,
    scribe: Option<ErrorScribe<'_>>,
    guarded: &mut Guarded,
) -> Option<ErrorInfo> {
    let mut reader = Reader { scribe, guarded, members: ALL_MEMBERS };
    Python::attach(|py| {
        if let Ok(error) = value.cast::<PyBaseException>() {
            return Some(reader.describe(&error.to_owned()));
        }
        if let Ok(triple) = value.cast::<PyTuple>() {
            let error = triple.get_item(1).ok()?.cast_into::<PyBaseException>().ok()?;
            return Some(reader.describe(&error));
        }
        if let Ok(parts) = value.cast::<PyDict>() {
            return Some(reader.ready_made(&parts.to_owned(), DEEPEST));
        }
        // A hostile __bool__ is a user's code like any other: its failure means "no".
        if value.is_truthy().unwrap_or(false) { reader.handled(py) } else { None }
    })
}

/// An error of which only the text of its traceback is left.
#[cold]
pub(crate) fn from_traceback(stack: &str) -> ErrorInfo {
    // The last line that begins at the margin names it; those of a message with several lines follow it.
    let mut lines = stack.lines().enumerate().filter(|(_, line)| !line.starts_with([' ', '\t']));
    let from_the_frames_on =
        stack.lines().position(|line| line.starts_with("Traceback ")).unwrap_or_default();
    let named = lines.find(|(at, line)| *at > from_the_frames_on && !line.is_empty());
    let Some((at, line)) = named else {
        return ErrorInfo { stack: stack.to_owned(), ..ErrorInfo::default() };
    };
    let (type_name, first) = line.split_once(": ").unwrap_or((line, ""));
    let rest = stack.lines().skip(at + 1);
    let message = std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n");
    ErrorInfo { type_name: type_name.to_owned(), message, stack: stack.to_owned(), ..ErrorInfo::default() }
}

/// [`from_exc_info`] for a span.
#[cold]
pub(crate) fn from_exc_info_of_span(
    value: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) -> Option<ErrorInfo> {
    global().with_exception_scribe(|scribe| from_exc_info(value, scribe, guarded))
}

/// The exception that the caller is handling, if any, for a record.
#[cold]
pub(crate) fn current(record: &LogRecord<'_>, guarded: &mut Guarded) -> Option<ErrorInfo> {
    let mut reader = Reader { scribe: Some(record.error_scribe()), guarded, members: ALL_MEMBERS };
    Python::attach(|py| reader.handled(py))
}

/// The error object of an exception and its causes, for a span.
#[cold]
pub(crate) fn describe(error: &Bound<'_, PyBaseException>, guarded: &mut Guarded) -> ErrorInfo {
    global().with_exception_scribe(|scribe| Reader { scribe, guarded, members: ALL_MEMBERS }.describe(error))
}

/// Reads errors; without a scribe, for an event of a span, they get neither members nor attributes.
struct Reader<'r, 'g> {
    scribe: Option<ErrorScribe<'r>>,
    guarded: &'g mut Guarded,
    /// How many members may still be read.
    members: usize,
}

impl Reader<'_, '_> {
    /// An error that another process or a file described, as a dict of ``type``, ``message``, ``stack``,
    /// ``cause``, ``errors`` and ``attributes``.
    #[cold]
    fn ready_made<'py>(&mut self, parts: &Bound<'py, PyDict>, deepest: usize) -> ErrorInfo {
        let part = |name: &str| parts.get_item(name).ok().flatten().filter(|part| !part.is_none());
        let mut text = |name: &str| {
            let text = |part: Bound<'_, PyAny>| with_text_of(part.as_borrowed(), self.guarded, str::to_owned);
            part(name).map(text).unwrap_or_default()
        };
        let (type_name, message, stack) = (text("type"), text("message"), text("stack"));
        let mut info = ErrorInfo { type_name, message, stack, ..ErrorInfo::default() };
        let below = |part: Bound<'py, PyAny>| part.cast_into::<PyDict>().ok().filter(move |_| deepest > 0);
        info.cause =
            part("cause").and_then(below).map(|cause| Box::new(self.ready_made(&cause, deepest - 1)));
        let Some(scribe) = self.scribe else { return info };
        let members = part("errors").and_then(|errors| errors.cast_into::<PyList>().ok());
        for member in members.into_iter().flatten().take(MEMBERS).filter_map(below) {
            if !self.takes_a_member() {
                break;
            }
            info.errors.push(self.ready_made(&member, deepest - 1));
        }
        if let Some(attributes) = part("attributes") {
            let writer = &mut scribe.attributes(&mut info);
            convert::members_of(writer, attributes.as_borrowed(), self.guarded);
        }
        info
    }

    fn handled(&mut self, py: Python<'_>) -> Option<ErrorInfo> {
        let (mut class, mut value, mut trace) =
            (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: the thread is attached; three new references or nulls come back.
        let value = unsafe {
            ffi::PyErr_GetExcInfo(&mut class, &mut value, &mut trace);
            drop(Bound::from_owned_ptr_or_opt(py, class));
            drop(Bound::from_owned_ptr_or_opt(py, trace));
            Bound::from_owned_ptr_or_opt(py, value)?
        };
        Some(self.describe(&value.cast_into::<PyBaseException>().ok()?))
    }

    /// An exception and its causes, nearest first.
    fn describe(&mut self, error: &Bound<'_, PyBaseException>) -> ErrorInfo {
        let mut chain = vec![error.clone()];
        while let Some(cause) = chain.last().and_then(cause_of) {
            if chain.len() > DEEPEST || chain.iter().any(|known| known.is(&cause)) {
                break;
            }
            chain.push(cause);
        }
        let mut info = None;
        for link in chain.iter().rev() {
            info = Some(self.one(link, info));
        }
        info.unwrap_or_default()
    }

    fn one(&mut self, error: &Bound<'_, PyBaseException>, cause: Option<ErrorInfo>) -> ErrorInfo {
        let type_name = type_name(&error.get_type());
        let message = text_of_error(error.as_any().as_borrowed(), self.guarded);
        let stack = stack(error.as_any(), &type_name, message.as_deref().ok(), self.guarded);
        let mut info = ErrorInfo {
            type_name,
            message: message.unwrap_or_else(str::to_owned),
            stack,
            cause: cause.map(Box::new),
            ..ErrorInfo::default()
        };
        let Some(scribe) = self.scribe else { return info };
        for member in exceptions_of(error).take(MEMBERS) {
            if !self.takes_a_member() {
                break;
            }
            info.errors.push(self.describe(&member));
        }
        convert::error_data(&mut scribe.attributes(&mut info), error.as_any().as_borrowed(), self.guarded);
        info
    }

    fn takes_a_member(&mut self) -> bool {
        self.members = self.members.saturating_sub(1);
        self.members > 0
    }
}

/// The members of an exception group, the interpreter's own or the one that older versions install.
fn exceptions_of<'py>(
    error: &Bound<'py, PyBaseException>,
) -> impl Iterator<Item = Bound<'py, PyBaseException>> + use<'py> {
    let is_group = ["builtins", "exceptiongroup"].iter().any(|module| {
        let class = convert::loaded(error.py(), module).and_then(|it| it.getattr("BaseExceptionGroup").ok());
        class.is_some_and(|class| error.is_instance(&class).unwrap_or(false))
    });
    let members = if is_group { error.getattr("exceptions").ok() } else { None };
    let members = members.and_then(|members| members.cast_into::<PyTuple>().ok());
    members.into_iter().flatten().filter_map(|member| member.cast_into::<PyBaseException>().ok())
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
