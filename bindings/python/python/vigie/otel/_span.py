"""A Vigie span as the OpenTelemetry API knows spans.

Not for starting one: see `_tracer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import time_ns
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from opentelemetry import trace
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from .. import _native
from ._limits import Kept
from ._quiet import fault
from ._values import PLAIN_OR_TEXT, cleaned, described, named, shown, text_of

if TYPE_CHECKING:
    from ._scope import Scope

_STATUS: Mapping[StatusCode, Literal["ok", "error"]] = {StatusCode.OK: "ok", StatusCode.ERROR: "error"}
_UNSET = Status()
_NOTHING: Mapping[str, Any] = MappingProxyType({})
#: With more attributes it is looked, at each one, whether they are too many.
_FEW = 128


def span_context(native: Any) -> SpanContext | None:
    """The ids of Vigie's span or context as OpenTelemetry has them; None without any."""
    found = _native.span_ids(native)
    if found is None:
        return None
    trace_id, span_id, flags, is_remote, state = found
    trace_state = TraceState.from_header([state]) if state else None
    return SpanContext(trace_id, span_id, is_remote, TraceFlags(flags), trace_state)


class Span(trace.Span):
    """A span of the OpenTelemetry API that Vigie records.

    Everything that is said to it is recorded at once by the native span, which is `native`. What processors, samplers and
    instrumentations read of a span of the official SDK can be read here too, within the provider's `span_limits`. Nothing
    raises (OpenTelemetry Trace API, "Span").
    """

    native: _native.Span

    # What most spans have until something is said to them stands here once: a span is made of what differs.
    _context: SpanContext | None = None
    _attributes: dict[str, Any] | None = None
    _dropped_attributes = 0
    _events: Kept[tuple[Any, Mapping[str, Any], int]] | None = None
    _links: Kept[tuple[SpanContext, Mapping[str, Any]]] | None = None
    _status = _UNSET
    #: With it, what is said is too late to be read.
    _end_time: int | None = None
    _on_exception = (True, True)

    def __init__(
        self,
        native: _native.Span,
        name: str,
        kind: SpanKind,
        scope: Scope,
        parent: SpanContext | None,
        start_time: int | None,
    ) -> None:
        self.native = native
        self._name = name
        self._kind = kind
        self._scope = scope
        self._parent = parent
        self._start_time: int | None = time_ns() if start_time is None else start_time

    @classmethod
    def around(cls, native: _native.Span) -> Span:
        """A span that Vigie's own face has started."""
        from ._scope import OWN

        span = cls(native, native.name or "", SpanKind.INTERNAL, OWN, None, None)
        # When it began is not known here.
        span._start_time = None
        return span

    # What is said to it.

    def set_attribute(self, key: str, value: Any) -> None:
        """Sets one attribute; the last value of a key wins."""
        self.native.set_attribute(key, value)
        if self._end_time is not None:
            return
        attributes = self._attributes
        if attributes is None:
            attributes = self._attributes = {}
        try:
            attributes[key] = value if type(value) in PLAIN_OR_TEXT else cleaned(value)
        except Exception as error:
            # A key that no mapping can have, or a value whose own code fails.
            fault("attribute", error)
        if len(attributes) > _FEW:
            self._fit()

    def _fit(self) -> None:
        """Lets go of the oldest attributes that are too many for the limit."""
        if self._attributes is not None:
            self._dropped_attributes += self._scope.limits.fit(self._attributes)

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Sets every member of a mapping as an attribute."""
        if attributes:
            self.native.set_attributes(attributes)
            if self._end_time is None:
                self.keep_attributes(attributes)

    def keep_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Keeps them for reading."""
        read = shown(attributes)
        if self._attributes is None:
            self._attributes = dict(read)
        else:
            self._attributes.update(read)
        if len(self._attributes) > _FEW:
            self._fit()

    def add_event(
        self, name: str, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None
    ) -> None:
        """Adds something that happened; `timestamp` in nanoseconds since 1970, now unless given."""
        _native.add_event(self.native, name, attributes, timestamp)
        self._keep_event(name, attributes, timestamp)

    def _keep_event(self, name: str, attributes: Mapping[str, Any] | None, timestamp: int | None) -> None:
        if self._end_time is not None:
            return
        if self._events is None:
            self._events = Kept(self._scope.limits.events)
        at = time_ns() if timestamp is None else timestamp
        self._events.add((name, dict(shown(attributes or {})), at))

    def add_link(self, context: SpanContext, attributes: Mapping[str, Any] | None = None) -> None:
        """Links another span, also after the start. One without ids is only read, and only if something is said of it."""
        if not isinstance(context, SpanContext) or not (
            context.is_valid or attributes or context.trace_state
        ):
            return
        if context.is_valid:
            _native.add_link(self.native, object_with(context), attributes)
        if self._end_time is not None:
            return
        if self._links is None:
            self._links = Kept(self._scope.limits.links)
        self._links.add((context, dict(shown(attributes or {}))))

    def update_name(self, name: str) -> None:
        """Gives the span another name."""
        self.native.update_name(name)
        if self._end_time is None:
            self._name = name

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Sets how it went: ``OK`` is final, ``UNSET`` sets nothing (OpenTelemetry Trace API, "Set Status")."""
        if isinstance(status, Status):
            code, description = status.status_code, status.description
        else:
            code = status
        if (
            code is StatusCode.UNSET
            or self._status.status_code is StatusCode.OK
            or self._end_time is not None
        ):
            return
        self._status = Status(code, description if code is StatusCode.ERROR else None)
        self.native.set_status(_STATUS[code], description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Mapping[str, Any] | None = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Adds an ``exception`` event with type, message and stack, or writes an ERROR record, or both, as the setting
        ``exceptions`` says; the status stays what it is."""
        said = named(attributes)
        more = {**said, "exception.escaped": True} if escaped else said
        _native.record_exception(self.native, exception, more, timestamp)
        if _native.exceptions_are_events():
            read = {**described(exception), "exception.escaped": str(escaped), **said}
            self._keep_event("exception", read, timestamp)

    def end(self, end_time: int | None = None) -> None:
        """Ends the span, now or at `end_time`, in nanoseconds since 1970. Only the first end counts."""
        if self._end_time is not None:
            return
        self._end_time = time_ns() if end_time is None else end_time
        processors = self._scope.processors
        if processors.are_any and self.native.is_recording:
            processors._on_ending(self)
            self.native.end(self._end_time)
            processors.on_end(self._readable_span())
        else:
            self.native.end(end_time)

    def __exit__(self, exc_type: Any, exc_val: BaseException | None, exc_tb: Any) -> None:
        """Records what leaves the block, and ends the span."""
        if isinstance(exc_val, Exception):
            self.failed(exc_val)
        self.end()

    def failed(self, exception: Exception) -> None:
        """What an exception that leaves the span's block does to it."""
        record, set_status = self._on_exception
        if not self.is_recording():
            return
        if record:
            self.record_exception(exception)
        if set_status:
            self.set_status(StatusCode.ERROR, f"{type(exception).__name__}: {text_of(exception)}")

    # What is read of it.

    def is_recording(self) -> bool:
        """Whether what is said to the span will be kept."""
        return self.native.is_recording

    def get_span_context(self) -> SpanContext:
        """The ids of the span."""
        if self._context is None:
            self._context = span_context(self.native) or trace.INVALID_SPAN_CONTEXT
        return self._context

    @property
    def context(self) -> SpanContext:
        """The same."""
        return self.get_span_context()

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def kind(self) -> SpanKind:
        """The kind."""
        return self._kind

    @property
    def parent(self) -> SpanContext | None:
        """The ids of its parent, if it has one."""
        return self._parent

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The attributes that were set through the OpenTelemetry API."""
        if self._attributes is None:
            return _NOTHING
        self._fit()
        return MappingProxyType(self._scope.limits.cut(self._attributes))

    @property
    def status(self) -> Status:
        """How it went so far."""
        return self._status

    @property
    def start_time(self) -> int | None:
        """When it began, in nanoseconds since 1970; None of a span that Vigie's own face has started."""
        return self._start_time

    @property
    def end_time(self) -> int | None:
        """When it ended, in nanoseconds since 1970."""
        return self._end_time

    @property
    def events(self) -> tuple[Any, ...]:
        """What happened in it."""
        from ._reading import events

        return events(self._events, self._scope.limits)

    @property
    def links(self) -> tuple[Any, ...]:
        """The spans that it relates to."""
        from ._reading import links

        return links(self._links, self._scope.limits)

    @property
    def dropped_attributes(self) -> int:
        """How many attributes were said before those that can be read."""
        self._fit()
        return self._dropped_attributes

    @property
    def dropped_events(self) -> int:
        """How many events were said before those that can be read."""
        return 0 if self._events is None else self._events.dropped

    @property
    def dropped_links(self) -> int:
        """How many links were said before those that can be read."""
        return 0 if self._links is None else self._links.dropped

    @property
    def resource(self) -> Any:
        """What the provider was told of the process."""
        return self._scope.provider.resource

    @property
    def instrumentation_scope(self) -> Any:
        """Who made it."""
        return self._scope.shown

    @property
    def instrumentation_info(self) -> Any:
        """The same by its former name."""
        return self._scope.info

    def _readable_span(self) -> Any:
        """A copy of what can be read of it."""
        from ._reading import snapshot

        return snapshot(self)

    def to_json(self, indent: int | None = 4) -> str:
        """What can be read of it, as the official SDK's console exporter writes it; needs that SDK."""
        text: str = self._readable_span().to_json(indent)
        return text

    def __repr__(self) -> str:
        return f"<vigie.otel.Span {self._name!r} {self.native!r}>"


def object_with(context: SpanContext) -> Any:
    """Vigie's context with these ids."""
    state = context.trace_state.to_header() if isinstance(context.trace_state, TraceState) else None
    ids = (context.trace_id, context.span_id, int(context.trace_flags), context.is_remote, state)
    return _native.make_context(None, ids, None)
