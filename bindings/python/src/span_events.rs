//! What happens during a span: events, and exceptions, which are events too. Not for how it ends: see `tracer`.

use crate::convert::{Guarded, nanoseconds, with_text_of};
use crate::error;
use crate::keywords::Keywords;
use crate::names::Plans;
use crate::raw::{Call, Entry, Methods, none};
use crate::tracer::Span;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;

static EVENT_PLANS: Plans = Plans::new(&["timestamp"]);
const TIMESTAMP: u8 = 0;

struct AddEvent;

impl Entry for AddEvent {
    const NAME: &'static CStr = c"add_event";
    const DOC: &'static CStr = c"add_event($self, name, /, *, timestamp=None, **attributes)\n--\n\n\
        Adds something that happened during the span (OpenTelemetry Trace API, \"Add Events\").\n\n\
        ``name`` is a ``str``; ``timestamp`` is an ``int`` of nanoseconds since 1970, now unless given.\n";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Span` below.
        let span = unsafe { call.this::<Span>() };
        let Some(name) = call.arg(0) else { return none() };
        let mut guarded = Guarded::new();
        let keywords = Keywords::of(call, &EVENT_PLANS);
        let time = keywords.option(TIMESTAMP).and_then(nanoseconds);
        let prepared = keywords.prepare(&mut guarded);
        with_text_of(name, &mut guarded, |name| {
            span.with(|span| span.add_event(name, time, |writer| prepared.write(writer)));
        });
        guarded.finish()?;
        none()
    }
}

static PLAIN_PLANS: Plans = Plans::new(&[]);

struct RecordException;

impl Entry for RecordException {
    const NAME: &'static CStr = c"record_exception";
    const DOC: &'static CStr = c"record_exception($self, exception, /, **attributes)\n--\n\n\
        Adds an ``exception`` event with type, message and stack, or writes an ERROR record, or both, as the\n\
        setting ``exceptions`` says. The status stays what it is.\n\n\
        ``exception`` is an exception, or a dict with ``type``, ``message`` and ``stack`` for an error that\n\
        was described before (OpenTelemetry Trace API, \"Record Exception\").\n";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Span` below.
        let span = unsafe { call.this::<Span>() };
        let Some(exception) = call.arg(0) else { return none() };
        let mut guarded = Guarded::new();
        let prepared = Keywords::of(call, &PLAIN_PLANS).prepare(&mut guarded);
        if let Some(info) = error::from_exc_info_of_span(exception, &mut guarded) {
            span.with(|span| span.record_exception(&info, None, |writer| prepared.write(writer)));
        }
        guarded.finish()?;
        none()
    }
}

/// Adds the methods to the class, which is in the module already.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    Methods::of::<Span>(py).add::<AddEvent>()?.add::<RecordException>()?;
    Ok(())
}
