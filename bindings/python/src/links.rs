//! Links from a span to others: the method that adds one, and what an object means as a link.

use crate::convert::Guarded;
use crate::current;
use crate::keywords::Keywords;
use crate::names::Plans;
use crate::raw::{Call, Entry, Methods, none};
use crate::tracer::Span;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;
use vigie_core::Link;

static PLAIN_PLANS: Plans = Plans::new(&[]);

struct AddLink;

impl Entry for AddLink {
    const NAME: &'static CStr = c"add_link";
    const DOC: &'static CStr = c"add_link($self, context, /, **attributes)\n--\n\n\
        Links another span, given as ``Context`` or ``Span``; anything else links nothing.\n\n\
        Attributes belong to the link (OpenTelemetry Trace API, \"Link\").\n";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Span` below.
        let span = unsafe { call.this::<Span>() };
        let Some(link) = call.arg(0).and_then(link_to) else { return none() };
        let mut guarded = Guarded::new();
        let prepared = Keywords::of(call, &PLAIN_PLANS).prepare(&mut guarded);
        span.with(|span| span.add_link(&link, |writer| prepared.write(writer)));
        guarded.finish()?;
        none()
    }
}

/// The link that an object stands for.
pub(crate) fn link_to(object: Borrowed<'_, '_, PyAny>) -> Option<Link> {
    current::of(&object)?.link_target().map(|span| Link { span: *span })
}

/// Adds the method to the class, which is in the module already.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    Methods::of::<Span>(py).add::<AddLink>()?;
    Ok(())
}
