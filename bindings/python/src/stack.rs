//! The traceback text of an exception, the same that the standard library prints.
//! Not for causes and messages: see `error`.
//!
//! The library reads source files again for each traceback, which takes fifty times as long as a whole record does. What
//! it prints of a frame depends only on the code and the place in it, so that this is kept.

use crate::convert::{Guarded, with_text};
use crate::lock::Lock;
use pyo3::exceptions::{PyAttributeError, PyImportError, PyNameError, PySyntaxError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySlice, PyString};
use std::collections::HashMap;
use std::sync::Arc;

/// A stack text is cut at this many characters: some more than the default limit, since the core masks tokens before
/// it cuts.
const STACK_CAP: usize = 80 * 1024;

/// A longer message leads to the library's way, which sees it before it is cut.
const QUICK_MESSAGE: usize = 4096;

/// Places that are kept, and the longest text of one.
const KEPT: usize = 1024;
const KEPT_TEXT: usize = 4096;

/// So many times the same line is printed in a row.
const REPEATED: usize = 3;

/// Code, by its address, and the instruction in it.
type Place = (usize, i64);

/// What the library prints of a place. The reference keeps the code's address from being used again.
type Printed = (Py<PyAny>, Arc<str>);

static PRINTED: Lock<Option<HashMap<Place, Printed>>> = Lock::new(None);

/// The traceback text of one exception of this type with this message, if that could be had.
pub(crate) fn stack(
    error: &Bound<'_, PyAny>,
    type_name: &str,
    message: Option<&str>,
    guarded: &mut Guarded,
) -> String {
    let short = message.filter(|message| message.len() <= QUICK_MESSAGE);
    let quick = short.and_then(|message| {
        let frames = if has_more(error) { None } else { frames(error, guarded) }?;
        let colon = if message.is_empty() { "" } else { ": " };
        Some(frames + type_name + colon + message + "\n")
    });
    quick.filter(|text| text.len() <= STACK_CAP).unwrap_or_else(|| by_library(error, guarded))
}

/// Whether more is printed of it than type and message: a place in a source text, a name that may be meant, notes, the
/// members of a group.
fn has_more(error: &Bound<'_, PyAny>) -> bool {
    error.is_instance_of::<PySyntaxError>()
        || error.is_instance_of::<PyNameError>()
        || error.is_instance_of::<PyAttributeError>()
        || error.is_instance_of::<PyImportError>()
        // Groups have a class from Python 3.11 on.
        || !lacks(error, intern!(error.py(), "exceptions"))
        || !lacks(error, intern!(error.py(), "__notes__"))
}

fn lacks(error: &Bound<'_, PyAny>, name: &Bound<'_, PyString>) -> bool {
    matches!(error.getattr_opt(name), Ok(None))
}

/// The header and the frames; nothing where the library would print less than all of them.
fn frames(error: &Bound<'_, PyAny>, guarded: &mut Guarded) -> Option<String> {
    let py = error.py();
    // SAFETY: the thread is attached; a borrowed reference or null comes back.
    if !unsafe { ffi::PySys_GetObject(c"tracebacklimit".as_ptr()) }.is_null() {
        return None;
    }
    // SAFETY: the object is an exception; a new reference or null comes back.
    let mut trace =
        unsafe { Bound::from_owned_ptr_or_opt(py, ffi::PyException_GetTraceback(error.as_ptr())) }?;
    let mut text = "Traceback (most recent call last):\n".to_owned();
    let mut lines = Lines::default();
    loop {
        lines.push(&mut text, &printed(&trace, guarded)?);
        let next = trace.getattr(intern!(py, "tb_next")).ok()?;
        if next.is_none() || text.len() > STACK_CAP {
            break;
        }
        trace = next;
    }
    lines.end(&mut text);
    Some(text)
}

/// Frames one behind the other; the library prints the same line three times, and then how often it came again.
#[derive(Default)]
struct Lines {
    last: Option<Arc<str>>,
    times: usize,
}

impl Lines {
    fn push(&mut self, text: &mut String, frame: &Arc<str>) {
        // File, line and name stand in the first line; what follows tells columns too.
        let head = |frame: &str| frame.lines().next().map(str::to_owned);
        let is_same = |last: &Arc<str>| Arc::ptr_eq(last, frame) || head(last) == head(frame);
        if !self.last.as_ref().is_some_and(is_same) {
            self.end(text);
            self.last = Some(Arc::clone(frame));
            self.times = 0;
        }
        self.times += 1;
        if self.times <= REPEATED {
            text.push_str(frame);
        }
    }

    fn end(&self, text: &mut String) {
        if let Some(more @ 1..) = self.times.checked_sub(REPEATED) {
            let s = if more > 1 { "s" } else { "" };
            text.push_str(&format!("  [Previous line repeated {more} more time{s}]\n"));
        }
    }
}

/// What the library prints of the frame that `trace` begins with.
fn printed(trace: &Bound<'_, PyAny>, guarded: &mut Guarded) -> Option<Arc<str>> {
    let py = trace.py();
    let code = trace.getattr(intern!(py, "tb_frame")).ok()?.getattr(intern!(py, "f_code")).ok()?;
    let place = (code.as_ptr().addr(), trace.getattr(intern!(py, "tb_lasti")).ok()?.extract().ok()?);
    let kept = PRINTED.with(|all| all.as_ref()?.get(&place).map(|(_, text)| Arc::clone(text)));
    if kept.is_some() {
        return kept;
    }
    let lines = guarded.run_library(|| {
        Ok(py.import("traceback")?.call_method1("format_tb", (trace, 1))?.cast_into::<PyList>()?)
    });
    let mut text = String::new();
    for line in &lines.ok()? {
        with_text(line.cast::<PyString>().ok()?.as_any().as_borrowed(), |line| text.push_str(line));
    }
    let text: Arc<str> = text.into();
    if text.len() <= KEPT_TEXT {
        // What goes is dropped behind the lock, because dropping code may run any code.
        let _gone = PRINTED.with(|all| {
            let full = all.as_ref().is_some_and(|all| all.len() >= KEPT);
            let gone = if full { all.take() } else { None };
            all.get_or_insert_default().insert(place, (code.unbind(), Arc::clone(&text)));
            gone
        });
    }
    Some(text)
}

fn by_library(error: &Bound<'_, PyAny>, guarded: &mut Guarded) -> String {
    let py = error.py();
    let text = guarded.run_library(|| {
        let options = PyDict::new(py);
        options.set_item("chain", false)?;
        let trace = error.getattr("__traceback__")?;
        let format = py.import("traceback")?.getattr("format_exception")?;
        let lines = format.call((error.get_type(), error, trace), Some(&options))?;
        Ok(PyString::new(py, "").call_method1("join", (lines,))?.cast_into::<PyString>()?)
    });
    match text {
        Ok(text) => {
            let kept = text.get_item(PySlice::new(py, 0, STACK_CAP as isize, 1));
            kept.ok()
                .and_then(|kept| kept.cast_into::<PyString>().ok())
                .map_or_else(String::new, |kept| with_text(kept.as_any().as_borrowed(), str::to_owned))
        }
        Err(marker) => marker.to_owned(),
    }
}
