//! The class `Span`: what a span takes while it is open, and its end.
//! Not for starting one: see `spans`. Not for links: see `links`.

use crate::convert::{Guarded, nanoseconds, with_text_of};
use crate::keywords::tape_of_mapping;
use crate::lock::Lock;
use crate::open_run::OpenRun;
use crate::raw::{Call, Entry, Methods, none};
use crate::ready::Ready;
use crate::variable::{self, Token};
use crate::{context, error, place};
use pyo3::exceptions::{PyBaseException, PyException};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};
use vigie_core::Status;

/// One operation with a start and an end (OpenTelemetry Trace API, section "Span"). Made by ``span``
/// and ``start_span``.
///
/// As a context manager, sync or async, it is current inside and ends behind; an exception that
/// leaves the block is recorded and sets the status to error. The methods return None and raise
/// nothing; after the end they do nothing.
///
/// >>> import vigie
/// >>> with vigie.span("checkout", order_id=42) as span:
/// ...     span.set_attribute("cart.items", 3)
#[pyclass(frozen, module = "vigie", name = "Span")]
pub(crate) struct Span {
    /// The context that its children and its logs get.
    pub(crate) context: vigie_core::Context,
    /// Until the end: an ended span is never read as current.
    open: AtomicBool,
    state: Lock<State>,
    /// Of what stands for a run of a framework: the run, whose span the table has.
    run: Option<Box<OpenRun>>,
}

#[derive(Default)]
struct State {
    /// Empty once the span has ended.
    core: Option<vigie_core::Span>,
    token: Option<Token>,
    /// The span above it in this process, which is read in its place after its end.
    above: Option<Py<PyAny>>,
}

impl Span {
    pub(crate) fn new(core: vigie_core::Span, above: Option<Py<PyAny>>) -> Self {
        let context = core.context().clone();
        let state = Lock::new(State { core: Some(core), token: None, above });
        Self { context, open: AtomicBool::new(true), state, run: None }
    }

    /// What stands for a context whose span was not started here: with a run the span of that, which takes what is said to
    /// it and ends with the run; otherwise one that takes nothing, since it is not of this process, or has ended.
    pub(crate) fn told(context: vigie_core::Context, run: Option<OpenRun>) -> Self {
        // As open as the context is in force: who enters it stands in the context.
        Self {
            context,
            open: AtomicBool::new(true),
            state: Lock::new(State::default()),
            run: run.map(Box::new),
        }
    }

    /// A span that has ended already and takes nothing.
    pub(crate) fn ended() -> Self {
        let span = Self::told(vigie_core::Context::root(), None);
        span.open.store(false, Ordering::Relaxed);
        span
    }

    /// Whether the span has not ended yet.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// The nearest span above that is open.
    #[cold]
    pub(crate) fn open_above<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Self>> {
        let mut next = self.above(py);
        while let Some(above) = next {
            if above.get().is_open() {
                return Some(above);
            }
            next = above.get().above(py);
        }
        None
    }

    fn above<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Self>> {
        let above = self.state.with(|state| state.above.as_ref().map(|above| above.clone_ref(py)));
        above.and_then(|above| above.into_bound(py).cast_into::<Self>().ok())
    }

    /// Keeps nothing that has ended, or tasks that start each other one after the other would keep
    /// all their spans.
    #[cold]
    fn let_go(&self, py: Python<'_>) {
        let above = self.open_above(py).map(|above| above.into_any().unbind());
        let ended = self.state.with(|state| std::mem::replace(&mut state.above, above));
        drop(ended.map(|ended| ended.into_bound(py)));
    }

    /// Runs `work` on the span unless it has ended.
    #[inline]
    pub(crate) fn with(&self, work: impl FnOnce(&mut vigie_core::Span)) {
        if let Some(run) = &self.run {
            return run.runs.with_span(run.id, work);
        }
        self.state.with(|state| {
            if let Some(core) = &mut state.core {
                work(core);
            }
        });
    }

