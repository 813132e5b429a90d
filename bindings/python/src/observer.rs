//! Gauges with a callback. Callbacks are called on Python threads, so that the core's threads never
//! need the interpreter. Not for the choice of the moment: collections and `_observer.py` call `refresh`.

use crate::meter::number_of;
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use vigie_core::Number;

/// The value that a callback gave last; empty before the first time.
type Last = Arc<Mutex<Option<Number>>>;

struct Observer {
    callback: Py<PyAny>,
    last: Last,
}

/// By the name of the gauge.
static OBSERVERS: Mutex<BTreeMap<String, Observer>> = Mutex::new(BTreeMap::new());

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
    let new = Observer { callback: callback.unbind(), last };
    // What is replaced is let go outside of the lock: its own code may run then.
    let replaced = OBSERVERS.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), new);
    drop(replaced);
    if crate::host::begun() {
        start(py)?;
    }
    Ok(())
}

/// Starts the thread that asks, or wakes it because the interval may be another now.
pub(crate) fn start(py: Python<'_>) -> PyResult<()> {
    py.import("vigie._observer")?.call_method0("start").map(drop)
}

/// After how many seconds the callbacks of gauges are asked again, so that no point is older than half
/// the interval at which points are written.
#[pyfunction]
pub(crate) fn refresh_seconds() -> f64 {
    const LONGEST: f64 = 10.0;
    let every = vigie_core::host::global().settings().map(|settings| settings.metrics_every.as_secs_f64());
    every.map_or(LONGEST, |every| (every / 2.0).clamp(0.01, LONGEST))
}

/// Whether any gauge has a callback.
#[pyfunction]
pub(crate) fn has_observers() -> bool {
    !OBSERVERS.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
}

thread_local! {
    /// Whether this thread is asking already: a callback may cause a collection in turn.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Ends the asking when it is dropped, after a panic too.
struct Asking;

impl Asking {
    /// None inside a callback.
    fn begin() -> Option<Self> {
        (!ASKING.replace(true)).then(|| Self)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.set(false);
    }
}

/// Asks the callback of every gauge for its number.
///
/// What a callback raises is swallowed and counted, KeyboardInterrupt and SystemExit excepted, which it
/// hands on. A collection that a callback causes asks nobody again.
#[pyfunction]
pub(crate) fn refresh(py: Python<'_>) -> PyResult<()> {
    let Some(_asking) = Asking::begin() else { return Ok(()) };
    let all: Vec<(Py<PyAny>, Last)> = {
        let observers = OBSERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        observers.values().map(|one| (one.callback.clone_ref(py), Arc::clone(&one.last))).collect()
    };
    for (callback, last) in all {
        if let Some(number) = ask(callback.bind(py))? {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(number);
        }
    }
    Ok(())
}

/// The callback's number; None when it has none to tell.
fn ask(callback: &Bound<'_, PyAny>) -> PyResult<Option<Number>> {
    let py = callback.py();
    let value = match callback.call0() {
        Ok(value) if value.is_none() => return Ok(None),
        Ok(value) => value,
        Err(error)
            if error.is_instance_of::<PyKeyboardInterrupt>(py)
                || error.is_instance_of::<PySystemExit>(py) =>
        {
            return Err(error);
        }
        Err(_) => {
            vigie_core::host::global().count_invalid_measurement();
            return Ok(None);
        }
    };
    let number = number_of(value.as_borrowed());
    if number.is_none() {
        vigie_core::host::global().count_invalid_measurement();
        // A coroutine that nobody awaits would warn when it is freed.
        if value.hasattr("__await__").unwrap_or(false) {
            let _ = value.call_method0("close");
        }
    }
    Ok(number)
}

/// What calling a function gives when it can be told from the function: a coroutine or a generator is
/// never a number.
pub(crate) fn lazy(callback: &Bound<'_, PyAny>) -> Option<&'static str> {
    // Flags of a code object, as `inspect` names them.
    const KINDS: [(u32, &str); 3] = [
        (0x80, "a coroutine function"),
        (0x200, "an async generator function"),
        (0x20, "a generator function"),
    ];
    let mut function = callback.clone();
    // A partial function has the function under `func`, an object that is called under `__call__`.
    for _ in 0..8 {
        let Ok(inner) = function.getattr("func") else { break };
        function = inner;
    }
    let flags_of = |function: &Bound<'_, PyAny>| {
        function.getattr("__code__").and_then(|code| code.getattr("co_flags")?.extract::<u32>()).ok()
    };
    let called = || flags_of(&function.getattr("__call__").ok()?);
    let flags = flags_of(&function).or_else(called)?;
    KINDS.iter().find(|(flag, _)| flags & flag != 0).map(|(_, name)| *name)
}
