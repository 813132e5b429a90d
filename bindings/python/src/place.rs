//! What stands in the variable where a framework's runs are followed: what was entered together with the run in whose
//! body that happened, and the body of a run that is entered and never left.
//! Not for what is current at the end: see `current`.

use crate::followed;
use crate::open_run::OpenRun;
use crate::variable::{self, Token};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::type_object::PyTypeInfo;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use vigie_core::runs::{RunId, Runs};
use vigie_core::{Context, SpanId};

static CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// Remembers the address of the class; called once, when the module is loaded.
pub(crate) fn register(py: Python<'_>) {
    CLASS.store(Place::type_object_raw(py), Ordering::Release);
}

/// An entry of the variable in the place of the object that was entered.
#[pyclass(frozen, module = "vigie")]
pub(crate) struct Place {
    pub(crate) what: What,
    /// The span of the run that was current then.
    pub(crate) under: Option<SpanId>,
}

pub(crate) enum What {
    /// A `Span` or a `Context` that a `with` made current.
    Object(Py<PyAny>),
    /// The body of a run.
    Body(Body),
}

/// The body of a run that its start has entered. Nobody leaves it: it counts for nothing once the run has ended, since
/// who ends a run may do so anywhere.
pub(crate) struct Body {
    runs: Arc<Runs>,
    id: RunId,
    pub(crate) context: Context,
    /// What stood in the variable before.
    before: Option<Py<PyAny>>,
}

/// The place that an object of the variable is, if it is one.
#[inline]
pub(crate) fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Place> {
    // SAFETY: the object is alive; its class is checked before it is used as one.
    unsafe {
        let is_place = ffi::Py_TYPE(object.as_ptr()) == CLASS.load(Ordering::Relaxed);
        is_place.then(|| object.cast_unchecked::<Place>().get())
    }
}

/// Makes an object current in the running task or thread.
#[inline]
pub(crate) fn enter(object: &Bound<'_, PyAny>) -> Option<Token> {
    if followed::is_set() { enter_beside_runs(object) } else { variable::enter(object) }
}

#[cold]
fn enter_beside_runs(object: &Bound<'_, PyAny>) -> Option<Token> {
    let py = object.py();
    let Some(run) = followed::run(py) else { return variable::enter(object) };
    let under = run.span.map(|span| span.span_id);
    match Bound::new(py, Place { what: What::Object(object.clone().unbind()), under }) {
        Ok(place) => variable::enter(place.as_any()),
        Err(_) => variable::enter(object),
    }
}

/// What stands in the variable, bodies of runs that have ended passed over.
pub(crate) fn object(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    let mut object = variable::object(py)?;
    loop {
        let before = match of(&object).map(|place| &place.what) {
            Some(What::Body(body)) if !body.is_open() => body.before(py),
            _ => return Some(object),
        };
        object = before?;
    }
}

/// Makes the body of a run current in the running task or thread, until [`leave_body`] is called there or the run has
/// ended.
pub(crate) fn enter_body(py: Python<'_>, runs: &Arc<Runs>, id: RunId, context: Context) {
    let before = object(py).map(Bound::unbind);
    let under = followed::run(py).and_then(|run| run.span).map(|span| span.span_id);
    let body = Body { runs: Arc::clone(runs), id, context, before };
    if let Ok(place) = Bound::new(py, Place { what: What::Body(body), under }) {
        drop(variable::enter(place.as_any()));
    }
}

/// Makes current again what was so before the body of the run, if that is what stands in the variable here.
#[inline]
pub(crate) fn leave_body(py: Python<'_>, runs: &Arc<Runs>, id: RunId) {
    let Some(object) = variable::object(py) else { return };
    if let Some(What::Body(body)) = of(&object).map(|place| &place.what)
        && body.id == id
        && Arc::ptr_eq(&body.runs, runs)
    {
        let before = body.before(py).unwrap_or_else(|| py.None().into_bound(py));
        drop(variable::enter(&before));
    }
}

/// The run in whose body this is, if it was entered and is what stands in the variable here.
pub(crate) fn body(py: Python<'_>) -> Option<OpenRun> {
    match &of(&object(py)?)?.what {
        What::Body(body) => Some(OpenRun { runs: Arc::clone(&body.runs), id: body.id }),
        What::Object(_) => None,
    }
}

impl Body {
    fn is_open(&self) -> bool {
        self.runs.context(self.id).is_some()
    }

    fn before<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.before.as_ref().map(|before| before.bind(py).clone())
    }
}