    fn read<T: Default>(&self, read: impl FnOnce(&mut vigie_core::Span) -> T) -> T {
        let mut found = T::default();
        self.with(|span| found = read(span));
        found
    }

    #[inline]
    fn enter(object: &Bound<'_, PyAny>, span: &Self) {
        let token = place::enter(object);
        let before = span.state.with(|state| std::mem::replace(&mut state.token, token));
        drop(before);
    }

    /// Ends the span and makes current again what was so before it.
    #[inline]
    fn exit(&self, py: Python<'_>, thrown: Option<Borrowed<'_, '_, PyAny>>) -> PyResult<()> {
        let mut interrupted = Ok(());
        if let Some(thrown) = thrown.filter(|thrown| !thrown.is_none()) {
            interrupted = self.failed(thrown);
        }
        self.open.store(false, Ordering::Relaxed);
        let (core, token, stale) =
            self.state.with(|state| (state.core.take(), state.token.take(), state.is_under_an_ended_one(py)));
        if stale {
            self.let_go(py);
        }
        if let Some(token) = token {
            variable::leave(py, &token);
        }
        // The lock is released first: a full output makes this wait, and meanwhile other threads run.
        if let Some(mut core) = core {
            core.end(None);
        }
        interrupted
    }

    /// Records the exception that ends the block. What is no `Exception` (a generator closed, a
    /// task cancelled, the interpreter ending) is a way of leaving, not a failure.
    #[cold]
    fn failed(&self, thrown: Borrowed<'_, '_, PyAny>) -> PyResult<()> {
        Python::attach(|_| {
            if !thrown.is_instance_of::<PyException>() {
                return Ok(());
            }
            let Ok(exception) = thrown.cast::<PyBaseException>() else { return Ok(()) };
            let mut guarded = Guarded::new();
            let info = error::describe(&exception.to_owned(), &mut guarded);
            let why = info.status_message();
            self.with(|span| {
                span.record_exception(&info, None, |_| {});
                span.set_status(Status::Error, Some(&why));
            });
            guarded.finish()
        })
    }
}

impl State {
    /// Whether the span above has ended before this one. Runs no Python code.
    #[inline]
    fn is_under_an_ended_one(&self, py: Python<'_>) -> bool {
        let Some(above) = &self.above else { return false };
        // SAFETY: what stands above a span is a span: `current` gives nothing else.
        !unsafe { above.bind_borrowed(py).cast_unchecked::<Span>() }.get().is_open()
    }
}

impl Drop for Span {
    /// Lets go of the spans above one by one: freeing each inside the one below could overflow the stack.
    fn drop(&mut self) {
        let mut next = self.state.get_mut().above.take();
        while let Some(above) = next {
            // SAFETY: the interpreter frees objects on attached threads only.
            let above = above.into_bound(unsafe { Python::assume_attached() });
            next = None;
            // SAFETY: the object is alive.
            let alone = unsafe { ffi::Py_REFCNT(above.as_ptr()) } == 1;
            if alone && let Ok(last) = above.cast::<Self>() {
                next = last.get().state.with(|state| state.above.take());
            }
        }
    }
}

#[pymethods]
impl Span {
    /// The trace id, 32 lower-case hex digits; None for a span that a failure of Vigie itself replaced.
    #[getter]
    fn trace_id(&self) -> Option<String> {
        self.context.span.map(|span| span.trace_id.to_string())
    }

    /// The span id, 16 lower-case hex digits; None for a span that a failure of Vigie itself replaced.
    #[getter]
    fn span_id(&self) -> Option<String> {
        self.context.span.map(|span| span.span_id.to_string())
    }

    /// The span's context, to be parent of other spans or to be injected.
    #[getter]
    fn context(slf: &Bound<'_, Self>) -> context::Context {
        let under = context::Under { span: slf.clone().into_any().unbind(), ends_with_it: false };
        context::Context::new(slf.get().context.clone(), Some(under))
    }

