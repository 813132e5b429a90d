"""Starts spans for the OpenTelemetry API.

Not for a span that is open: see `_span`. Not for one that is made current: see `_current`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from opentelemetry import context as api
from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags

from .. import _native
from ._context import standing
from ._current import CurrentSpan
from ._quiet import fault
from ._scope import Scope
from ._span import Span
from ._translate import above, object_of

#: Trace id, span id, flags, whether they came from another process, and the ``tracestate``.
Ids: TypeAlias = tuple[int, int, int, bool, str | None]


#: The flag that a trace id is random, which belongs to the trace (W3C Trace Context level 2).
_RANDOM = 0b10


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

    #: By this name the tests of some instrumentations ask for it.
    _instrumentation_scope = instrumentation_scope

    @property
    def instrumentation_info(self) -> Any:
        """The same by its former name."""
        return self._scope.info

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
        if context is None:
            current = standing()
            over, parent = current.above(), current.native
        else:
            over, parent = above(context), object_of(context)
        more = (kind, attributes, links, start_time, record_exception, set_status_on_exception)
        return self.started(over, parent, name, context, *more)

    def started(
        self,
        over: SpanContext | None,
        parent: Any,
        name: str,
        context: Context | None,
        kind: SpanKind,
        attributes: Mapping[str, Any] | None,
        links: Sequence[Link] | None,
        start_time: int | None,
        record_exception: bool,
        set_status_on_exception: bool,
    ) -> trace.Span:
        """Starts a span under `parent`, Vigie's object, whose ids are `over`."""
        scope = self._scope
        ids = None
        if scope.provider.decides:
            decided = self._decided(name, context, over, kind, attributes, links)
            if isinstance(decided, NonRecordingSpan):
                return decided
            ids, attributes = decided
        native = _native.open_span(
            name, kind._value_, parent, start_time, scope.name, attributes or None, ids
        )
        span = Span(native, name, kind, scope, over, start_time)
        if attributes:
            span.keep_attributes(attributes)
        if not (record_exception and set_status_on_exception):
            span._on_exception = (record_exception, set_status_on_exception)
        if links:
            for link in links:
                if link is not None:
                    span.add_link(link.context, link.attributes)
        if scope.processors.are_any and native.is_recording:
            scope.processors.on_start(span, context)
        return span

    def _decided(
        self,
        name: str,
        context: Context | None,
        over: SpanContext | None,
        kind: SpanKind,
        attributes: Mapping[str, Any] | None,
        links: Sequence[Link] | None,
    ) -> NonRecordingSpan | tuple[Ids | None, Mapping[str, Any] | None]:
        """What a sampler or an id generator of the user's says: ids and attributes, or a span that is not recorded. Where
        one of them fails, Vigie decides.
        """
        provider = self._scope.provider
        generator = provider.id_generator
        try:
            trace_id = over.trace_id if over is not None else generator.generate_trace_id()
            kept, state = (over.trace_flags & _RANDOM, over.trace_state) if over is not None else (0, None)
            flags = kept | TraceFlags.SAMPLED
            if provider.sampler is not None:
                around = context if context is not None else api.get_current()
                result = provider.sampler.should_sample(around, trace_id, name, kind, attributes, links)
                attributes, state = result.attributes, result.trace_state
                if not result.decision.is_recording():
                    span_id = generator.generate_span_id()
                    return NonRecordingSpan(SpanContext(trace_id, span_id, False, TraceFlags(kept), state))
                if not result.decision.is_sampled():
                    flags = kept
            header = state.to_header() if state else None
            return (trace_id, generator.generate_span_id(), flags, False, header), attributes
        except Exception as error:
            fault("sampler or id generator", error)
            return None, attributes

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
