//! The identifiers by which frameworks tell their runs apart, in the core's form.

use crate::convert::{is_text, with_text};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyInt;
use vigie_core::runs::{RunId, run_id_of_text};

/// The identifier that a ``uuid.UUID``, an ``int`` of 128 bits or a ``str`` stands for; None for anything else.
#[inline]
pub(crate) fn run_id(value: Borrowed<'_, '_, PyAny>) -> Option<RunId> {
    if value.is_exact_instance_of::<PyInt>() {
        return value.extract().ok();
    }
    if is_text(value) {
        return Some(with_text(value, run_id_of_text));
    }
    // A UUID is a whole number under a name.
    value.getattr_opt(intern!(value.py(), "int")).ok()??.extract().ok()
}
