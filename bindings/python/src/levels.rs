//! What a number means as a level in Python: the standard library's, `logging.INFO` being 20.
//! Not for names, which the core reads.

use pyo3::prelude::*;
use pyo3::types::PyString;
use vigie_core::{Number, Severity};

/// What a caller gave as a level: a name or a number of the standard library; None for no level.
///
/// # Errors
/// What is accepted, for anything else.
pub(crate) fn given(level: &Bound<'_, PyAny>) -> vigie_core::Result<Option<Severity>> {
    if level.is_none() {
        return Ok(None);
    }
    let level = level.as_borrowed();
    if !level.is_instance_of::<PyString>()
        && let Some(Number::Int(number)) = crate::convert::number(level)
    {
        return Ok(Some(severity(number)));
    }
    let mut guarded = crate::convert::Guarded::new();
    crate::convert::with_text_of(level, &mut guarded, Severity::parse).map(Some)
}

/// The severity of a level of the standard library. Its five levels lie ten apart where OpenTelemetry's
/// lie four apart, so that 25 lies between INFO and WARN here too.
pub(crate) fn severity(level: i64) -> Severity {
    let number = level.clamp(0, 57) * 4 / 10 + 1;
    u8::try_from(number).ok().and_then(Severity::from_number).unwrap_or(Severity::INFO)
}

/// The name of such a level in a configuration document, which takes no numbers.
pub(crate) fn name(level: i64) -> String {
    let severity = severity(level);
    match (severity.number() - 1) % 4 {
        0 => severity.text().to_owned(),
        step => format!("{}{}", severity.text(), step + 1),
    }
}

/// Whether a setting is a level: `level`, those of `levels`, an output's.
pub(crate) fn is_level(path: &str) -> bool {
    path == "level"
        || path.starts_with("levels.")
        || (path.starts_with("outputs[") && path.ends_with("].level"))
}
