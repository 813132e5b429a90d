//! Log records by the fast call, and loggers with a name and bound attributes.
//! Not for whole records as documents: see `record`.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use vigie_core::host::global;
use vigie_core::{Logger, Severity};

use crate::context::with_context;
use crate::convert::{ErrorDocument, attributes, bytes, document, lossy, repaired, set};
use crate::error::{Failure, VIGIE_E_CLOSED, VIGIE_OK};
use crate::ffi::{ffi, ready};
use crate::handles;
use crate::held::Held;

/// Severity numbers of OpenTelemetry; those between are accepted too.
pub const VIGIE_TRACE: i32 = 1;
pub const VIGIE_DEBUG: i32 = 5;
pub const VIGIE_INFO: i32 = 9;
pub const VIGIE_WARN: i32 = 13;
pub const VIGIE_ERROR: i32 = 17;
pub const VIGIE_FATAL: i32 = 21;

/// The logger without a name, never freed. Made without a lock: a child of fork may need it.
static UNNAMED: AtomicPtr<Logger> = AtomicPtr::new(ptr::null_mut());

fn unnamed() -> &'static Logger {
    // SAFETY: null, or a logger that was leaked below for the life of the process.
    if let Some(logger) = unsafe { UNNAMED.load(Ordering::Acquire).as_ref() } {
        return logger;
    }
    let made = Box::into_raw(Box::new(global().logger("")));
    match UNNAMED.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: ours, published and from here on never freed.
        Ok(_) => unsafe { &*made },
        Err(theirs) => {
            // SAFETY: made above and published to nobody.
            drop(unsafe { Box::from_raw(made) });
            // SAFETY: another thread's, published and never freed.
            unsafe { &*theirs }
        }
    }
}

pub(crate) fn with_logger<T>(handle: u64, work: impl FnOnce(&Logger) -> T) -> Result<T, Failure> {
    if handle == 0 {
        return Ok(work(unnamed()));
    }
    match handles::look_up(handle)?.held() {
        Some(Held::Logger(logger)) => Ok(work(logger)),
        _ => Err(Failure::handle("logger: not that of a logger")),
    }
}

/// Whether a record of this severity would be written: 1 or 0. Ask before building attributes.
/// Takes no lock. Thread-safe; no errors, an unknown severity is 0.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_enabled(severity: i32) -> i32 {
    ffi(|| Ok(enabled(0, severity).into()))
}

/// As vigie_enabled, for a logger, whose name may have a level of its own.
/// Takes no lock. Thread-safe; no errors, an unknown severity and a stale handle are 0.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_logger_enabled(logger: u64, severity: i32) -> i32 {
    ffi(|| Ok(enabled(logger, severity).into()))
}

fn enabled(logger: u64, severity: i32) -> bool {
    let severity = u8::try_from(severity).ok().and_then(Severity::from_number);
    severity.is_some_and(|severity| with_logger(logger, |logger| logger.enabled(severity)).unwrap_or(false))
}

/// Writes a log record. `message` is the text, in which {name} stands for the attribute of that
/// name; `attrs` a JSON object; `span` a span or a context, 0 the thread's current one. Below the
/// level nothing else is looked at. What is not UTF-8 becomes U+FFFD.
/// Errors: VIGIE_E_ARG, nothing is written; VIGIE_E_HANDLE, written without the span;
/// VIGIE_E_JSON, written with the attributes before the mistake; VIGIE_E_CLOSED. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_log(
    severity: i32,
    message: *const u8,
    message_len: usize,
    attrs: *const u8,
    attrs_len: usize,
    span: u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        log(0, severity, span, || unsafe { Parts::template(message, message_len, attrs, attrs_len) })
    })
}

/// As vigie_log, through a logger (0 the one without a name).
/// Errors: as vigie_log; a stale `logger` writes nothing. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_logger_log(
    logger: u64,
    severity: i32,
    message: *const u8,
    message_len: usize,
    attrs: *const u8,
    attrs_len: usize,
    span: u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        log(logger, severity, span, || unsafe { Parts::template(message, message_len, attrs, attrs_len) })
    })
}

/// As vigie_logger_log, with the error that the record is about: a JSON object of type, message,
/// stack, cause and errors (members of an aggregate; all of the same shape) and attributes, each optional.
/// Errors: as vigie_logger_log; VIGIE_E_JSON in `error`: nothing is written. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_logger_error(
    logger: u64,
    severity: i32,
    message: *const u8,
    message_len: usize,
    attrs: *const u8,
    attrs_len: usize,
    error: *const u8,
    error_len: usize,
    span: u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        log(logger, severity, span, || unsafe {
            let error: ErrorDocument = document(&repaired(bytes(error, error_len, "error")?))?;
            Ok(Parts { error: Some(error), ..Parts::template(message, message_len, attrs, attrs_len)? })
        })
    })
}

