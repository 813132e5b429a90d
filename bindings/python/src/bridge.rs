//! What another API of tracing in the process needs to stand on Vigie's spans and contexts: objects made current without a
//! `with`, ids as numbers, spans with a scope or with ids from elsewhere.
//! Not for that API itself: the package `vigie.otel` is one.

use crate::context::Context;
use crate::convert::{Guarded, Tape, nanoseconds, with_text_of};
use crate::keywords::tape_of_mapping;
use crate::lock::Lock;
use crate::tracer::Span;
use crate::variable::{self, Token};
use crate::{carrier, current, error, followed, host, links, place};
use pyo3::prelude::*;
use vigie_core::host::{Parent, global, with_trace_state};
use vigie_core::model::baggage::Baggage;
use vigie_core::model::context::Carried;
use vigie_core::model::propagation::{Field, Role};
use vigie_core::{AttributeWriter, SpanContext, SpanId, SpanKind, SpanStart, TraceFlags, TraceId, read_json};

/// Trace id, span id, flags, whether they came from another process, and the ``tracestate``.
type Ids = (u128, u64, u8, bool, Option<String>);

/// What was made current by ``attach``.
#[pyclass(frozen, module = "vigie._native")]
struct Attached {
    token: Lock<Option<Token>>,
}

#[pymethods]
impl Attached {
    /// Makes current again what was so before; in another task or thread, and the second time, nothing.
    fn detach(&self, py: Python<'_>) {
        if let Some(token) = self.token.with(Option::take) {
            variable::leave(py, &token);
        }
    }
}

/// Makes a ``Span`` or ``Context`` current in the running task or thread.
#[pyfunction]
fn attach(object: &Bound<'_, PyAny>) -> Attached {
    Attached { token: Lock::new(place::enter(object)) }
}

/// The ``Span`` or ``Context`` that is current; None without one. A span that has ended stands there as long as nobody
/// has left it.
#[pyfunction]
fn entered(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    if !followed::is_set()
        && let Some(object) = variable::object(py)
        && place::of(&object).is_none()
    {
        return Ok(Some(object));
    }
    match current::get(py) {
        current::Current::Entered(object) => Ok(Some(object)),
        current::Current::Told(context) if context.span.is_none() && context.carried.is_none() => Ok(None),
        current::Current::Told(context) => Ok(Some(Bound::new(py, Context::new(context, None))?.into_any())),
    }
}

/// The open span of this process in which an object stands.
#[pyfunction]
fn span_of<'py>(py: Python<'py>, object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    current::span_of(object).map(|span| span.into_bound(py))
}

/// The ids of a ``Span`` or ``Context``; None where there are none.
#[pyfunction]
fn span_ids(object: &Bound<'_, PyAny>) -> Option<Ids> {
    let context = current::of(object)?;
    let span = context.span.as_ref()?;
    let (trace_id, span_id) = (span.trace_id.to_bytes(), span.span_id.to_bytes());
    let state = context.trace_state().map(str::to_owned);
    Some((
        u128::from_be_bytes(trace_id),
        u64::from_be_bytes(span_id),
        span.flags.to_u8(),
        span.is_remote,
        state,
    ))
}

fn span_context(&(trace_id, span_id, flags, is_remote, _): &Ids) -> SpanContext {
    let (trace_id, span_id) = (TraceId::from(trace_id), SpanId::from(span_id));
    SpanContext { trace_id, span_id, flags: TraceFlags::new(flags), is_remote }
}

/// A context with these ids and this baggage, which replaces that of ``base``; without them what ``base`` has.
#[pyfunction]
fn make_context(
    base: Option<&Bound<'_, PyAny>>,
    ids: Option<Ids>,
    baggage: Option<&Bound<'_, PyAny>>,
) -> PyResult<Context> {
    let mut made = base.and_then(current::of).cloned().unwrap_or_default();
    if let Some(ids) = &ids {
        made = made.with_span(span_context(ids));
        if made.carried.as_deref().is_some_and(|carried| carried.is_debug || carried.linked.is_some()) {
            // What belongs to another trace is not carried into it.
            made = made.with_carried(Carried { is_debug: false, linked: None, ..made.carried_owned() });
        }
        if let Some(state) = &ids.4 {
            made = with_trace_state(&made, state);
        }
    }
    if let Some(baggage) = baggage {
        let mut guarded = Guarded::new();
        let members = carrier::texts(baggage.as_borrowed(), &mut guarded);
        guarded.finish()?;
        let carried = Carried { baggage: Baggage::default(), ..made.carried_owned() };
        made = made.with_carried(carried).with_baggage(members);
    }
    let under = base.filter(|_| ids.is_none()).and_then(current::span_of);
    let under = under.map(|span| crate::context::Under { span, ends_with_it: true });
    Ok(Context::new(made, under))
}

