//! What a host says of its process: its own copy of the environment, and what runs the program.

use std::sync::OnceLock;

use vigie_core::Environment;
use vigie_core::config::Runtime;
use vigie_core::host::global;

use crate::convert::{Members, bytes, document, put, repaired, text};
use crate::error::{Failure, VIGIE_OK};
use crate::ffi::ffi;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Has first use, the first record without a call to vigie_init, read a host's own copy of the
/// environment: a JSON object of strings. What is initialised already stays as it is. As ever at
/// first use, mistakes mean defaults and a line on standard error, and vigie_init may come later.
/// Errors: VIGIE_E_JSON, VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_use_environment(
    environment_json: *const u8,
    environment_json_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let variables = unsafe { bytes(environment_json, environment_json_len, "environment_json")? };
        host_environment(variables)?;
        Ok(VIGIE_OK)
    })
}

/// Says what runs the program, such as ".NET" and "8.0.11", for the setting `enrich` with `runtime`;
/// `description` may be NULL. It holds for what is initialised, or told by vigie_use_environment, after
/// this call; a second call changes nothing. Errors: VIGIE_E_UTF8, VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_use_runtime(
    name: *const u8,
    name_len: usize,
    version: *const u8,
    version_len: usize,
    description: *const u8,
    description_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (name, version, description) = unsafe {
            (
                text(name, name_len, "name")?,
                text(version, version_len, "version")?,
                text(description, description_len, "description")?,
            )
        };
        RUNTIME.get_or_init(|| Runtime {
            name: name.to_owned(),
            version: version.to_owned(),
            description: description.to_owned(),
        });
        Ok(VIGIE_OK)
    })
}

/// Copies out the names of the environment variables that are read besides those that begin with VIGIE_
/// and OTEL_, as a JSON list of strings: a host's own copy need hold no others, unless OTEL_CONFIG_FILE
/// is among them. Configures nothing and reads no environment.
/// Errors: VIGIE_E_ARG; VIGIE_E_BUFFER with the needed size in `*len`. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_environment_names(buf: *mut u8, cap: usize, len: *mut usize) -> i32 {
    ffi(|| {
        let names: std::collections::BTreeSet<&str> = Environment::other_names().collect();
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&serde_json::json!(names).to_string(), buf, cap, len) }
    })
}

/// The environment of a document, which first use reads too from here on.
pub(crate) fn host_environment(json: &[u8]) -> Result<Environment, Failure> {
    let environment = environment(json)?;
    global().use_environment(environment.clone());
    Ok(environment)
}

/// The environment of a document; that of the process when there is none.
fn environment(json: &[u8]) -> Result<Environment, Failure> {
    if json.is_empty() {
        return Ok(process());
    }
    let variables: Members<String> = document(&repaired(json))?;
    let given = Environment::from_pairs(variables.0).with_program(Environment::process().program());
    Ok(with_runtime(given))
}

/// The environment of the process.
pub(crate) fn process() -> Environment {
    with_runtime(Environment::process())
}

fn with_runtime(environment: Environment) -> Environment {
    match RUNTIME.get() {
        Some(runtime) => environment.with_runtime(runtime.clone()),
        None => environment,
    }
}
