//! The native module `vigie._native`: the classes that users of the Python package hold.
//! Not for telemetry itself: this crate converts values and maps errors, the core does the rest.

mod arguments;
mod audit;
mod bridge;
mod bridge_logs;
mod carrier;
mod context;
mod contexts;
mod convert;
mod current;
mod detached;
mod document;
mod error;
mod followed;
mod host;
mod instruments;
mod keywords;
mod levels;
mod links;
mod lock;
mod logger;
mod logging;
mod meter;
mod names;
mod observer;
mod open_run;
mod place;
mod prices;
mod propagation;
mod raw;
mod ready;
mod requests;
mod run_ids;
mod run_start;
mod runs;
mod set_attribute;
mod signals;
mod span_events;
mod spans;
mod stack;
mod telemetry;
mod threads;
mod timer;
mod tracer;
mod variable;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// The native part of the package ``vigie``.
#[pymodule(gil_used = false)]
#[pyo3(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // The core calls back into the interpreter by the simple thread-state functions, which know the
    // main interpreter only: in another one the first record would wait for ever.
    // SAFETY: the thread is attached; only addresses are compared.
    if unsafe { ffi::PyInterpreterState_Get() != ffi::PyInterpreterState_Main() } {
        return Err(PyImportError::new_err(
            "vigie does not work in a sub-interpreter: import it in the main interpreter, or run this code \
             in a process of its own",
        ));
    }
    vigie_host::lend_memory();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    variable::register(module.py())?;
    error::register(module)?;
    logger::register(module)?;
    tracer::register(module)?;
    spans::register(module)?;
    context::register(module)?;
    contexts::register(module)?;
    propagation::register(module)?;
    meter::register(module)?;
    instruments::register(module)?;
    telemetry::register(module)?;
    links::register(module.py())?;
    set_attribute::register(module.py())?;
    span_events::register(module.py())?;
    runs::register(module)?;
    run_start::register(module.py())?;
    prices::register(module)?;
    place::register(module.py());
    current::register(module.py());
    bridge::register(module)?;
    bridge_logs::register(module)?;
    requests::register(module)?;
    logging::register(module)?;
    // The package says what is public; a second list could only differ from the first.
    module.delattr("__all__")
}
