//! `inject`, `extract`, `context_from`: the context in and out of carriers.
//! Not for the formats, which the core reads and writes.

use crate::carrier::Headers;
use crate::context::Context;
use crate::convert::Guarded;
use crate::current;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Writes the context into a carrier and returns the carrier.
///
/// Headers: ``traceparent``, ``tracestate``, ``baggage`` (W3C) and ``X-Correlation-ID``.
/// ``carrier`` is any mutable mapping, a new dict when left out; ``context`` is a ``Context`` or
/// ``Span``, the current one when left out.
///
/// >>> import vigie
/// >>> with vigie.span("call"):
/// ...     sorted(vigie.inject({}))
/// ['traceparent']
#[pyfunction]
#[pyo3(signature = (carrier=None, context=None))]
fn inject<'py>(
    py: Python<'py>,
    carrier: Option<Bound<'py, PyAny>>,
    context: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    crate::host::begin(py);
    let carrier = carrier.unwrap_or_else(|| PyDict::new(py).into_any());
    let current;
    let context = match context.and_then(current::of) {
        Some(given) => given,
        None => {
            current = current::get(py);
            current.context()
        }
    };
    let mut guarded = Guarded::new();
    vigie_core::global().inject(context, &mut |name, value| put(&carrier, name, value, &mut guarded));
    guarded.finish()?;
    Ok(carrier)
}

/// Sets one header; what a carrier of the user's raises is swallowed.
fn put(carrier: &Bound<'_, PyAny>, name: &str, value: &str, guarded: &mut Guarded) {
    let py = carrier.py();
    let value = PyString::new(py, value);
    let name = match name {
        "traceparent" => intern!(py, "traceparent").clone(),
        "tracestate" => intern!(py, "tracestate").clone(),
        "baggage" => intern!(py, "baggage").clone(),
        "X-Correlation-ID" => intern!(py, "X-Correlation-ID").clone(),
        other => PyString::new(py, other),
    };
    match carrier.cast_exact::<PyDict>() {
        Ok(dict) => drop(dict.set_item(name, value)),
        Err(_) => guarded.ignore(|| carrier.set_item(name, value)),
    }
}

/// The context that a carrier brings, on top of the current one.
///
/// ``carrier`` is a mapping of header names (any case) to texts or lists of texts, or an iterable
/// of pairs such as ASGI's. Without usable headers it is the current context. Use it as a context
/// manager to continue the trace:
///
/// >>> import vigie
/// >>> headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
/// >>> with vigie.extract(headers) as context:
/// ...     context.trace_id
/// '0af7651916cd43dd8448eb211c80319c'
#[pyfunction]
fn extract(py: Python<'_>, carrier: &Bound<'_, PyAny>) -> PyResult<Context> {
    crate::host::begin(py);
    let mut guarded = Guarded::new();
    let headers = Headers::of(carrier.as_borrowed(), &mut guarded);
    let base = current::get(py);
    let context = headers.read(base.context());
    guarded.finish()?;
    Ok(Context::new(context))
}

/// The same as ``extract``, for a context that is kept or passed on: ``parent=``, ``context=``.
///
/// >>> import vigie
/// >>> vigie.context_from({"traceparent": "junk"}).trace_id is None
/// True
#[pyfunction]
fn context_from(py: Python<'_>, carrier: &Bound<'_, PyAny>) -> PyResult<Context> {
    extract(py, carrier)
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(inject, module)?)?;
    module.add_function(wrap_pyfunction!(extract, module)?)?;
    module.add_function(wrap_pyfunction!(context_from, module)?)
}
