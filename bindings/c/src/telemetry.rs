//! The process-wide telemetry: set-up, flush, shutdown, books, exposition.

use std::ffi::c_char;
use std::time::Duration;

use vigie_core::Environment;
use vigie_core::host::global;

use crate::convert::{self, bytes, put, set, text};
use crate::environment::{host_environment, process};
use crate::error::{Failure, VIGIE_E_ARG, VIGIE_E_CLOSED, VIGIE_E_TIMEOUT, VIGIE_OK, last};
use crate::ffi::{ffi, hooks, ready};
use crate::handles;

/// The version of this interface; it changes only when a program that was built against an older
/// header could break.
pub const VIGIE_ABI_VERSION: u32 = 1;

/// The metric lines, one JSON object a series, each ended by a newline.
pub const VIGIE_METRICS_JSON: i32 = 0;
/// Prometheus text format 0.0.4.
pub const VIGIE_METRICS_PROMETHEUS: i32 = 1;
/// OpenMetrics text format 1.0.
pub const VIGIE_METRICS_OPENMETRICS: i32 = 5;

/// The version of the interface of the loaded library: compare it with VIGIE_ABI_VERSION.
/// Thread-safe; no errors.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_abi_version() -> u32 {
    VIGIE_ABI_VERSION
}

/// The version of the library, such as "1.2.3": static, NUL-terminated text.
/// Thread-safe; no errors.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Copies out as much of the text of this thread's last failed call as fits, without a NUL;
/// gives the full length. A call that succeeds leaves the text as it was; 0 when none failed.
/// Thread-safe; no errors: `buf` NULL asks for the length alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_last_error(buf: *mut u8, cap: usize) -> usize {
    ffi(|| {
        let text = last();
        if !buf.is_null() {
            // SAFETY: the caller promises `cap` writable bytes; no more than that are copied.
            unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), buf, text.len().min(cap)) };
        }
        Ok(text.len())
    })
}

/// Initialises from a configuration document (JSON object) and the environment; the document wins.
/// NULL or no length: the environment and the defaults. The same settings again change nothing.
/// Without this call the first record initialises from the environment.
/// Errors: VIGIE_E_CONFIG with every mistake in the text; VIGIE_E_ALREADY with the settings that
/// differ; VIGIE_E_UTF8, VIGIE_E_JSON, VIGIE_E_ARG, VIGIE_E_IO. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_init(config_json: *const u8, config_json_len: usize) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let document = unsafe { text(config_json, config_json_len, "config_json")? };
        init(document, &process())
    })
}

/// As vigie_init, with a host's own copy of the environment in place of the process's: a JSON
/// object of strings, for runtimes whose changes to the environment C does not see. NULL or no
/// length: the process's own. First use reads it too from here on, see vigie_use_environment.
/// Errors: as vigie_init; VIGIE_E_JSON also for the environment. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_init_with(
    config_json: *const u8,
    config_json_len: usize,
    environment_json: *const u8,
    environment_json_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (document, variables) = unsafe {
            (
                text(config_json, config_json_len, "config_json")?,
                bytes(environment_json, environment_json_len, "environment_json")?,
            )
        };
        init(document, &host_environment(variables)?)
    })
}

fn init(document: &str, environment: &Environment) -> Result<i32, Failure> {
    hooks();
    global().init((!document.is_empty()).then_some(document), environment)?;
    Ok(VIGIE_OK)
}

/// Replaces the settings on purpose: flushes, then goes on with the new outputs.
/// Errors: as vigie_init but for VIGIE_E_ALREADY; the old settings stay in force then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_reconfigure(config_json: *const u8, config_json_len: usize) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let document = unsafe { text(config_json, config_json_len, "config_json")? };
        reconfigure(document, &process())
    })
}

/// As vigie_reconfigure, with a host's own copy of the environment as in vigie_init_with.
/// Errors: as vigie_reconfigure; VIGIE_E_JSON also for the environment. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_reconfigure_with(
    config_json: *const u8,
    config_json_len: usize,
    environment_json: *const u8,
    environment_json_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (document, variables) = unsafe {
            (
                text(config_json, config_json_len, "config_json")?,
                bytes(environment_json, environment_json_len, "environment_json")?,
            )
        };
        reconfigure(document, &host_environment(variables)?)
    })
}

fn reconfigure(document: &str, environment: &Environment) -> Result<i32, Failure> {
    hooks();
    // No text means the same as a document without keys.
    global().reconfigure(if document.is_empty() { "{}" } else { document }, environment)?;
    Ok(VIGIE_OK)
}

