//! First use: the moment at which the environment is read and the process's hooks go in.
//! Not for the hooks themselves: `vigie-host` and the Python file `_hooks` hold them.

use crate::detached::without_the_interpreter;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use vigie_core::Environment;
use vigie_core::config::Runtime;

static BEGUN: AtomicBool = AtomicBool::new(false);

/// Makes sure that the telemetry is set up; every recording call starts here.
#[inline]
pub(crate) fn begin(py: Python<'_>) {
    if !BEGUN.load(Ordering::Relaxed) {
        first_use(py);
    }
}

/// Whether the first use has happened.
pub(crate) fn begun() -> bool {
    BEGUN.load(Ordering::Relaxed)
}

#[cold]
fn first_use(_py: Python<'_>) {
    Python::attach(|py| {
        vigie_core::host::global().ensure_with(environment(py));
        configured(py);
    });
}

/// What each configuration is followed by: hooks go in with the first one, and follow the settings of all.
pub(crate) fn configured(py: Python<'_>) {
    install(py);
    crate::signals::follow(py);
}

/// Installs the hooks, once. A hook that cannot go in (the interpreter is ending) is left out.
fn install(py: Python<'_>) {
    if BEGUN.swap(true, Ordering::AcqRel) {
        return;
    }
    vigie_host::install();
    vigie_core::host::on_wait(without_the_interpreter);
    crate::audit::install();
    let _ = py.import("vigie._hooks").and_then(|hooks| hooks.call_method0("install"));
}

/// The environment with the script's name as the program's: the process itself is `python`.
pub(crate) fn environment(py: Python<'_>) -> Environment {
    let mut environment = Environment::process();
    if let Some(name) = program(py) {
        environment = environment.with_program(name);
    }
    match runtime(py) {
        Ok(runtime) => environment.with_runtime(runtime),
        Err(_) => environment,
    }
}

/// The interpreter, as OpenTelemetry's conventions describe it.
fn runtime(py: Python<'_>) -> PyResult<Runtime> {
    let sys = py.import("sys")?;
    let (name, version) = (sys.getattr("implementation")?.getattr("name")?, py.version_info());
    Ok(Runtime {
        name: name.extract()?,
        version: format!("{}.{}.{}", version.major, version.minor, version.patch),
        description: sys.getattr("version")?.extract()?,
    })
}

fn program(py: Python<'_>) -> Option<String> {
    let arguments = py.import("sys").ok()?.getattr("argv").ok()?.cast_into::<PyList>().ok()?;
    let script = arguments.get_item(0).ok()?.cast_into::<PyString>().ok()?;
    let script = crate::convert::with_text(script.as_any().as_borrowed(), str::to_owned);
    let path = Path::new(&script);
    let stem = path.file_stem()?.to_str()?;
    if stem == "__main__" {
        // With `python -m package` the name is that of the package's folder.
        return Some(path.parent()?.file_name()?.to_str()?.to_owned());
    }
    // With `-c` and `-m` the first argument is not the name of a program.
    if stem.starts_with('-') { None } else { Some(stem.to_owned()) }
}