/// As vigie_logger_log, but `message` is finished text, in which {name} stands for itself; `error`
/// is as in vigie_logger_error, no text is none.
/// Errors: as vigie_logger_error. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_logger_text(
    logger: u64,
    severity: i32,
    message: *const u8,
    message_len: usize,
    attrs: *const u8,
    attrs_len: usize,
    error: *const u8,
    error_len: usize,
    span: u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        log(logger, severity, span, || unsafe {
            let error = bytes(error, error_len, "error")?;
            let error = if error.is_empty() { None } else { Some(document(&repaired(error))?) };
            Ok(Parts {
                error,
                is_template: false,
                ..Parts::template(message, message_len, attrs, attrs_len)?
            })
        })
    })
}

/// What a record is made of.
struct Parts<'a> {
    message: &'a [u8],
    is_template: bool,
    attrs: &'a [u8],
    error: Option<ErrorDocument>,
}

impl<'a> Parts<'a> {
    /// A template and its attributes.
    ///
    /// # Safety
    /// As `bytes`, for both.
    unsafe fn template(
        message: *const u8,
        message_len: usize,
        attrs: *const u8,
        attrs_len: usize,
    ) -> Result<Self, Failure> {
        // SAFETY: the caller's promises about text.
        let (message, attrs) =
            unsafe { (bytes(message, message_len, "message")?, bytes(attrs, attrs_len, "attrs")?) };
        Ok(Self { message, is_template: true, attrs, error: None })
    }
}

/// The message, the attributes and the error are looked at only when the level lets the record through.
fn log<'a>(
    logger: u64,
    severity: i32,
    span: u64,
    parts: impl FnOnce() -> Result<Parts<'a>, Failure>,
) -> Result<i32, Failure> {
    ready();
    let severity = crate::convert::severity(severity)?;
    with_logger(logger, |logger| {
        if !logger.enabled(severity) {
            return Ok(VIGIE_OK);
        }
        let Parts { message, is_template, attrs, error } = parts()?;
        with_context(span, |context| {
            let Some(mut record) = logger.record(severity) else { return Ok(VIGIE_OK) };
            let found = context.map(|context| record.set_context(context));
            if is_template {
                record.template_utf8_lossy(message);
            } else {
                record.message_utf8_lossy(message);
            }
            let read = attributes(attrs, &mut record.attributes());
            let described = error.map_or(Ok(()), |error| error.record(&mut record));
            let refused = record.is_refused();
            record.emit();
            found.and(read).and(described).and_then(|()| emitted(refused))
        })
    })?
}

/// After shutdown a record is counted as dropped, and its maker is told.
pub(crate) fn emitted(refused: bool) -> Result<i32, Failure> {
    if refused {
        return Err(Failure::new(VIGIE_E_CLOSED, "used after vigie_shutdown; vigie_init opens anew"));
    }
    Ok(VIGIE_OK)
}

/// Gives a logger of a name, such as "shop.cart": `*logger`. Give it up with vigie_release.
/// Errors: VIGIE_E_ARG, VIGIE_E_LIMIT; `*logger` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_logger(name: *const u8, name_len: usize, logger: *mut u64) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about out arguments and text.
        let name = unsafe {
            set(logger, 0, "logger")?;
            lossy(bytes(name, name_len, "name")?)
        };
        let handle = handles::insert(Held::Logger(global().logger(&name)))?;
        // SAFETY: as above.
        unsafe { set(logger, handle, "logger")? };
        Ok(VIGIE_OK)
    })
}

/// Gives a child of a logger (0 the one without a name) with attributes, a JSON object, that go
/// into each of its records: `*bound`. Give it up with vigie_release.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*bound` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_logger_bind(
    logger: u64,
    attrs: *const u8,
    attrs_len: usize,
    bound: *mut u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about out arguments and text.
        let attrs = unsafe {
            set(bound, 0, "bound")?;
            bytes(attrs, attrs_len, "attrs")?
        };
        let mut read = Ok(());
        let child = with_logger(logger, |logger| logger.bind(|writer| read = attributes(attrs, writer)))?;
        read?;
        let handle = handles::insert(Held::Logger(child))?;
        // SAFETY: as above.
        unsafe { set(bound, handle, "bound")? };
        Ok(VIGIE_OK)
    })
}
