//! Vigie for Node: a Node-API add-on of plain functions over numbers, strings and typed arrays.
//! Not for conversion of objects, propagation or looking up series: lib/*.ts does those.
//!
//! Every function that Node calls goes through [`js::enter`], the one panic guard.

mod batch;
mod carrier;
mod columns;
mod convert;
mod error;
mod forms;
mod instance;
mod js;
mod logger;
mod meter;
mod telemetry;
mod text;
mod tracer;
mod work;

use instance::Instance;
use napi_sys::*;
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::null_mut;

/// Wraps functions for Node and lists them under their names in JavaScript.
macro_rules! exports {
    ($($name:literal => $function:path),+ $(,)?) => {
        [$(($name, {
            unsafe extern "C" fn entry(env: napi_env, info: napi_callback_info) -> napi_value {
                // SAFETY: Node calls this as registered below.
                unsafe { js::enter(env, info, $function) }
            }
            Some(entry as Entry)
        })),+]
    };
}

/// A function as Node calls it.
type Entry = unsafe extern "C" fn(napi_env, napi_callback_info) -> napi_value;

/// Everything that native.d.cts declares.
fn functions() -> [(&'static str, Option<Entry>); 27] {
    exports![
    "init" => telemetry::init,
    "reconfigure" => telemetry::reconfigure,
    "ensure" => telemetry::ensure,
    "epoch" => telemetry::epoch,
    "settings" => telemetry::settings,
    "logger" => logger::register,
    "threshold" => logger::threshold,
    "severity" => logger::severity,
    "form" => telemetry::form,
    "handover" => batch::handover,
    "clock" => telemetry::clock,
    "ids" => tracer::ids,
    "instrument" => meter::instrument,
    "series" => meter::series,
    "bounds" => meter::bounds,
    "measure" => meter::measure,
    "metricsText" => telemetry::metrics_text,
    "stats" => telemetry::stats,
    "flush" => telemetry::flush,
    "shutdown" => telemetry::shutdown,
    "flushSync" => telemetry::flush_sync,
    "carry" => carrier::carry,
    "inherited" => carrier::inherited,
    "memory" => telemetry::memory,
    "captureOpen" => telemetry::capture_open,
    "captureLines" => telemetry::capture_lines,
    "captureClose" => telemetry::capture_close,
    ]
}

/// Node calls this once for each environment that loads the library.
///
/// # Safety
/// Node hands in a live environment and its fresh `exports` object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_register_module_v1(env: napi_env, exports: napi_value) -> napi_value {
    // SAFETY: the caller's promise.
    vigie_core::guard((), || unsafe { register(env, exports) });
    exports
}

unsafe fn register(env: napi_env, exports: napi_value) {
    #[cfg(target_env = "msvc")]
    // SAFETY: Node itself has the functions that are looked up.
    unsafe {
        napi_sys::setup();
    }
    let data: *mut c_void = Box::into_raw(Box::new(RefCell::new(Instance::default()))).cast();
    // SAFETY: Node calls `forget` once, after the last function of this environment.
    unsafe { napi_set_instance_data(env, data, Some(forget), null_mut()) };
    for (name, function) in functions() {
        let mut made = null_mut();
        let length = isize::try_from(name.len()).unwrap_or(0);
        // SAFETY: names are NUL-free constants with their length; `data` outlives the functions.
        unsafe {
            napi_create_function(env, name.as_ptr().cast(), length, function, data, &mut made);
            napi_set_property(env, exports, js::give_name(env, name), made);
        }
    }
    // SAFETY: as above.
    unsafe {
        napi_set_property(
            env,
            exports,
            js::give_name(env, "version"),
            js::give_name(env, env!("CARGO_PKG_VERSION")),
        );
    }
}

/// The environment is gone: a worker ended, or the process leaves.
unsafe extern "C" fn forget(_env: napi_env, data: *mut c_void, _hint: *mut c_void) {
    vigie_core::guard((), || {
        // SAFETY: `data` came from `Box::into_raw` in `register`, and nothing refers to it any more.
        drop(unsafe { Box::from_raw(data.cast::<RefCell<Instance>>()) });
    });
}
