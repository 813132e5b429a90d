"""Starts spans for the OpenTelemetry API.

Not for a span that is open: see `_span`.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opentelemetry import context as api
from opentelemetry import trace
from opentelemetry.baggage import _BAGGAGE_KEY
from opentelemetry.context.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation import _SPAN_KEY

from .. import _native
from ._context import RuntimeContext
from ._scope import Scope
from ._span import Span, object_with
from ._translate import object_of
from ._values import shown


def _above(context: Context) -> SpanContext | None:
    """The ids of the span in a context."""
    span = context.get(_SPAN_KEY)
    if type(span) is Span:
        return span.get_span_context()
    if not isinstance(span, trace.Span):
        return None
    found = span.get_span_context()
    return found if found.is_valid else None


class Tracer(trace.Tracer):
    """A tracer of the OpenTelemetry API whose spans Vigie records."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @property
    def resource(self) -> Any:
        """What the provider was told of the process."""
        return self._scope.provider.resource

    @property
    def sampler(self) -> Any:
        """The sampler that was given to the provider, or None."""
        return self._scope.provider.sampler

    @property
    def id_generator(self) -> Any:
        """Who makes ids where Vigie does not."""
        return self._scope.provider.id_generator

    @property
    def instrumentation_scope(self) -> Any:
        """Whose tracer it is."""
        return self._scope.shown

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Any] | None = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> trace.Span:
        """Starts a span that is not current; the arguments are the OpenTelemetry API's."""
        scope = self._scope
        above = _above(api._RUNTIME_CONTEXT.get_current() if context is None else context)
        parent = _native.entered() if context is None else object_of(context)
        if scope.provider.decides:
            return self._decided(name, context, parent, above, kind, attributes, links, start_time)
        native = _native.open_span(name, kind._value_, parent, start_time, scope.name, None)
        span = Span(native, name, kind, scope, above, start_time)
        if attributes:
            native.set_attributes(attributes)
            span._attributes = shown(attributes)
        if not (record_exception and set_status_on_exception):
            span._on_exception = (record_exception, set_status_on_exception)
        if links or scope.provider.processors:
            self._begun(span, context, links)
        return span

    def _begun(self, span: Span, context: Context | None, links: Sequence[Link] | None) -> None:
        for link in links or ():
            if link.context.is_valid:
                _native.add_link(span.native, object_with(link.context), link.attributes)
        processors = self._scope.provider.processors
        if processors and span.native.is_recording:
            if span._start_time is None:
                span._start_time = time.time_ns()
            from ._reading import Reading

            span._reading = Reading(processors, links)
            span._reading.begun(span, context)

    def _decided(
        self,
        name: str,
        context: Context | None,
        parent: Any,
        above: SpanContext | None,
        kind: SpanKind,
        attributes: Mapping[str, Any] | None,
        links: Sequence[Link] | None,
        start_time: int | None,
    ) -> trace.Span:
        """Starts a span whose ids or sampling are the business of what the user gave to the provider."""
        provider = self._scope.provider
        generator = provider.id_generator
        trace_id = above.trace_id if above is not None else generator.generate_trace_id()
        flags, state = TraceFlags(TraceFlags.SAMPLED), above.trace_state if above is not None else None
        if provider.sampler is not None:
            around = context if context is not None else api.get_current()
            result = provider.sampler.should_sample(around, trace_id, name, kind, attributes, links)
            attributes, state = result.attributes, result.trace_state
            if not result.decision.is_recording():
                unseen = SpanContext(trace_id, generator.generate_span_id(), False, TraceFlags(0), state)
                return NonRecordingSpan(unseen)
            if not result.decision.is_sampled():
                flags = TraceFlags(0)
        header = state.to_header() if state else None
        ids = (trace_id, generator.generate_span_id(), int(flags), False, header)
        native = _native.open_span(name, kind._value_, parent, start_time, self._scope.name, ids)
        span = Span(native, name, kind, self._scope, above, start_time)
        if attributes:
            span.set_attributes(attributes)
        self._begun(span, context, links)
        return span

    def start_as_current_span(  # type: ignore[override]  # The API's decorator makes one like it of a generator.
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Any] | None = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> CurrentSpan:
        """Starts a span and makes it current, as a context manager or as a decorator."""
        told = (name, context, kind, attributes, links, start_time, record_exception, set_status_on_exception)
        return CurrentSpan(self, told, end_on_exit)


class CurrentSpan:
    """What ``start_as_current_span`` gives: for ``with``, or for a function, each call of which is a span then."""

    __slots__ = ("_end", "_span", "_start", "_token", "_tracer")

    def __init__(self, tracer: Tracer, start: tuple[Any, ...], end_on_exit: bool) -> None:
        self._tracer = tracer
        self._start = start
        self._end = end_on_exit
        self._span: trace.Span | None = None
        self._token: Any = None

    def __enter__(self) -> trace.Span:
        span = self._span = self._tracer.start_span(*self._start)
        runtime = api._RUNTIME_CONTEXT
        current = runtime.get_current()
        context = Context(current)
        # A context does not change; this one is not in use yet.
        dict.__setitem__(context, _SPAN_KEY, span)
        if type(span) is Span and type(runtime) is RuntimeContext and not current.get(_BAGGAGE_KEY):
            self._token = runtime.enter(context, span.native)
        else:
            self._token = runtime.attach(context)
        return span

    def __exit__(self, exc_type: Any, exc_val: BaseException | None, exc_tb: Any) -> None:
        api._RUNTIME_CONTEXT.detach(self._token)
        span = self._span
        if span is None:
            return
        if exc_val is not None and isinstance(exc_val, Exception) and isinstance(span, Span):
            span.failed(exc_val)
        if self._end:
            span.end()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a span around each of its calls."""
        tracer, start, end = self._tracer, self._start, self._end
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with CurrentSpan(tracer, start, end):
                    return await function(*args, **kwargs)

            return awaited

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with CurrentSpan(tracer, start, end):
                return function(*args, **kwargs)

        return called
