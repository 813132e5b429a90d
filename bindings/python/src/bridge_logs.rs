//! Log records of another API in the process, which knows their severity, time and context itself.
//! Not for spans and contexts: see `bridge`.

use crate::convert::{Guarded, nanoseconds, with_text_of};
use crate::keywords::tape_of_mapping;
use crate::logger::Logger;
use crate::{current, error, host, threads};
use pyo3::prelude::*;
use vigie_core::Severity;

/// The severity of a number from 1 to 24 (OpenTelemetry logs data model, "SeverityNumber"); INFO for others.
fn severity(number: u8) -> Severity {
    Severity::from_number(number).unwrap_or(Severity::INFO)
}

/// Whether a logger records that severity.
#[pyfunction]
fn logs(py: Python<'_>, logger: &Bound<'_, Logger>, number: u8) -> bool {
    host::begin(py);
    logger.get().core().enabled(severity(number))
}

/// Writes a record: logger, number of the severity, message, a mapping of attributes or None, an exception or None, the time in
/// nanoseconds since 1970 or None for now, and the ``Span`` or ``Context`` that it belongs to, None for the current one.
#[pyfunction]
#[pyo3(signature = (logger, number, message, attributes, exception, timestamp, place, /))]
#[allow(clippy::too_many_arguments, reason = "they are what a record consists of")]
fn write_log(
    py: Python<'_>,
    logger: &Bound<'_, Logger>,
    number: u8,
    message: &Bound<'_, PyAny>,
    attributes: Option<&Bound<'_, PyAny>>,
    exception: Option<&Bound<'_, PyAny>>,
    timestamp: Option<&Bound<'_, PyAny>>,
    place: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    host::begin(py);
    let logger = logger.get().core();
    let current = current::get(py);
    let mut guarded = Guarded::new();
    let tape = attributes.map(|attributes| tape_of_mapping(attributes.as_borrowed(), &mut guarded));
    let text = with_text_of(message.as_borrowed(), &mut guarded, str::to_owned);
    if let Some(mut record) = logger.record(severity(number)) {
        record.set_context(place.and_then(current::of).unwrap_or_else(|| current.context()));
        if let Some(time_ns) = timestamp.and_then(|time| nanoseconds(time.as_borrowed())) {
            record.set_timestamp_us(time_ns.div_euclid(1_000));
        }
        threads::tell(py, &record);
        record.message(&text);
        if let Some(tape) = &tape {
            tape.play(&mut record.attributes());
        }
        let thrown = exception.and_then(|given| {
            error::from_exc_info(given.as_borrowed(), Some(record.error_scribe()), &mut guarded)
        });
        if let Some(thrown) = thrown {
            record.error(thrown);
        }
        record.emit();
    }
    guarded.finish()
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(logs, module)?)?;
    module.add_function(wrap_pyfunction!(write_log, module)?)
}
