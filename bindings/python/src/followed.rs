//! The run that a framework itself calls the current one: it keeps that in a ContextVar of its own, and whoever asks
//! what is current reads it there. Nothing is attached, so that nothing can be left attached.
//! Not for what is nearer, the run or a `with` inside it: see `current`.

use crate::convert::type_name;
use crate::lock::Lock;
use crate::open_run::OpenRun;
use crate::run_ids::run_id;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vigie_core::Context;
use vigie_core::runs::{RunId, Runs};

/// Where the framework keeps its current run, and the table that knows it.
struct Followed {
    variable: Py<PyAny>,
    /// From the variable's value to the run's identifier: members of dicts, attributes of other objects.
    steps: Vec<Py<PyString>>,
    runs: Arc<Runs>,
}

static IS_SET: AtomicBool = AtomicBool::new(false);
static FOLLOWED: Lock<Option<Arc<Followed>>> = Lock::new(None);

/// Whether any framework is followed.
#[inline]
pub(crate) fn is_set() -> bool {
    IS_SET.load(Ordering::Relaxed)
}

/// Follows the framework that keeps its run in `variable`, in place of the one before.
pub(crate) fn follow(
    runs: &Arc<Runs>,
    variable: &Bound<'_, PyAny>,
    steps: &Bound<'_, PyTuple>,
) -> PyResult<()> {
    let py = variable.py();
    let class = py.import("contextvars")?.getattr("ContextVar")?;
    if !variable.is_instance(&class)? {
        let class = type_name(&variable.get_type());
        return Err(PyTypeError::new_err(format!("variable must be a ContextVar, not {class}")));
    }
    let mut names = Vec::new();
    for step in steps {
        let class = type_name(&step.get_type());
        let refused = |_| PyTypeError::new_err(format!("a step must be a str, not {class}"));
        names.push(step.cast_into::<PyString>().map_err(refused)?.unbind());
    }
    set(Some(Followed { variable: variable.clone().unbind(), steps: names, runs: Arc::clone(runs) }));
    Ok(())
}

/// Follows nothing any more, if it was this table that was followed.
pub(crate) fn forget(runs: &Arc<Runs>) {
    let is_its = |followed: &Option<Arc<Followed>>| {
        followed.as_ref().is_some_and(|followed| Arc::ptr_eq(&followed.runs, runs))
    };
    if FOLLOWED.with(|followed| is_its(followed)) {
        set(None);
    }
}

fn set(followed: Option<Followed>) {
    let followed = followed.map(Arc::new);
    IS_SET.store(followed.is_some(), Ordering::Relaxed);
    // What is replaced is let go outside of the lock: its own code may run then.
    let replaced = FOLLOWED.with(|kept| std::mem::replace(kept, followed));
    drop(replaced);
}

/// What the body of the framework's current run stands in; None where no run is current, or none that is open.
pub(crate) fn run(py: Python<'_>) -> Option<Context> {
    let followed = FOLLOWED.with(|followed| followed.clone())?;
    followed.runs.context(followed.id(py)?)
}

/// The framework's current run, open or not; None where no run is current.
pub(crate) fn open_run(py: Python<'_>) -> Option<OpenRun> {
    let followed = FOLLOWED.with(|followed| followed.clone())?;
    Some(OpenRun { runs: Arc::clone(&followed.runs), id: followed.id(py)? })
}

impl Followed {
    fn id(&self, py: Python<'_>) -> Option<RunId> {
        let mut value = ptr::null_mut();
        // SAFETY: the variable is a ContextVar and alive; a new reference or null is stored, null with an exception when
        // it has no value.
        let mut value = unsafe {
            if ffi::PyContextVar_Get(self.variable.as_ptr(), ptr::null_mut(), &mut value) < 0 {
                ffi::PyErr_Clear();
            }
            Bound::from_owned_ptr_or_opt(py, value)?
        };
        for step in &self.steps {
            if value.is_none() {
                return None;
            }
            value = match value.cast_exact::<PyDict>() {
                Ok(dict) => dict.get_item(step.bind(py)).ok()??,
                Err(_) => value.getattr_opt(step.bind(py)).ok()??,
            };
        }
        if value.is_none() { None } else { run_id(value.as_borrowed()) }
    }
}
