//! The functions around recording: set-up, flush, shutdown, books and exposition.

use crate::arguments::{real, truth};
use crate::document;
use crate::{error, host, levels, observer};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::time::Duration;

/// Configures Vigie: one mapping, keyword arguments, or both (keyword arguments win).
///
/// The keys are those of ``core/docs/configuration.md``; durations are texts such as ``"5s"`` or numbers
/// of seconds, sizes texts such as ``"64KiB"`` or numbers of bytes; a number as a level is the standard
/// library's, such as ``logging.INFO``. Optional: the first record configures from the environment otherwise. The same settings again change nothing; other settings
/// raise ``ConfigError``, as every setting does that is not accepted, all of them at once.
///
/// >>> import vigie
/// >>> vigie.init(service="shop", levle="info")
/// Traceback (most recent call last):
///     ...
/// vigie.ConfigError: ...
#[pyfunction]
#[pyo3(signature = (config=None, /, **settings))]
fn init(
    py: Python<'_>,
    config: Option<&Bound<'_, PyAny>>,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let document = document::json(py, config, settings)?;
    let environment = host::environment(py);
    let done = py.detach(|| vigie_core::host::global().init(Some(&document), &environment));
    done.map_err(|error| error::raise(py, &error))?;
    host::configured(py);
    if observer::has_observers() { observer::start(py) } else { Ok(()) }
}

/// Changes the configuration of a running process; takes and raises what ``init`` does.
///
/// Outputs are flushed and opened anew; instruments and their values stay. On ``ConfigError`` nothing
/// has changed.
#[pyfunction]
#[pyo3(signature = (config=None, /, **settings))]
fn reconfigure(
    py: Python<'_>,
    config: Option<&Bound<'_, PyAny>>,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let document = document::json(py, config, settings)?;
    let environment = host::environment(py);
    let done = py.detach(|| vigie_core::host::global().reconfigure(&document, &environment));
    done.map_err(|error| error::raise(py, &error))?;
    host::configured(py);
    if observer::has_observers() { observer::start(py) } else { Ok(()) }
}

/// Sets the least severity that is recorded while the program runs.
///
/// ``level`` is a name (any case, with aliases such as ``warning``) or a number of the standard library, such as
/// ``logging.DEBUG``; None takes back what was set, so that what is configured holds again. ``logger`` is a ``str``: the logger
/// of this name and those below it; None, the default, is all loggers. Among several the longest name holds. It stands over the
/// configuration until ``init`` or ``reconfigure``. Raises ``ConfigError`` for anything else as a level, and ``TypeError``
/// where ``logger`` is no ``str``.
///
/// >>> import vigie
/// >>> vigie.set_level("debug", logger="shop.cart")
/// >>> vigie.set_level(None, logger="shop.cart")
#[pyfunction]
#[pyo3(signature = (level, logger=None))]
fn set_level(py: Python<'_>, level: &Bound<'_, PyAny>, logger: Option<&str>) -> PyResult<()> {
    let level = levels::given(level).map_err(|error| error::raise(py, &error))?;
    host::begin(py);
    py.detach(|| vigie_core::host::guard((), || vigie_core::host::global().set_level(logger, level)));
    Ok(())
}

/// A timeout in seconds. A negative one is zero; one that no clock can hold is the longest there is.
fn seconds(timeout: Option<&Bound<'_, PyAny>>) -> PyResult<Duration> {
    const DEFAULT: f64 = 5.0;
    const LONGEST: f64 = 1e9;
    let timeout = real("timeout", timeout, DEFAULT)?;
    Ok(Duration::try_from_secs_f64(timeout.clamp(0.0, LONGEST)).unwrap_or(Duration::ZERO))
}

