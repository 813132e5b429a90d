//! One current context for both: OpenTelemetry keeps it, Vigie's stands in it.
//!
//! Not for headers: see `propagator`.

use opentelemetry::Context;
use opentelemetry::baggage::{Baggage, BaggageExt};
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceState};
use std::any::Any;
use std::str::FromStr;
use vigie_core::host::{ContextKeeper, guard, keep_contexts, with_trace_state};

/// Vigie's context among the values of one of OpenTelemetry's: what it carries counts, its span and its baggage are those
/// that OpenTelemetry has beside it.
struct Carried(vigie_core::Context);

struct Keeper;

impl ContextKeeper for Keeper {
    fn current(&self) -> vigie_core::Context {
        // The API panics on a thread that has ended already.
        guard(vigie_core::Context::root(), || Context::map_current(to_vigie))
    }

    fn enter(&self, context: vigie_core::Context) -> Box<dyn Any> {
        guard(Box::new(()), || Box::new(Context::map_current(|around| from_vigie(around, &context)).attach()))
    }
}

/// Makes one of both current contexts, on all threads, from now on: a span of either is the parent of a span of the other.
///
/// [`install`](crate::install) does it, too. It is for programs that stay on the official SDK.
pub fn share_context() {
    keep_contexts(&Keeper);
}

/// The ids of a span as OpenTelemetry has them; those of none without a span.
pub(crate) fn ids_of(context: &vigie_core::Context) -> SpanContext {
    let Some(span) = context.span else { return SpanContext::NONE };
    let state = context.trace_state().and_then(|state| TraceState::from_str(state).ok()).unwrap_or_default();
    SpanContext::new(span.trace_id, span.span_id, span.flags, span.is_remote, state)
}

/// The ids of a span as Vigie has them; none for those that are not valid.
pub(crate) fn span_of(ids: &SpanContext) -> Option<vigie_core::SpanContext> {
    ids.is_valid().then(|| vigie_core::SpanContext {
        trace_id: ids.trace_id(),
        span_id: ids.span_id(),
        flags: ids.trace_flags(),
        is_remote: ids.is_remote(),
    })
}

/// What `context` is in Vigie's words: its span, its baggage, and what Vigie carries with it.
#[must_use]
pub fn to_vigie(context: &Context) -> vigie_core::Context {
    let mut own = context.get::<Carried>().map(|carried| carried.0.clone()).unwrap_or_default();
    let reference = context.span();
    let ids = reference.span_context();
    let span = span_of(ids);
    if span != own.span {
        own.span = span;
        let state = ids.trace_state().header();
        if span.is_some() && own.trace_state().unwrap_or_default() != state {
            own = with_trace_state(&own, &state);
        }
    }
    let baggage = context.baggage();
    if has(baggage, &own) {
        return own;
    }
    let mut carried = own.carried_owned();
    carried.baggage = Default::default();
    for (name, (value, _)) in baggage {
        carried.baggage.put(name.as_str(), value.as_str());
    }
    own.with_carried(carried)
}

/// `around` with the span, the baggage and everything else of Vigie's `context` in the place of its own. Its other values
/// stay, and so does its span where it is the same one.
#[must_use]
pub fn from_vigie(around: &Context, context: &vigie_core::Context) -> Context {
    let mut made = around.with_value(Carried(context.clone()));
    if span_of(made.span().span_context()) != context.span {
        made = made.with_remote_span_context(ids_of(context));
    }
    if !has(made.baggage(), context) {
        let mut baggage = Baggage::new();
        for (name, value) in context.baggage() {
            baggage.insert(name.to_owned(), value.to_owned());
        }
        made = made.with_baggage(baggage);
    }
    made
}

/// Whether both have the same members.
fn has(baggage: &Baggage, context: &vigie_core::Context) -> bool {
    let mut count = 0;
    let are_there = context.baggage().all(|(name, value)| {
        count += 1;
        baggage.get(name).is_some_and(|found| found.as_str() == value)
    });
    are_there && count == baggage.len()
}
