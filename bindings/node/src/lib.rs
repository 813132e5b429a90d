//! Vigie for Node: a Node-API add-on of plain functions over numbers, strings and typed arrays.
//! Conversion of objects, propagation and the search for series are in lib/.
//!
//! Functions under `#[napi]` export themselves, and the `napi` library converts their arguments and results. The few
//! that run while records are made are raw, for the reason that [`js`] gives; they are listed here. Whichever way a
//! call comes in, the body of its function runs inside core's panic guard.

// What napi-derive exports it registers in no build for tests, where all of it therefore looks unused.
#![cfg_attr(test, allow(dead_code))]

mod batch;
mod capture;
mod carrier;
mod columns;
mod convert;
mod error;
mod forms;
mod instance;
mod js;
mod line_error;
mod line_members;
mod lines;
mod logger;
mod meter;
mod prices;
mod runs;
mod sampling;
mod scene;
mod telemetry;
mod text;
mod tracer;
mod wire;
mod work;

use napi::Env;
use napi::bindgen_prelude::{JsObjectValue, Object};
use napi_derive::napi;
use napi_sys::{napi_callback_info, napi_env, napi_value};
use vigie_core::host::guard;

/// Wraps functions for Node and lists them under their names in JavaScript.
macro_rules! raw {
    ($($name:literal => $function:path),+ $(,)?) => {
        [$(($name, {
            unsafe extern "C" fn entry(env: napi_env, info: napi_callback_info) -> napi_value {
                // SAFETY: Node calls this with the environment and the arguments of a call.
                unsafe { js::enter(env, info, $function) }
            }
            entry as napi::Callback
        })),+]
    };
}

/// The library calls this once for each environment that loads the add-on, after it has added its own functions.
#[napi(module_exports)]
pub fn register(mut exports: Object<'_>, env: Env) -> napi::Result<()> {
    guard(Ok(()), || {
        vigie_host::lend_memory();
        instance::attach(&env)?;
        exports.set_named_property("version", env!("CARGO_PKG_VERSION"))?;
        let functions = raw![
            "handover" => batch::handover,
            "noteOpen" => batch::note_open,
            "clock" => telemetry::clock,
            "ids" => tracer::ids,
            "measure" => meter::measure,
            "runStart" => runs::start,
            "runChunk" => runs::chunk,
            "runEnd" => runs::end,
        ];
        functions.into_iter().try_for_each(|(name, function)| exports.create_named_method(name, function))
    })
}
