//! `inject`, `extract`, `context_from`: the context in and out of carriers.
//! Not for the formats: the core reads and writes those, whichever the setting `propagators` chooses.

use crate::carrier::{put_pair, read_any, read_plain};
use crate::context::Context;
use crate::convert::Guarded;
use crate::current;
use crate::keywords::Keywords;
use crate::names::Plans;
use crate::raw::{self, Call, Entry};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString};
use std::ffi::CStr;
use std::ptr;
use vigie_core::model::propagation::written;

static INJECT_PLANS: Plans = Plans::new(&["carrier", "context"]);
static EXTRACT_PLANS: Plans = Plans::new(&["carrier", "public_endpoint"]);
const CARRIER: u8 = 0;
const CONTEXT: u8 = 1;
const PUBLIC_ENDPOINT: u8 = 1;

/// `vigie.inject(...)`.
struct Inject;

impl Entry for Inject {
    const NAME: &'static CStr = c"inject";
    const DOC: &'static CStr = c"inject(carrier=None, context=None)\n--\n\n\
        Writes the context into a carrier and returns the carrier.\n\n\
        Headers: ``traceparent``, ``tracestate``, ``baggage`` (W3C) and ``X-Correlation-ID``, unless the\n\
        setting ``propagators`` says otherwise. ``carrier`` is any mutable mapping, or a list of pairs as\n\
        clients of Kafka have them, which get values of bytes; a new dict when left out. ``context`` is a ``Context`` or ``Span``, the current one when left out.\n\n\
        >>> import vigie\n\
        >>> with vigie.span(\"call\"):\n\
        ...     sorted(vigie.inject({}))\n\
        ['traceparent']\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        let py = call.py();
        crate::host::begin(py);
        let keywords = Keywords::of(call, &INJECT_PLANS);
        let carrier = call.arg(0).or_else(|| keywords.option(CARRIER)).filter(|carrier| !carrier.is_none());
        let carrier = carrier.map_or_else(|| PyDict::new(py).into_any(), |carrier| carrier.to_owned());
        let given = call.arg(1).or_else(|| keywords.option(CONTEXT));
        let current;
        let context = match given.as_deref().and_then(current::of) {
            Some(given) => given,
            None => {
                current = current::get(py);
                current.context()
            }
        };
        let mut guarded = Guarded::new();
        vigie_core::host::global()
            .inject(context, &mut |name, value| put(&carrier, name, value, &mut guarded));
        guarded.finish()?;
        Ok(carrier.into_ptr())
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        match call.arg(0) {
            Some(carrier) => Ok(carrier.to_owned().into_ptr()),
            None => Ok(PyDict::new(call.py()).into_any().into_ptr()),
        }
    }
}

/// Sets one header. What a carrier of the user's own raises is swallowed.
fn put(carrier: &Bound<'_, PyAny>, name: &str, value: &str, guarded: &mut Guarded) {
    let py = carrier.py();
    if let Ok(list) = carrier.cast::<PyList>() {
        Python::attach(|_| guarded.ignore(|| put_pair(list, name, value)));
        return;
    }
    let Some(value) = ascii(py, value) else { return };
    let name = header_name(py, name);
    match carrier.cast_exact::<PyDict>() {
        // A plain dict refuses only for want of memory.
        Ok(dict) => drop(dict.set_item(name, value)),
        Err(_) => Python::attach(|_| guarded.ignore(|| carrier.set_item(name, value))),
    }
}

/// A header's name as a `str`, which is made once for each header that the core knows.
#[inline]
fn header_name<'py>(py: Python<'py>, name: &str) -> Bound<'py, PyString> {
    static NAMES: PyOnceLock<Vec<(&'static str, Py<PyString>)>> = PyOnceLock::new();
    let names =
        NAMES.get_or_init(py, || written().map(|name| (name, PyString::intern(py, name).unbind())).collect());
    let known = names.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| PyString::new(py, name), |(_, made)| made.bind(py).clone())
}

