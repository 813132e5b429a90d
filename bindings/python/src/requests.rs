//! What a middleware asks about a request that it serves: the context that its headers bring, the request's two ids, and
//! whether another instrumentation has opened its span already.
//! Not for what is recorded of a request: the package does that.

use crate::carrier::read_any;
use crate::context::{Context, Under};
use crate::convert::{Guarded, with_text};
use crate::tracer::Span;
use crate::{current, host};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use vigie_core::SpanKind;
use vigie_core::host::global;

/// The longest id that is taken from a header.
const MOST_BYTES: usize = 128;

/// The context of a request on top of the current one, its ``request_id``, its ``correlation_id``, whether the current span
/// was opened for this request already (then the context stands in that), and under a clock that was set for tests a reading of it.
///
/// ``headers`` is a carrier as for ``extract``; the two others are the values of ``X-Request-ID`` and ``X-Correlation-ID``,
/// ``str`` or ``bytes``, or None. Values of more than 128 bytes, with other than printable ASCII, and those of strangers
/// (``public_endpoint``) are no ids. Where there is none the request gets a new one, which is its correlation id, too.
#[pyfunction]
#[pyo3(signature = (headers, request_id, correlation_id, /))]
fn begin_request(
    py: Python<'_>,
    headers: &Bound<'_, PyAny>,
    request_id: Option<&Bound<'_, PyAny>>,
    correlation_id: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Context, String, String, bool, Option<i64>)> {
    host::begin(py);
    let settings = global().settings();
    let is_tested = settings.as_ref().is_some_and(|settings| settings.testing.is_some());
    let began_ns = is_tested.then(|| global().clock_reading_ns());
    let base = current::get(py);
    let mut guarded = Guarded::new();
    let mut context = read_any(headers.as_borrowed(), base.context(), None, &mut guarded);
    let is_served = is_opened_for(py, &base, &context);
    if is_served {
        context.span = base.context().span;
    }
    let is_public = settings.is_some_and(|settings| settings.public_endpoint);
    let given = |header: Option<&Bound<'_, PyAny>>| header.filter(|_| !is_public).and_then(checked);
    let request_id = given(request_id).unwrap_or_else(new_id);
    let reads_correlation =
        global().reading(|reader| reader.propagators().field("x-correlation-id").is_some());
    let correlation_id = given(correlation_id.filter(|_| reads_correlation));
    let correlation_id = correlation_id.unwrap_or_else(|| request_id.clone());
    let context = global().context_with(&context, |writer| {
        writer.key("correlation_id");
        writer.str(&correlation_id);
        writer.key("request_id");
        writer.str(&request_id);
    });
    guarded.finish()?;
    // A span that the headers name is another process's.
    let under = if context.span == base.context().span { base.under() } else { None };
    Ok((Context::new(context, under), request_id, correlation_id, is_served, began_ns))
}

/// Whether the current span is a server's, open, and right below what the headers name, or without a parent where they name
/// nothing: then it was opened for this request. A server that calls itself names its own span.
fn is_opened_for(py: Python<'_>, base: &current::Current<'_>, incoming: &vigie_core::Context) -> bool {
    let Some(Under { span, .. }) = base.under() else { return false };
    let Ok(span) = span.into_bound(py).cast_into::<Span>() else { return false };
    let named = incoming.span.filter(|span| span.is_remote).map(|span| span.span_id);
    let mut origin = None;
    span.get().with(|span| origin = span.origin());
    origin.is_some_and(|(kind, parent)| {
        kind == SpanKind::Server && parent.map(|parent| parent.span_id) == named
    })
}

/// A header's value as an id.
fn checked(value: &Bound<'_, PyAny>) -> Option<String> {
    let take = |text: &str| {
        let text = text.trim_matches([' ', '\t']);
        let is_id = !text.is_empty() && text.len() <= MOST_BYTES;
        (is_id && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))).then(|| text.to_owned())
    };
    match value.cast::<PyBytes>() {
        Ok(bytes) => std::str::from_utf8(bytes.as_bytes()).ok().and_then(take),
        Err(_) => with_text(value.cast::<PyString>().ok()?.as_any().as_borrowed(), take),
    }
}

/// An id as those of traces are made.
fn new_id() -> String {
    global().new_ids(true).0.map(|id| id.to_string()).unwrap_or_default()
}

/// A reading of the clock in nanoseconds since 1970; one that was set for tests moves by it.
#[pyfunction]
fn clock_ns() -> i64 {
    global().clock_reading_ns()
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(clock_ns, module)?)?;
    module.add_function(wrap_pyfunction!(begin_request, module)?)
}