/// A context as ``pickle`` took it apart: the ids of its span or None, its baggage, and its attributes as the text of a JSON
/// object. The span is that of another process then, or counts as such.
#[pyfunction]
#[pyo3(signature = (ids, baggage, attributes, /))]
fn sent_context(ids: Option<Ids>, baggage: &Bound<'_, PyAny>, attributes: &str) -> PyResult<Context> {
    let ids = ids.map(|(trace_id, span_id, flags, _, state)| (trace_id, span_id, flags, true, state));
    let made = make_context(None, ids, Some(baggage))?;
    // What is no JSON adds nothing.
    let core = global().context_with(&made.core, |writer| drop(read_json(attributes.as_bytes(), writer)));
    Ok(Context::new(core, None))
}

/// Starts a span: its name, the number of its kind, its parent (a ``Span`` or ``Context``, None for none), its start in
/// nanoseconds since 1970 or None, its scope, a mapping of attributes or None, and its ids where they were made elsewhere.
/// With these it is recorded even if they say that it is not sampled; then it goes to no output.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "it is called for each span, by place")]
fn open_span(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    kind: u8,
    parent: Option<&Bound<'_, PyAny>>,
    start_time: Option<&Bound<'_, PyAny>>,
    scope: &str,
    attributes: Option<&Bound<'_, PyAny>>,
    ids: Option<Ids>,
) -> PyResult<Span> {
    host::begin(py);
    let mut guarded = Guarded::new();
    let tape = attributes.map(|attributes| tape_of_mapping(attributes.as_borrowed(), &mut guarded));
    let above = parent.and_then(current::span_of);
    let context = parent.and_then(current::of);
    // Who made the ids has the say about what goes with them, too.
    let told = ids.as_ref().map(|ids| with_state_of(context, ids));
    let start = SpanStart {
        kind: kind_of(kind),
        parent: told.as_ref().or(context),
        start_time_ns: start_time.and_then(|time| nanoseconds(time.as_borrowed())),
        scope,
        ..SpanStart::default()
    };
    let fill = |writer: &mut AttributeWriter<'_>| {
        if let Some(tape) = &tape {
            tape.play(writer);
        }
    };
    let core = with_text_of(name.as_borrowed(), &mut guarded, |name| {
        let global = vigie_core::host::global();
        let Some(ids) = &ids else { return global.start_span_with_attributes(name, start, fill) };
        let parent = context.and_then(|context| context.span);
        let parent = parent.map(|span| Parent { span_id: span.span_id, is_remote: Some(span.is_remote) });
        let mut span = global.start_shown_span_with(name, start, span_context(ids), parent);
        span.attributes(fill);
        span
    });
    guarded.finish()?;
    Ok(Span::new(core, above))
}

/// What a mapping of attributes says, or None.
fn tape_of(attributes: Option<&Bound<'_, PyAny>>, guarded: &mut Guarded) -> Tape {
    attributes.map_or_else(Tape::new, |attributes| tape_of_mapping(attributes.as_borrowed(), guarded))
}

/// Records an exception on a span, with a mapping of attributes or None, at a time in nanoseconds since 1970 or now.
#[pyfunction]
fn record_exception(
    span: &Bound<'_, Span>,
    exception: &Bound<'_, PyAny>,
    attributes: Option<&Bound<'_, PyAny>>,
    timestamp: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let mut guarded = Guarded::new();
    let time_ns = timestamp.and_then(|time| nanoseconds(time.as_borrowed()));
    let tape = tape_of(attributes, &mut guarded);
    if let Some(info) = error::from_exc_info_of_span(exception.as_borrowed(), &mut guarded) {
        span.get().with(|span| {
            span.record_exception(&info, time_ns, |writer| tape.play(writer));
        });
    }
    guarded.finish()
}

