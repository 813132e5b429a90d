//! Records of the loggers that Python programs have: the standard library's `logging`, and what stands in for it.
//! Not for Vigie's own logger: see `logger`.

mod access;
mod complaint;
mod fields;
mod handler;
mod loggers;
mod message;
mod record;
mod told;

use pyo3::prelude::*;

/// Makes sure that the telemetry is set up, as the first record does.
#[pyfunction]
fn begin(py: Python<'_>) {
    crate::host::begin(py);
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(begin, module)?)?;
    module.add_function(wrap_pyfunction!(handler::make_handler, module)?)?;
    module.add_function(wrap_pyfunction!(told::write_told, module)?)
}
