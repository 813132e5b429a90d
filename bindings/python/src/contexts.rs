//! The functions that give a `Context`: the one in force, and one with more in it.
//! Not for what a context holds: see `context`.

use crate::context::Context;
use crate::convert::Guarded;
use crate::keywords::Keywords;
use crate::names::Plans;
use crate::raw::{self, Call, Entry};
use crate::{carrier, current};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;

static PLANS: Plans = Plans::new(&["baggage"]);
const BAGGAGE: u8 = 0;

/// `vigie.context(...)`.
struct MakeContext;

impl Entry for MakeContext {
    const NAME: &'static CStr = c"context";
    const DOC: &'static CStr = c"context(*, baggage=None, **attributes)\n--\n\n\
        The current context with correlation keys, context attributes and baggage added.\n\n\
        ``correlation_id``, ``request_id``, ``user_id``, ``session_id`` and ``tenant_id`` stand at their\n\
        own place of every line; other attributes, of any type, are on every log line inside. ``baggage``\n\
        is a mapping of texts to texts that travels with outgoing requests (W3C Baggage); none unless\n\
        given. Raises nothing.\n\n\
        >>> import vigie\n\
        >>> with vigie.context(user_id=\"u-7\", baggage={\"plan\": \"gold\"}) as context:\n\
        ...     context.baggage\n\
        {'plan': 'gold'}\n";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        let py = call.py();
        let mut guarded = Guarded::new();
        let keywords = Keywords::of(call, &PLANS);
        let baggage = keywords.option(BAGGAGE).map(|members| carrier::texts(members, &mut guarded));
        let prepared = keywords.prepare(&mut guarded);
        let base = current::get(py);
        let mut made =
            vigie_core::host::global().context_with(base.context(), |writer| prepared.write(writer));
        if let Some(members) = baggage {
            made = made.with_baggage(members);
        }
        guarded.finish()?;
        Context::new(made, base.under()).into_object(py)
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        current::get(call.py()).to_context().into_object(call.py())
    }
}

/// The context in force: the innermost open ``with`` of this task or thread, or else what the
/// process got from its environment (TRACEPARENT, TRACESTATE, BAGGAGE).
///
/// >>> import vigie
/// >>> with vigie.span("job") as span:
/// ...     vigie.current_context().span_id == span.span_id
/// True
#[pyfunction]
fn current_context(py: Python<'_>) -> Context {
    current::get(py).to_context()
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(current_context, module)?)?;
    raw::function::<MakeContext>(module)
}