/// Whether exceptions that spans record become events of them.
#[pyfunction]
fn exceptions_are_events() -> bool {
    global().settings().is_none_or(|settings| settings.exceptions.has_event())
}

/// What a span with these ids carries, of what its parent does.
fn with_state_of(parent: Option<&vigie_core::Context>, ids: &Ids) -> vigie_core::Context {
    let parent = parent.cloned().unwrap_or_default();
    if parent.trace_state() == ids.4.as_deref() {
        return parent;
    }
    with_trace_state(&parent, ids.4.as_deref().unwrap_or_default())
}

fn kind_of(number: u8) -> SpanKind {
    const KINDS: [SpanKind; 5] =
        [SpanKind::Internal, SpanKind::Server, SpanKind::Client, SpanKind::Producer, SpanKind::Consumer];
    KINDS.get(usize::from(number)).copied().unwrap_or_default()
}

/// Adds an event to a span, with a mapping of attributes or None, at a time in nanoseconds since 1970 or now.
#[pyfunction]
fn add_event(
    span: &Bound<'_, Span>,
    name: &Bound<'_, PyAny>,
    attributes: Option<&Bound<'_, PyAny>>,
    timestamp: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let mut guarded = Guarded::new();
    let time_ns = timestamp.and_then(|time| nanoseconds(time.as_borrowed()));
    let tape = tape_of(attributes, &mut guarded);
    with_text_of(name.as_borrowed(), &mut guarded, |name| {
        span.get().with(|span| {
            span.add_event(name, time_ns, |writer| tape.play(writer));
        });
    });
    guarded.finish()
}

/// Links a ``Span`` or ``Context`` to a span, with a mapping of attributes or None.
#[pyfunction]
fn add_link(
    span: &Bound<'_, Span>,
    linked: &Bound<'_, PyAny>,
    attributes: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let Some(link) = links::link_to(linked.as_borrowed()) else { return Ok(()) };
    let mut guarded = Guarded::new();
    let tape = tape_of(attributes, &mut guarded);
    span.get().with(|span| {
        span.add_link(&link, |writer| tape.play(writer));
    });
    guarded.finish()
}

/// What a carrier is searched for, as the setting ``propagators`` says: names of headers, as they are written, and
/// beginnings of names.
#[pyfunction]
fn carrier_fields(py: Python<'_>) -> (Vec<&'static str>, Vec<&'static str>) {
    (fields_of(py, |field| field.role != Role::Prefix), fields_of(py, |field| field.role == Role::Prefix))
}

/// The names of the headers that are written, as the setting ``propagators`` says.
#[pyfunction]
fn written_fields(py: Python<'_>) -> Vec<&'static str> {
    fields_of(py, Field::is_written)
}

fn fields_of(py: Python<'_>, is_wanted: fn(&Field) -> bool) -> Vec<&'static str> {
    host::begin(py);
    vigie_core::host::global().reading(|reader| {
        let fields = reader.propagators().fields().iter();
        fields.filter(|field| is_wanted(field)).map(|field| field.written).collect()
    })
}

/// Whether a ``Context`` links to a remote span in place of continuing it.
#[pyfunction]
fn is_linked(context: &Bound<'_, PyAny>) -> bool {
    current::of(context).is_some_and(|context| context.linked().is_some())
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Attached>()?;
    module.add_function(wrap_pyfunction!(attach, module)?)?;
    module.add_function(wrap_pyfunction!(entered, module)?)?;
    module.add_function(wrap_pyfunction!(span_of, module)?)?;
    module.add_function(wrap_pyfunction!(span_ids, module)?)?;
    module.add_function(wrap_pyfunction!(make_context, module)?)?;
    module.add_function(wrap_pyfunction!(sent_context, module)?)?;
    module.add_function(wrap_pyfunction!(open_span, module)?)?;
    module.add_function(wrap_pyfunction!(add_event, module)?)?;
    module.add_function(wrap_pyfunction!(record_exception, module)?)?;
    module.add_function(wrap_pyfunction!(exceptions_are_events, module)?)?;
    module.add_function(wrap_pyfunction!(add_link, module)?)?;
    module.add_function(wrap_pyfunction!(carrier_fields, module)?)?;
    module.add_function(wrap_pyfunction!(written_fields, module)?)?;
    module.add_function(wrap_pyfunction!(is_linked, module)?)
}