/// Sets the least severity that is recorded: of the logger of this name and those below it, or of all loggers where `logger`
/// is NULL or has no length. It stands over the configuration until vigie_init or vigie_reconfigure. Severity 0: what is
/// configured holds again. Without vigie_init the first call initialises from the environment.
/// Errors: VIGIE_E_UTF8, VIGIE_E_ARG for an unknown severity. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_set_level(logger: *const u8, logger_len: usize, severity: i32) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let logger = unsafe { text(logger, logger_len, "logger")? };
        let level = if severity == 0 { None } else { Some(convert::severity(severity)?) };
        ready();
        global().set_level((!logger.is_empty()).then_some(logger), level);
        Ok(VIGIE_OK)
    })
}

/// Waits until everything recorded before is written, at most `timeout_ms` milliseconds; also
/// writes the metric lines.
/// Errors: VIGIE_E_TIMEOUT, also when something was lost since the last flush (see vigie_stats);
/// VIGIE_E_CLOSED. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_flush(timeout_ms: u32) -> i32 {
    ffi(|| {
        if global().is_closed() {
            return Err(Failure::new(VIGIE_E_CLOSED, "used after vigie_shutdown; vigie_init opens anew"));
        }
        in_time(global().flush(Duration::from_millis(timeout_ms.into())), timeout_ms)
    })
}

/// Ends the spans that are still open (marked vigie.leaked), flushes and closes the outputs, at
/// most `timeout_ms` milliseconds. Later records are counted as dropped; vigie_init opens anew.
/// A second call does nothing.
/// Errors: VIGIE_E_TIMEOUT. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_shutdown(timeout_ms: u32) -> i32 {
    ffi(|| {
        for span in handles::open_spans() {
            // Another thread may have ended it in the meantime.
            let _ended = handles::take_span(span);
        }
        let done = global().shutdown(Duration::from_millis(timeout_ms.into()));
        crate::meter::forget_all();
        in_time(done, timeout_ms)
    })
}

fn in_time(done: bool, timeout_ms: u32) -> Result<i32, Failure> {
    if done {
        return Ok(VIGIE_OK);
    }
    Err(Failure::new(
        VIGIE_E_TIMEOUT,
        format!("not everything was written within {timeout_ms} ms; vigie_stats says what was not"),
    ))
}

/// Copies out all metrics as text: `format` is VIGIE_METRICS_JSON (what an output that takes metrics
/// gets at a flush), VIGIE_METRICS_PROMETHEUS or VIGIE_METRICS_OPENMETRICS.
/// The size may grow between two calls: ask again while the answer is VIGIE_E_BUFFER.
/// Errors: VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_metrics_render(format: i32, buf: *mut u8, cap: usize, len: *mut usize) -> i32 {
    ffi(|| {
        ready();
        let text = match format {
            VIGIE_METRICS_JSON => global().metric_lines(),
            VIGIE_METRICS_PROMETHEUS => global().metrics_text(false),
            VIGIE_METRICS_OPENMETRICS => global().metrics_text(true),
            _ => return Err(Failure::new(VIGIE_E_ARG, unknown_format(format))),
        };
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&text, buf, cap, len) }
    })
}

fn unknown_format(format: i32) -> String {
    let name = match format {
        2 => " (OTLP/JSON) is not built yet",
        3 => " (Influx line protocol) is not built yet",
        4 => " (StatsD) is not built yet",
        _ => "",
    };
    format!("format: {format}{name}; accepted: 0 (JSON lines), 1 (Prometheus text), 5 (OpenMetrics text)")
}

/// Copies out the books as a JSON object: for each output what was accepted, delivered, dropped
/// by reason and queued, when something arrived last, what went wrong last and how long the oldest
/// record has been waiting; then what recording repaired, cut, masked or refused.
/// Errors: VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_stats(buf: *mut u8, cap: usize, len: *mut usize) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&global().stats_json(), buf, cap, len) }
    })
}

/// Copies out the lines that outputs of the kind "memory" hold, each ended by a newline: for tests.
/// Errors: VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_memory_lines(buf: *mut u8, cap: usize, len: *mut usize) -> i32 {
    ffi(|| {
        let mut text = String::new();
        for line in global().memory_lines() {
            text.push_str(line.trim_end_matches('\n'));
            text.push('\n');
        }
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&text, buf, cap, len) }
    })
}

/// The number of a severity's name or alias in any case ("warn", "WARNING", "13"): `*severity`.
/// Errors: VIGIE_E_ARG with the accepted names, `*severity` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_severity(name: *const u8, name_len: usize, severity: *mut i32) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about out arguments and text.
        let name = unsafe {
            set(severity, 0, "severity")?;
            String::from_utf8_lossy(bytes(name, name_len, "name")?)
        };
        let parsed = vigie_core::Severity::parse(&name)?;
        // SAFETY: as above.
        unsafe { set(severity, i32::from(parsed.number()), "severity")? };
        Ok(VIGIE_OK)
    })
}
