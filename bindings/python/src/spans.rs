//! The functions that give a span: `span` and `start_span` start one, `current_span` finds it. Not for an open span: see
//! `tracer`.

use crate::convert::{Guarded, nanoseconds, with_text_of};
use crate::keywords::{Keywords, tape_of_mapping};
use crate::links::link_to;
use crate::names::Plans;
use crate::raw::{self, Call, Entry};
use crate::tracer::Span;
use crate::{current, host};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use std::ffi::CStr;
use vigie_core::{Context, Link, SpanKind, SpanStart};

static PLANS: Plans = Plans::new(&["kind", "parent", "start_time", "links"]);
const KIND: u8 = 0;
const PARENT: u8 = 1;
const START_TIME: u8 = 2;
const LINKS: u8 = 3;

/// Starts a span from the arguments of either function.
#[inline]
fn start(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
    let py = call.py();
    host::begin(py);
    let (mut naming, mut guarded) = (Guarded::new(), Guarded::new());
    let keywords = Keywords::of(call, &PLANS);
    let mut above = None;
    let mut core = match call.arg(0) {
        Some(name) => {
            with_text_of(name, &mut naming, |name| open(py, &keywords, name, &mut above, &mut guarded))
        }
        None => open(py, &keywords, "", &mut above, &mut guarded),
    };
    naming.finish()?;
    if let Some(links) = keywords.option(LINKS) {
        add_links(&mut core, links, &mut guarded);
    }
    guarded.finish()?;
    Ok(Bound::new(py, Span::new(core, above))?.into_any().into_ptr())
}

/// The new span with its attributes; `above` becomes the one above it in this process.
#[inline]
fn open(
    py: Python<'_>,
    keywords: &Keywords<'_>,
    name: &str,
    above: &mut Option<Py<PyAny>>,
    guarded: &mut Guarded,
) -> vigie_core::Span {
    let kind = keywords.option(KIND).map_or(SpanKind::Internal, kind);
    let start_time_ns = keywords.option(START_TIME).and_then(nanoseconds);
    let mut open = |parent: &Context| {
        let start = SpanStart { kind, parent: Some(parent), start_time_ns, ..SpanStart::default() };
        let global = vigie_core::host::global();
        global.start_span_with_attributes(name, start, |writer| keywords.write(writer, guarded))
    };
    if let Some(given) = keywords.option(PARENT)
        && let Some(parent) = current::of(&given)
    {
        *above = current::span_of(&given).or_else(|| current::get(py).span());
        return open(parent);
    }
    let current = current::get(py);
    *above = current.span();
    open(current.context())
}

/// The kind that a text names, in any case; what names none means internal, and is counted.
fn kind(value: Borrowed<'_, '_, PyAny>) -> SpanKind {
    if !value.is_instance_of::<PyString>() {
        // Its text would be a user's code, and is no kind anyway.
        return vigie_core::host::global().span_kind(&crate::convert::type_name(&value.get_type()));
    }
    crate::convert::with_text(value, |text| vigie_core::host::global().span_kind(text))
}

/// Each link is a `Context`, a `Span`, or a pair of one and a mapping of attributes.
#[cold]
fn add_links(span: &mut vigie_core::Span, links: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    Python::attach(|_| {
        for item in guarded.collect(|| links.try_iter()) {
            if let Some(link) = link_to(item.as_borrowed()) {
                span.add_link(&link, |_| {});
            } else if let Some((link, attributes)) = pair(&item) {
                let tape = tape_of_mapping(attributes.as_borrowed(), guarded);
                span.add_link(&link, |writer| tape.play(writer));
            }
        }
    });
}

fn pair<'py>(item: &Bound<'py, PyAny>) -> Option<(Link, Bound<'py, PyAny>)> {
    let pair = item.cast::<PyTuple>().ok()?;
    let link = link_to(pair.get_item(0).ok()?.as_borrowed())?;
    Some((link, pair.get_item(1).ok()?))
}

/// `vigie.span(...)`.
struct MakeSpan;

impl Entry for MakeSpan {
    const NAME: &'static CStr = c"span";
    const DOC: &'static CStr = c"span(name, /, *, kind='internal', parent=None, start_time=None, links=(), **attributes)\n--\n\n\
        Starts a span to be used with ``with`` or ``async with``; its parent is the current one.\n\n\
        ``name`` is a ``str``. ``kind`` is ``\"internal\"``, ``\"server\"``, ``\"client\"``, ``\"producer\"`` or\n\
        ``\"consumer\"``. ``parent`` is a ``Context`` or ``Span`` to be parent instead. ``start_time`` is an\n\
        ``int`` of nanoseconds since 1970, now unless given. ``links`` are contexts, spans, or pairs of one\n\
        and a mapping of attributes. All other keyword arguments are attributes, of any type. Raises\n\
        nothing (OpenTelemetry Trace API, \"Span Creation\").\n\n\
        >>> import vigie\n\
        >>> with vigie.span(\"checkout\", order_id=42, kind=\"server\") as span:\n\
        ...     span.add_event(\"reserved\", sku=\"A1\")\n\
        ...     span.set_status(\"ok\")\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        start(call)
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        Ok(Bound::new(call.py(), Span::ended())?.into_any().into_ptr())
    }
}

/// `vigie.start_span(...)`.
struct StartSpan;

impl Entry for StartSpan {
    const NAME: &'static CStr = c"start_span";
    const DOC: &'static CStr = c"start_span(name, /, *, kind='internal', parent=None, start_time=None, links=(), **attributes)\n--\n\n\
        Starts a span that is not current and must be ended with ``end``.\n\n\
        The arguments are those of ``span``. Raises nothing.\n\n\
        >>> import vigie\n\
        >>> span = vigie.start_span(\"job\", kind=\"consumer\")\n\
        >>> span.end()\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        start(call)
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        Ok(Bound::new(call.py(), Span::ended())?.into_any().into_ptr())
    }
}

/// The current span: the innermost open one in which the running task or thread stands, contexts that were carried into
/// it included (OpenTelemetry Trace API, "Get the currently active span").
///
/// In the body of a framework's run it is that run's, which ends with the run. Where there is none, or where it is another
/// process's, a span that takes nothing: ``is_recording`` is False, and it has the ids of ``current_context()``. Never
/// None; raises nothing. Do not use it with ``with``, which would end it.
///
/// >>> import vigie
/// >>> with vigie.span("checkout") as span:
/// ...     vigie.current_span().set_attributes({"cart.items": 3})
/// ...     vigie.current_span() is span
/// True
#[pyfunction]
fn current_span(py: Python<'_>) -> PyResult<Bound<'_, Span>> {
    current::span(py)
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(current_span, module)?)?;
    raw::function::<MakeSpan>(module)?;
    raw::function::<StartSpan>(module)
}