/// A `str` of ASCII text, which is what the core writes into headers.
#[inline]
fn ascii<'py>(py: Python<'py>, text: &str) -> Option<Bound<'py, PyAny>> {
    const LAST_OF_ASCII: u32 = 127;
    let size = ffi::Py_ssize_t::try_from(text.len()).ok().filter(|_| text.is_ascii())?;
    // SAFETY: a new `str` of so many characters, of one byte each since the last of them is ASCII, has room
    // for as many bytes and is nobody else's yet; null comes back for want of memory.
    unsafe {
        let made = ffi::PyUnicode_New(size, LAST_OF_ASCII);
        if made.is_null() {
            ffi::PyErr_Clear();
        } else {
            ptr::copy_nonoverlapping(text.as_ptr(), ffi::PyUnicode_DATA(made).cast(), text.len());
        }
        Bound::from_owned_ptr_or_opt(py, made)
    }
}

/// The context that a carrier brings, on top of the current one.
#[inline]
fn read(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
    let py = call.py();
    crate::host::begin(py);
    let base = current::get(py);
    let keywords = Keywords::of(call, &EXTRACT_PLANS);
    let carrier = call.arg(0).or_else(|| keywords.option(CARRIER));
    let told = keywords.option(PUBLIC_ENDPOINT).and_then(|told| told.extract::<bool>().ok());
    let context = match carrier {
        None => base.context().clone(),
        Some(carrier) => match read_plain(carrier, base.context(), told) {
            Some(context) => context,
            None => read_otherwise(carrier, base.context(), told)?,
        },
    };
    // A span that the headers name is another process's.
    let under = if context.span == base.context().span { base.under() } else { None };
    Context::new(context, under).into_object(py)
}

/// A carrier whose own code may run: no plain dict, or values that are no plain texts.
#[cold]
fn read_otherwise(
    carrier: Borrowed<'_, '_, PyAny>,
    base: &vigie_core::Context,
    told: Option<bool>,
) -> PyResult<vigie_core::Context> {
    Python::attach(|_| {
        let mut guarded = Guarded::new();
        let context = read_any(carrier, base, told, &mut guarded);
        guarded.finish()?;
        Ok(context)
    })
}

/// `vigie.extract(...)`.
struct Extract;

impl Entry for Extract {
    const NAME: &'static CStr = c"extract";
    const DOC: &'static CStr = c"extract(carrier, *, public_endpoint=None)\n--\n\n\
        The context that a carrier brings, on top of the current one.\n\n\
        ``carrier`` is a mapping of header names (any case) to texts, bytes or lists of them, WSGI's environ\n\
        (``HTTP_TRACEPARENT``), or an iterable of pairs such as ASGI's and those of messages. Without usable headers it\n\
        is the current context. Where strangers may have written it (``public_endpoint``, a ``bool``, the setting of that\n\
        name unless given) the remote span is linked to and not continued. Use it as a context manager to continue the\n\
        trace:\n\n\
        >>> import vigie\n\
        >>> headers = {\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}\n\
        >>> with vigie.extract(headers) as context:\n\
        ...     context.trace_id\n\
        '0af7651916cd43dd8448eb211c80319c'\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        read(call)
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        current::get(call.py()).to_context().into_object(call.py())
    }
}

/// `vigie.context_from(...)`.
struct ContextFrom;

impl Entry for ContextFrom {
    const NAME: &'static CStr = c"context_from";
    const DOC: &'static CStr = c"context_from(carrier, *, public_endpoint=None)\n--\n\n\
        The same as ``extract``, for a context that is kept or passed on: ``parent=``, ``context=``.\n\n\
        >>> import vigie\n\
        >>> vigie.context_from({\"traceparent\": \"junk\"}).trace_id is None\n\
        True\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        read(call)
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        current::get(call.py()).to_context().into_object(call.py())
    }
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    raw::function::<Inject>(module)?;
    raw::function::<Extract>(module)?;
    raw::function::<ContextFrom>(module)
}
