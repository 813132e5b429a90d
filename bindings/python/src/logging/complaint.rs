//! What is said on standard error of faults in the program's use of `logging`: one line in ten seconds.
//! Not for faults of outputs, which the core tells.

use crate::convert::{loaded, type_name};
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(10);

/// When the last line was said, and how many were not since.
static LAST: Mutex<(Option<Instant>, u64)> = Mutex::new((None, 0));

/// Says that, unless something was said just now or `logging.raiseExceptions` asks for silence.
#[cold]
pub(super) fn complain(py: Python<'_>, text: impl FnOnce() -> String) {
    let silent = loaded(py, "logging")
        .and_then(|logging| logging.getattr("raiseExceptions").ok())
        .is_some_and(|raise| !raise.is_truthy().unwrap_or(true));
    if silent {
        return;
    }
    let unsaid = {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0.is_some_and(|then| then.elapsed() < EVERY) {
            last.1 += 1;
            return;
        }
        last.0 = Some(Instant::now());
        std::mem::take(&mut last.1)
    };
    let more = if unsaid == 0 { String::new() } else { format!(" ({unsaid} more since the last such line)") };
    vigie_core::host::complain(&(text() + &more));
}

/// An exception in one line.
pub(super) fn in_words(py: Python<'_>, error: &PyErr) -> String {
    let text = error
        .value(py)
        .str()
        .map(|text| crate::convert::with_text(text.as_any().as_borrowed(), str::to_owned));
    format!("{}: {}", type_name(&error.get_type(py)), text.unwrap_or_default())
}