    /// Whether the span is open and sampled, so that attributes are worth computing.
    #[getter]
    fn is_recording(&self) -> bool {
        self.read(|span| span.is_recording())
    }

    /// The span's name while ``is_recording`` is True; otherwise ``""``.
    #[getter]
    fn name(&self) -> String {
        self.read(vigie_core::Span::name)
    }

    /// Sets every member of a mapping as an attribute; values may be of any type.
    #[pyo3(signature = (attributes, /))]
    fn set_attributes(&self, attributes: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut guarded = Guarded::new();
        let tape = tape_of_mapping(attributes.as_borrowed(), &mut guarded);
        self.with(|span| span.attributes(|writer| tape.play(writer)));
        guarded.finish()
    }

    /// Gives the span another name, a ``str`` (OpenTelemetry Trace API, "UpdateName").
    #[pyo3(signature = (name, /))]
    fn update_name(&self, name: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut guarded = Guarded::new();
        with_text_of(name.as_borrowed(), &mut guarded, |name| self.with(|span| span.update_name(name)));
        guarded.finish()
    }

    /// Sets the outcome: ``"ok"`` or ``"error"``, the latter with a message, a ``str``.
    ///
    /// ``"ok"`` is final; ``"unset"`` and any other word set nothing (OpenTelemetry Trace API, "Set
    /// Status").
    #[pyo3(signature = (status, message=None, /))]
    fn set_status(&self, status: &Bound<'_, PyAny>, message: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let mut guarded = Guarded::new();
        let status = with_text_of(status.as_borrowed(), &mut guarded, |text| Status::parse(text).ok());
        let message = message.map(|text| with_text_of(text.as_borrowed(), &mut guarded, str::to_owned));
        if let Some(status) = status {
            self.with(|span| span.set_status(status, message.as_deref()));
        }
        guarded.finish()
    }

    /// Ends the span, now or at ``end_time``, an ``int`` of nanoseconds since 1970. Only the first end counts.
    #[pyo3(signature = (end_time=None))]
    fn end(&self, py: Python<'_>, end_time: Option<&Bound<'_, PyAny>>) {
        let end_time = end_time.and_then(|time| nanoseconds(time.as_borrowed()));
        self.open.store(false, Ordering::Relaxed);
        let (core, stale) = self.state.with(|state| (state.core.take(), state.is_under_an_ended_one(py)));
        if stale {
            self.let_go(py);
        }
        if let Some(mut core) = core {
            core.end(end_time);
        }
    }

    /// What ``with`` does at its beginning, for ``async with``.
    fn __aenter__(slf: Bound<'_, Self>) -> Ready {
        Self::enter(slf.as_any(), slf.get());
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
    ) -> PyResult<Ready> {
        let _ = (exc_type, traceback);
        self.exit(py, Some(exc.as_borrowed()))?;
        Ok(Ready::new(py.None()))
    }

    fn __repr__(&self) -> String {
        format!(
            "<vigie.Span trace_id={} span_id={}>",
            self.trace_id().unwrap_or_default(),
            self.span_id().unwrap_or_default()
        )
    }
}

struct Enter;

impl Entry for Enter {
    const NAME: &'static CStr = c"__enter__";
    const DOC: &'static CStr = c"__enter__($self, /)\n--\n\n\
        Makes the span current in the running task or thread and returns it.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Span` below.
        let span = unsafe { call.this::<Span>() };
        let object = call.this_object();
        Span::enter(&object, span);
        Ok(object.into_ptr())
    }
}

struct Exit;

impl Entry for Exit {
    const NAME: &'static CStr = c"__exit__";
    const DOC: &'static CStr = c"__exit__($self, exc_type, exc, traceback, /)\n--\n\n\
        Ends the span and records an exception, which goes on.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Span` below.
        let span = unsafe { call.this::<Span>() };
        span.exit(call.py(), call.arg(1))?;
        none()
    }
}

/// Adds the class to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Span>()?;
    Methods::of::<Span>(module.py()).add::<Enter>()?.add::<Exit>()?;
    Ok(())
}
