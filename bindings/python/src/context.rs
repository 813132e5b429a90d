//! The class `Context`: what is in force at some point of a program and travels along.
//! Not for making one: see `contexts`. Not for headers: see `propagation`.

use crate::lock::Lock;
use crate::place;
use crate::raw::{Call, Entry, Methods, none};
use crate::ready::Ready;
use crate::variable::{self, Token};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::ffi::CStr;
use vigie_core::SpanContext;

/// What is in force at some point of the program: span context, correlation keys, context
/// attributes and baggage. Immutable; as a context manager it makes itself current.
///
/// >>> import vigie
/// >>> with vigie.context(tenant_id="acme") as context:
/// ...     vigie.current_context().baggage
/// {}
#[pyclass(frozen, module = "vigie", name = "Context")]
pub(crate) struct Context {
    pub(crate) core: vigie_core::Context,
    pub(crate) under: Option<Under>,
    /// One token for each `with` that has entered the context and not left it: several tasks and
    /// threads may have.
    tokens: Lock<Tokens>,
}

/// The `Span` of this process in which a context was made.
pub(crate) struct Under {
    pub(crate) span: Py<PyAny>,
    /// Made to be entered at once: when the span has ended, the context is no longer current. One that was asked for to be
    /// carried elsewhere is entered on purpose, by work that goes on after the span.
    pub(crate) ends_with_it: bool,
}

impl Under {
    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        Self { span: self.span.clone_ref(py), ends_with_it: self.ends_with_it }
    }
}

impl Context {
    pub(crate) fn new(core: vigie_core::Context, under: Option<Under>) -> Self {
        Self { core, under, tokens: Lock::new(Tokens::default()) }
    }

    pub(crate) fn into_object(self, py: Python<'_>) -> PyResult<*mut ffi::PyObject> {
        Ok(Bound::new(py, self)?.into_any().into_ptr())
    }

    fn span(&self) -> Option<&SpanContext> {
        self.core.span.as_ref()
    }

    #[inline]
    fn enter(&self, object: &Bound<'_, PyAny>) {
        if let Some(token) = place::enter(object) {
            self.tokens.with(|tokens| tokens.push(token));
        }
    }

    /// Leaves with the token that this task or thread entered with last.
    #[inline]
    fn leave(&self, py: Python<'_>) {
        let Some(token) = self.tokens.with(Tokens::pop) else { return };
        if !variable::leave(py, &token) {
            self.leave_by_another(py, token);
        }
    }

    /// Called when the last token is another task's: looks for one of this task's among those before it.
    #[cold]
    fn leave_by_another(&self, py: Python<'_>, last: Token) {
        let mut tokens = vec![last];
        while let Some(token) = self.tokens.with(Tokens::pop) {
            if variable::leave(py, &token) {
                break;
            }
            tokens.push(token);
        }
        for token in tokens.into_iter().rev() {
            self.tokens.with(|kept| kept.push(token));
        }
    }
}

/// A stack of tokens. The first one is stored in place, so that a single `with` allocates nothing.
#[derive(Default)]
struct Tokens {
    first: Option<Token>,
    more: Vec<Token>,
}

impl Tokens {
    #[inline]
    fn push(&mut self, token: Token) {
        if self.first.is_none() {
            self.first = Some(token);
        } else {
            self.more.push(token);
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<Token> {
        self.more.pop().or_else(|| self.first.take())
    }
}

#[pymethods]
impl Context {
    /// The trace id, 32 lower-case hex digits (W3C Trace Context 3.2.2.3), or None without a span.
    #[getter]
    fn trace_id(&self) -> Option<String> {
        self.span().map(|span| span.trace_id.to_string())
    }

    /// The span id, 16 lower-case hex digits (W3C Trace Context 3.2.2.4), or None without a span.
    #[getter]
    fn span_id(&self) -> Option<String> {
        self.span().map(|span| span.span_id.to_string())
    }

    /// Whether the span came from another process (OpenTelemetry: SpanContext.IsRemote).
    #[getter]
    fn is_remote(&self) -> bool {
        self.span().is_some_and(|span| span.is_remote)
    }

    /// Whether the trace is recorded: the flag *sampled* (W3C Trace Context 3.2.2.5).
    #[getter]
    fn sampled(&self) -> bool {
        self.span().is_some_and(|span| span.flags.is_sampled())
    }

    /// The ``tracestate`` of the remote parent (W3C Trace Context 3.3), or None.
    #[getter]
    fn trace_state(&self) -> Option<String> {
        self.core.trace_state().map(str::to_owned)
    }

    /// The baggage members (W3C Baggage 3.2) as a new dict of texts.
    #[getter]
    fn baggage<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let members = PyDict::new(py);
        for (key, value) in self.core.baggage() {
            members.set_item(key, value)?;
        }
        Ok(members)
    }

    /// The context itself: it is immutable.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    /// The context itself: it is immutable, and objects that hold one may be copied.
    #[pyo3(signature = (memo, /))]
    fn __deepcopy__<'py>(slf: Bound<'py, Self>, memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        let _ = memo;
        slf
    }

    /// A context is pickled by what travels along, so that it may go to another process with the work that it belongs to.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (native, core) = (slf.py().import("vigie._native")?, &slf.get().core);
        let ids = native.call_method1("span_ids", (slf,))?;
        let fields = core.fields().map_or_else(|| "{}".to_owned(), |fields| fields.to_json());
        let parts = (ids, slf.getattr("baggage")?, fields).into_pyobject(slf.py())?;
        Ok((native.getattr("sent_context")?, parts))
    }

    /// What ``with`` does at its beginning, for ``async with``.
    fn __aenter__(slf: Bound<'_, Self>) -> Ready {
        slf.get().enter(slf.as_any());
        Ready::new(slf.into_any().unbind())
    }

    /// What ``with`` does at its end, for ``async with``.
    #[pyo3(signature = (exc_type, exc, traceback, /))]
    fn __aexit__(
        &self,
        py: Python<'_>,
        exc_type: &Bound<'_, PyAny>,
        exc: &Bound<'_, PyAny>,
        traceback: &Bound<'_, PyAny>,
    ) -> Ready {
        let _ = (exc_type, exc, traceback);
        self.leave(py);
        Ready::new(py.None())
    }

    fn __repr__(&self) -> String {
        match self.span() {
            Some(span) => format!("<vigie.Context trace_id={} span_id={}>", span.trace_id, span.span_id),
            None => "<vigie.Context>".to_owned(),
        }
    }
}

struct Enter;

impl Entry for Enter {
    const NAME: &'static CStr = c"__enter__";
    const DOC: &'static CStr = c"__enter__($self, /)\n--\n\n\
        Makes the context current in the running task or thread and returns it.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        let object = call.this_object();
        // SAFETY: registered on `Context` below.
        unsafe { call.this::<Context>() }.enter(&object);
        Ok(object.into_ptr())
    }
}

struct Exit;

impl Entry for Exit {
    const NAME: &'static CStr = c"__exit__";
    const DOC: &'static CStr = c"__exit__($self, exc_type, exc, traceback, /)\n--\n\n\
        Makes current again what was so before. An exception goes on.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Context` below.
        unsafe { call.this::<Context>() }.leave(call.py());
        none()
    }
}

/// Adds the class to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Context>()?;
    Methods::of::<Context>(module.py()).add::<Enter>()?.add::<Exit>()?;
    Ok(())
}
