//! Error codes of the ABI, and the text of the last error of each thread.
//! Not for catching panics: see `ffi`.

use std::borrow::Cow;
use std::cell::RefCell;

use vigie_core::{Error, ErrorCode};

/// Done.
pub const VIGIE_OK: i32 = 0;
/// An argument is not accepted: NULL with a length, a number out of its range, an unknown name.
pub const VIGIE_E_ARG: i32 = -1;
/// Text that must be UTF-8 is not.
pub const VIGIE_E_UTF8: i32 = -2;
/// Text that must be JSON is not, or is not of the expected shape.
pub const VIGIE_E_JSON: i32 = -3;
/// The handle is stale (ended, released, of another process) or of another kind.
pub const VIGIE_E_HANDLE: i32 = -4;
/// The buffer is too small; the needed size is in *len.
pub const VIGIE_E_BUFFER: i32 = -5;
/// The configuration is not accepted; the text of the error lists every mistake.
pub const VIGIE_E_CONFIG: i32 = -6;
/// Initialised already, with other settings.
pub const VIGIE_E_ALREADY: i32 = -7;
/// Used after vigie_shutdown.
pub const VIGIE_E_CLOSED: i32 = -8;
/// The time was over before everything was out.
pub const VIGIE_E_TIMEOUT: i32 = -9;
/// A limit of the library was reached, such as the number of handles.
pub const VIGIE_E_LIMIT: i32 = -10;
/// The operating system refused.
pub const VIGIE_E_IO: i32 = -11;
/// A defect of the library, contained; the call had no other effect that is promised.
pub const VIGIE_E_PANIC: i32 = -99;

/// Why a call failed: the code for the caller and a text for a person.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: i32,
    text: Cow<'static, str>,
}

impl Failure {
    pub(crate) fn new(code: i32, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.into() }
    }

    pub(crate) fn argument(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(VIGIE_E_ARG, text)
    }

    pub(crate) fn handle(expected: &'static str) -> Self {
        Self::new(VIGIE_E_HANDLE, expected)
    }

    pub(crate) fn json(error: &serde_json::Error) -> Self {
        Self::new(VIGIE_E_JSON, error.to_string())
    }

    /// Needs no allocation: it is made before every call.
    pub(crate) const fn panicked() -> Self {
        Self { code: VIGIE_E_PANIC, text: Cow::Borrowed("a defect of Vigie was contained; please report it") }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.code() {
            ErrorCode::Config => VIGIE_E_CONFIG,
            ErrorCode::Already => VIGIE_E_ALREADY,
            ErrorCode::Closed => VIGIE_E_CLOSED,
            ErrorCode::Json => VIGIE_E_JSON,
            ErrorCode::Utf8 => VIGIE_E_UTF8,
            ErrorCode::Limit => VIGIE_E_LIMIT,
            ErrorCode::Io => VIGIE_E_IO,
            _ => VIGIE_E_ARG,
        };
        Self::new(code, error.to_string())
    }
}

thread_local! {
    static LAST: RefCell<Cow<'static, str>> = const { RefCell::new(Cow::Borrowed("")) };
}

/// Keeps the text for `vigie_last_error` and gives the code. A thread that is ending keeps none.
pub(crate) fn remember(failure: Failure) -> i32 {
    let Failure { code, text } = failure;
    let _ended = LAST.try_with(|last| last.replace(text));
    code
}

/// The text of this thread's last failed call.
pub(crate) fn last() -> Cow<'static, str> {
    LAST.try_with(|last| last.borrow().clone()).unwrap_or_default()
}