/// Waits until everything recorded before is out, at most ``timeout`` seconds (``float``).
///
/// True when it is; False when that took longer or records were lost since the last flush. A timeout
/// below zero does not wait; one that is no number raises ``TypeError``.
///
/// >>> import vigie
/// >>> vigie.flush(timeout=5)
/// True
#[pyfunction]
#[pyo3(signature = (timeout=None), text_signature = "(timeout=5.0)")]
fn flush(py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
    let timeout = seconds(timeout)?;
    observer::refresh(py)?;
    Ok(py.detach(|| vigie_core::host::guard(false, || vigie_core::host::global().flush(timeout))))
}

/// Flushes, at most ``timeout`` seconds (``float``), and ends. True when everything is out.
///
/// Later records are dropped and counted; ``init`` opens anew. A timeout that is no number raises
/// ``TypeError``.
#[pyfunction]
#[pyo3(signature = (timeout=None), text_signature = "(timeout=5.0)")]
fn shutdown(py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
    let timeout = seconds(timeout)?;
    observer::refresh(py)?;
    Ok(py.detach(|| vigie_core::host::guard(false, || vigie_core::host::global().shutdown(timeout))))
}

/// All metrics as Prometheus text 0.0.4, or as OpenMetrics 1.0 if ``openmetrics`` is True.
///
/// >>> import vigie
/// >>> vigie.counter("visits_total").add(3)
/// >>> "visits_total 3" in vigie.metrics_text()
/// True
#[pyfunction]
#[pyo3(signature = (*, openmetrics=None), text_signature = "(*, openmetrics=False)")]
fn metrics_text(py: Python<'_>, openmetrics: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
    let openmetrics = truth("openmetrics", openmetrics)?;
    host::begin(py);
    observer::refresh(py)?;
    Ok(vigie_core::host::guard(String::new(), || vigie_core::host::global().metrics_text(openmetrics)))
}

/// The books of every output and the process's counters, as the text of a JSON object.
#[pyfunction]
fn stats_json() -> String {
    vigie_core::host::guard(String::new(), || vigie_core::host::global().stats_json())
}

/// The JSON lines that outputs of the kind ``memory`` hold, without the newline, oldest first.
#[pyfunction]
fn memory_lines() -> Vec<String> {
    vigie_core::host::guard(Vec::new(), || vigie_core::host::global().memory_lines())
}

/// A temporary output that keeps a copy of every line in memory until it is closed.
#[pyclass(frozen, module = "vigie._native")]
struct Capture {
    core: std::sync::Mutex<Option<vigie_core::Capture>>,
}

#[pymethods]
impl Capture {
    #[new]
    fn new(py: Python<'_>) -> Self {
        host::begin(py);
        Self { core: std::sync::Mutex::new(Some(vigie_core::host::global().capture())) }
    }

    /// The JSON lines so far, without the newline; none once it is closed.
    fn lines(&self) -> Vec<String> {
        let core = self.core.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        core.as_ref().map(vigie_core::Capture::lines).unwrap_or_default()
    }

    /// Ends the capture and gives its lines; none when it was closed before.
    fn close(&self) -> Vec<String> {
        let mut core = self.core.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        core.take().map(|capture| capture.lines()).unwrap_or_default()
    }
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Capture>()?;
    module.add_class::<crate::timer::Timer>()?;
    module.add_function(wrap_pyfunction!(init, module)?)?;
    module.add_function(wrap_pyfunction!(reconfigure, module)?)?;
    module.add_function(wrap_pyfunction!(set_level, module)?)?;
    module.add_function(wrap_pyfunction!(flush, module)?)?;
    module.add_function(wrap_pyfunction!(shutdown, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_text, module)?)?;
    module.add_function(wrap_pyfunction!(stats_json, module)?)?;
    module.add_function(wrap_pyfunction!(memory_lines, module)?)?;
    module.add_function(wrap_pyfunction!(observer::has_observers, module)?)?;
    module.add_function(wrap_pyfunction!(observer::refresh_seconds, module)?)?;
    module.add_function(wrap_pyfunction!(observer::refresh, module)?)
}
