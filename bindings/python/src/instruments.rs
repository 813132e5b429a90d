//! The functions that make instruments. Not for measuring: see `meter`.

use crate::error;
use crate::meter::{Counter, Gauge, Histogram, UpDownCounter};
use crate::observer;
use pyo3::prelude::*;
use vigie_core::{Error, InstrumentOptions};

/// A sum that only grows; the same name and kind give the same instrument.
///
/// ``name`` is a ``str`` as the OpenTelemetry Metrics API wants it ("Instrument name syntax"). ``unit``
/// is a ``str`` in UCUM notation (``"s"``, ``"By"``, ``"1"``), ``description`` a ``str``; both are empty
/// unless given. A name or unit that is not accepted, or a name that is another kind's already, raises
/// ``ConfigError``; an argument of another type raises ``TypeError``.
///
/// >>> import vigie
/// >>> vigie.counter("mails_total", unit="1", description="mails sent").add(1, region="eu")
#[pyfunction]
#[pyo3(signature = (name, *, unit="", description=""))]
fn counter(py: Python<'_>, name: &str, unit: &str, description: &str) -> PyResult<Counter> {
    let made = vigie_core::host::global().meter().counter(name, options(unit, description));
    Ok(Counter { core: made.map_err(|error| error::raise(py, &error))? })
}

/// A sum that goes both ways; otherwise as ``counter``.
///
/// >>> import vigie
/// >>> vigie.up_down_counter("open_carts").add(1)
#[pyfunction]
#[pyo3(signature = (name, *, unit="", description=""))]
fn up_down_counter(py: Python<'_>, name: &str, unit: &str, description: &str) -> PyResult<UpDownCounter> {
    let made = vigie_core::host::global().meter().up_down_counter(name, options(unit, description));
    Ok(UpDownCounter { core: made.map_err(|error| error::raise(py, &error))? })
}

/// The last value, set by ``set`` or asked of ``callback``; otherwise as ``counter``.
///
/// ``callback`` takes no arguments and returns a number, or None for no change. It is called on a
/// Python thread before each collection; what it raises is swallowed. What is no function raises
/// ``ConfigError``.
///
/// >>> import vigie
/// >>> gauge = vigie.gauge("answer", callback=lambda: 42)
/// >>> "answer 42" in vigie.metrics_text()
/// True
#[pyfunction]
#[pyo3(signature = (name, *, unit="", description="", callback=None))]
fn gauge(
    py: Python<'_>,
    name: &str,
    unit: &str,
    description: &str,
    callback: Option<Bound<'_, PyAny>>,
) -> PyResult<Gauge> {
    if let Some(callback) = callback.as_ref().filter(|callback| !callback.is_callable()) {
        let given = callback.get_type().to_string();
        return Err(error::raise(py, &Error::argument(format!("{name}.callback"), &given, "a function")));
    }
    let made = vigie_core::host::global().meter().gauge(name, options(unit, description));
    let core = made.map_err(|error| error::raise(py, &error))?;
    if let Some(callback) = callback {
        observer::add(py, name, &core, callback)?;
    }
    Ok(Gauge { core })
}

/// The distribution of measurements; otherwise as ``counter``.
///
/// ``buckets`` are ascending upper bounds in the instrument's unit, a sequence of at most 256 ``float``;
/// the default goes by the unit. ``exponential`` is not built yet: True raises ``ConfigError``, as
/// buckets that do not ascend do.
///
/// >>> import vigie
/// >>> vigie.histogram("size_bytes", unit="By", buckets=[100, 1000]).record(512)
#[pyfunction]
#[pyo3(signature = (name, *, unit="", description="", buckets=None, exponential=false))]
fn histogram(
    py: Python<'_>,
    name: &str,
    unit: &str,
    description: &str,
    buckets: Option<Vec<f64>>,
    exponential: bool,
) -> PyResult<Histogram> {
    if exponential {
        let accepted = "exponential histograms are not built yet: give buckets=, or leave both out";
        return Err(error::raise(py, &Error::argument(format!("{name}.exponential"), "True", accepted)));
    }
    let options = InstrumentOptions { buckets, ..options(unit, description) };
    let made = vigie_core::host::global().meter().histogram(name, options);
    Ok(Histogram { core: made.map_err(|error| error::raise(py, &error))? })
}

/// Summaries are not built yet: always raises ``ConfigError``. ``histogram`` takes the same measurements.
#[pyfunction]
#[pyo3(signature = (name, *, unit="", description="", quantiles=None))]
fn summary(
    py: Python<'_>,
    name: &str,
    unit: &str,
    description: &str,
    quantiles: Option<Vec<f64>>,
) -> PyResult<Py<PyAny>> {
    let _ = (unit, description, quantiles);
    let accepted = "summaries are not built yet: use a histogram";
    Err(error::raise(py, &Error::argument(format!("summary {name}"), "summary", accepted)))
}

fn options(unit: &str, description: &str) -> InstrumentOptions {
    InstrumentOptions { unit: unit.to_owned(), description: description.to_owned(), buckets: None }
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(counter, module)?)?;
    module.add_function(wrap_pyfunction!(up_down_counter, module)?)?;
    module.add_function(wrap_pyfunction!(gauge, module)?)?;
    module.add_function(wrap_pyfunction!(histogram, module)?)?;
    module.add_function(wrap_pyfunction!(summary, module)?)
}
