//! Records of loggers that are not the standard library's and bring their parts along: loguru's and structlog's.
//! Not for records of `logging`: see `record`.

use super::loggers::LOGGERS;
use crate::convert::{Guarded, is_text, members_of, nanoseconds, number, with_text, with_text_of};
use crate::{current, error, host, levels, threads};
use pyo3::prelude::*;
use vigie_core::Severity;

/// The severity of a level by its number in the standard library or by its name.
fn severity(level: Borrowed<'_, '_, PyAny>) -> Severity {
    match number(level) {
        Some(vigie_core::Number::Int(level)) => levels::severity(level),
        _ if is_text(level) => with_text(level, |level| Severity::parse(level).unwrap_or(Severity::INFO)),
        _ => Severity::INFO,
    }
}

/// Writes a record that the level of another logger has let through: the logger's name, a level by its number in the
/// standard library or its name, the finished message, a mapping of attributes, an error as ``exc_info`` takes it, as
/// the text of a traceback or None, and the time in nanoseconds since 1970 or None for now.
#[pyfunction]
#[pyo3(signature = (name, level, message, attributes, error, timestamp, /))]
pub(super) fn write_told(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    level: &Bound<'_, PyAny>,
    message: &Bound<'_, PyAny>,
    attributes: &Bound<'_, PyAny>,
    error: Option<&Bound<'_, PyAny>>,
    timestamp: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    host::begin(py);
    let mut guarded = Guarded::new();
    let name = with_text_of(name.as_borrowed(), &mut guarded, str::to_owned);
    let text = with_text_of(message.as_borrowed(), &mut guarded, str::to_owned);
    let current = current::get(py);
    LOGGERS.with(&name, |logger| {
        let Some(mut record) = logger.record_let_through(severity(level.as_borrowed())) else { return };
        record.set_context(current.context());
        threads::tell(py, &record);
        if let Some(timestamp) = timestamp.and_then(|time| nanoseconds(time.as_borrowed())) {
            record.happened_at_ns(timestamp);
        }
        record.message(&text);
        members_of(&mut record.attributes(), attributes.as_borrowed(), &mut guarded);
        let thrown = error.and_then(|given| {
            if is_text(given.as_borrowed()) {
                return Some(with_text(given.as_borrowed(), error::from_traceback));
            }
            error::from_exc_info(given.as_borrowed(), Some(record.error_scribe()), &mut guarded)
        });
        if let Some(thrown) = thrown {
            record.error(thrown);
        }
        record.emit();
    });
    guarded.finish()
}
