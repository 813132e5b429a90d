"""Contexts, span contexts and baggage of the OpenTelemetry API as Vigie's, and the other way.

Not for which of them is current: see `_context`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry import trace
from opentelemetry.baggage import _BAGGAGE_KEY
from opentelemetry.context import create_key
from opentelemetry.context.context import Context
from opentelemetry.trace import SpanContext
from opentelemetry.trace.propagation import _SPAN_KEY

from .. import _native
from ._span import Span, span_context

#: Where a context keeps Vigie's context that a carrier brought.
_CAME_KEY = create_key("vigie")
#: For all contexts that have nothing that Vigie knows.
_NOTHING = _native.make_context(None, None, None)


def object_of(context: Context) -> Any:
    """What Vigie makes current for a context: the span itself, or a context with its ids and the baggage."""
    span, baggage = context.get(_SPAN_KEY), context.get(_BAGGAGE_KEY)
    members = dict(baggage) if isinstance(baggage, Mapping) else None
    if type(span) is Span:
        return _native.make_context(span.native, None, members) if members else span.native
    came = context.get(_CAME_KEY)
    if span is None and members is None and came is None:
        return _NOTHING
    ids = _ids(span)
    if isinstance(came, _native.Context):
        # It has what the OpenTelemetry context has no place for, the correlation id for one.
        return _native.make_context(came, None if _native.span_ids(came) == ids else ids, members)
    return _native.make_context(None, ids, members)


def with_what_came(base: Context, came: _native.Context) -> Context:
    """A context with what a carrier brought."""
    values = dict(base)
    values[_CAME_KEY] = came
    found = span_context(came)
    if found is not None:
        values[_SPAN_KEY] = trace.NonRecordingSpan(found)
    elif _native.is_linked(came):
        values.pop(_SPAN_KEY, None)
    if came.baggage:
        before = base.get(_BAGGAGE_KEY)
        values[_BAGGAGE_KEY] = {**(before if isinstance(before, Mapping) else {}), **came.baggage}
    return Context(values)


def above(context: Context) -> SpanContext | None:
    """The ids of the span in a context, None without one that is valid."""
    span = context.get(_SPAN_KEY)
    if type(span) is Span:
        return span.get_span_context()
    # To ask whether it is one takes longer than all else.
    if span is None or not isinstance(span, trace.Span):
        return None
    found = span.get_span_context()
    return found if found.is_valid else None


def _ids(span: object) -> tuple[int, int, int, bool, str | None] | None:
    """The ids of a span that somebody else made, or that came from another process."""
    if span is None or not isinstance(span, trace.Span):
        return None
    found = span.get_span_context()
    if found is None or not found.is_valid:
        return None
    state = found.trace_state.to_header() if found.trace_state else None
    return found.trace_id, found.span_id, int(found.trace_flags), found.is_remote, state


def context_of(entered: Any, base: Context) -> Context:
    """An OpenTelemetry context with the span and the baggage of what Vigie has made current, and all else of `base`."""
    values = dict(base)
    values.pop(_SPAN_KEY, None)
    values.pop(_BAGGAGE_KEY, None)
    if entered is not None:
        span = span_of(entered)
        if span is not None:
            values[_SPAN_KEY] = span
        baggage = (entered.context if isinstance(entered, _native.Span) else entered).baggage
        if baggage:
            values[_BAGGAGE_KEY] = baggage
    return Context(values)


def span_of(entered: Any) -> trace.Span | None:
    """The span in which Vigie's object stands."""
    native = _native.span_of(entered)
    if native is not None:
        return Span.around(native)
    found = span_context(entered)
    return None if found is None else trace.NonRecordingSpan(found)
