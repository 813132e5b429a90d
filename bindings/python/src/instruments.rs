//! The functions that make instruments. Not for measuring: see `meter`.

use crate::arguments::{reals, text, truth};
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
#[pyo3(signature = (name, *, unit=None, description=None), text_signature = "(name, *, unit='', description='')")]
fn counter(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    unit: Option<&Bound<'_, PyAny>>,
    description: Option<&Bound<'_, PyAny>>,
) -> PyResult<Counter> {
    let (name, options) = described(name, unit, description)?;
    let made = vigie_core::host::global().meter().counter(&name, options);
    Ok(Counter { core: made.map_err(|error| error::raise(py, &error))? })
}

/// A sum that goes both ways; otherwise as ``counter``.
///
/// >>> import vigie
/// >>> vigie.up_down_counter("open_carts").add(1)
#[pyfunction]
#[pyo3(signature = (name, *, unit=None, description=None), text_signature = "(name, *, unit='', description='')")]
fn up_down_counter(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    unit: Option<&Bound<'_, PyAny>>,
    description: Option<&Bound<'_, PyAny>>,
) -> PyResult<UpDownCounter> {
    let (name, options) = described(name, unit, description)?;
    let made = vigie_core::host::global().meter().up_down_counter(&name, options);
    Ok(UpDownCounter { core: made.map_err(|error| error::raise(py, &error))? })
}

/// The last value, set by ``set`` or asked of ``callback``; otherwise as ``counter``.
///
/// ``callback`` takes no arguments and returns a number, or None for no change. It is called on a
/// Python thread before each collection; what it raises and what is no number is counted, and the last
/// number stays. What is no function, or one that is async or a generator, raises ``ConfigError``.
///
/// >>> import vigie
/// >>> gauge = vigie.gauge("answer", callback=lambda: 42)
/// >>> "answer 42" in vigie.metrics_text()
/// True
#[pyfunction]
#[pyo3(signature = (name, *, unit=None, description=None, callback=None), text_signature = "(name, *, unit='', description='', callback=None)")]
fn gauge(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    unit: Option<&Bound<'_, PyAny>>,
    description: Option<&Bound<'_, PyAny>>,
    callback: Option<Bound<'_, PyAny>>,
) -> PyResult<Gauge> {
    let (name, options) = described(name, unit, description)?;
    if let Some(callback) = callback.as_ref().filter(|callback| !callback.is_callable()) {
        let given = callback.get_type().to_string();
        return Err(error::raise(py, &Error::argument(format!("{name}.callback"), &given, "a function")));
    }
    if let Some(given) = callback.as_ref().and_then(observer::lazy) {
        let accepted = "a function that returns the number at once";
        return Err(error::raise(py, &Error::argument(format!("{name}.callback"), given, accepted)));
    }
    let made = vigie_core::host::global().meter().gauge(&name, options);
    let core = made.map_err(|error| error::raise(py, &error))?;
    if let Some(callback) = callback {
        observer::add(py, &name, &core, callback)?;
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
#[pyo3(signature = (name, *, unit=None, description=None, buckets=None, exponential=None), text_signature = "(name, *, unit='', description='', buckets=None, exponential=False)")]
fn histogram(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    unit: Option<&Bound<'_, PyAny>>,
    description: Option<&Bound<'_, PyAny>>,
    buckets: Option<&Bound<'_, PyAny>>,
    exponential: Option<&Bound<'_, PyAny>>,
) -> PyResult<Histogram> {
    let (name, options) = described(name, unit, description)?;
    let buckets = reals("buckets", buckets)?;
    if truth("exponential", exponential)? {
        let accepted = "exponential histograms are not built yet: give buckets=, or leave both out";
        return Err(error::raise(py, &Error::argument(format!("{name}.exponential"), "True", accepted)));
    }
    let options = InstrumentOptions { buckets, ..options };
    let made = vigie_core::host::global().meter().histogram(&name, options);
    Ok(Histogram { core: made.map_err(|error| error::raise(py, &error))? })
}

/// Summaries are not built yet: always raises ``ConfigError``. ``histogram`` takes the same measurements.
#[pyfunction]
#[pyo3(signature = (name, *, unit=None, description=None, quantiles=None), text_signature = "(name, *, unit='', description='', quantiles=None)")]
fn summary(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    unit: Option<&Bound<'_, PyAny>>,
    description: Option<&Bound<'_, PyAny>>,
    quantiles: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<PyAny>> {
    let (name, _) = described(name, unit, description)?;
    reals("quantiles", quantiles)?;
    let accepted = "summaries are not built yet: use a histogram";
    Err(error::raise(py, &Error::argument(format!("summary {name}"), "summary", accepted)))
}

/// What every instrument has: its name, and its unit and description among the options.
fn described(
    name: &Bound<'_, PyAny>,
    unit: Option<&Bound<'_, PyAny>>,
    description: Option<&Bound<'_, PyAny>>,
) -> PyResult<(String, InstrumentOptions)> {
    let (unit, description) = (text("unit", unit)?, text("description", description)?);
    Ok((text("name", Some(name))?, InstrumentOptions { unit, description, buckets: None }))
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(counter, module)?)?;
    module.add_function(wrap_pyfunction!(up_down_counter, module)?)?;
    module.add_function(wrap_pyfunction!(gauge, module)?)?;
    module.add_function(wrap_pyfunction!(histogram, module)?)?;
    module.add_function(wrap_pyfunction!(summary, module)?)
}
