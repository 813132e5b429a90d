//! Gauges with a callback. Callbacks are called on Python threads, so that the core's threads never
//! need the interpreter. Not for the choice of the moment: collections and `_observer.py` call `refresh`.

use crate::convert;
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};
use vigie_core::Number;

/// The value that a callback gave last; empty before the first time.
type Last = Arc<Mutex<Option<Number>>>;

struct Observer {
    name: String,
    callback: Py<PyAny>,
    last: Last,
}

static OBSERVERS: Mutex<Vec<Observer>> = Mutex::new(Vec::new());

/// Adds a callback; one for the same gauge is replaced.
pub(crate) fn add(
    py: Python<'_>,
    name: &str,
    gauge: &vigie_core::Gauge,
    callback: Bound<'_, PyAny>,
) -> PyResult<()> {
    let last = Last::default();
    let shown = Arc::clone(&last);
    gauge.observe(Box::new(move || *shown.lock().unwrap_or_else(PoisonError::into_inner)));
    let new = Observer { name: name.to_owned(), callback: callback.unbind(), last };
    let replaced: Vec<Observer> = {
        let mut observers = OBSERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        let (same, others) = observers.drain(..).partition(|old| old.name == name);
        *observers = others;
        observers.push(new);
        same
    };
    drop(replaced);
    if crate::host::begun() {
        py.import("vigie._observer")?.call_method0("start")?;
    }
    Ok(())
}

/// Whether any gauge has a callback.
#[pyfunction]
pub(crate) fn has_observers() -> bool {
    !OBSERVERS.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
}

/// Asks the callback of every gauge for its number.
///
/// What a callback raises is swallowed, KeyboardInterrupt and SystemExit excepted, which it hands on.
#[pyfunction]
pub(crate) fn refresh(py: Python<'_>) -> PyResult<()> {
    let all: Vec<(Py<PyAny>, Last)> = {
        let observers = OBSERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        observers.iter().map(|one| (one.callback.clone_ref(py), Arc::clone(&one.last))).collect()
    };
    for (callback, last) in all {
        match callback.bind(py).call0() {
            Ok(value) => {
                if let Some(number) = convert::number(value.as_borrowed()) {
                    *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(number);
                }
            }
            Err(error)
                if error.is_instance_of::<PyKeyboardInterrupt>(py)
                    || error.is_instance_of::<PySystemExit>(py) =>
            {
                return Err(error);
            }
            Err(_) => {}
        }
    }
    Ok(())
}
