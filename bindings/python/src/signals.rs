//! The setting `signals`: has the Python file `_signals` follow it.
//! Not for what a signal does: that file says it.

use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether `_signals` was told of the setting, and has to be told when it is taken back.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Called after each configuration. Without the setting nothing is imported. Handlers that cannot go in
/// (the interpreter is ending) are left out.
pub(crate) fn follow(py: Python<'_>) {
    let wanted = vigie_core::host::global().settings().is_some_and(|settings| settings.signals);
    if TOLD.swap(wanted, Ordering::AcqRel) || wanted {
        let _ = py.import("vigie._signals").and_then(|signals| signals.call_method1("follow", (wanted,)));
    }
}
