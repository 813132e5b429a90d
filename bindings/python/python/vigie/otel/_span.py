"""A Vigie span as the OpenTelemetry API knows spans.

Not for starting one: see `_tracer`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from opentelemetry import trace
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from .. import _native
from ._quiet import fault
from ._values import described, named, shown, text_of

if TYPE_CHECKING:
    from ._scope import Scope

_STATUS: Mapping[StatusCode, Literal["ok", "error"]] = {StatusCode.OK: "ok", StatusCode.ERROR: "error"}
_UNSET = Status()
_NOTHING: Mapping[str, Any] = MappingProxyType({})


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
    instrumentations read of a span (name, attributes, kind, parent, times, status) can be read here too; its events and links
    only where the provider has span processors. Nothing raises (OpenTelemetry Trace API, "Span").
    """

    native: _native.Span

    # What most spans have until something is said to them stands here once: a span is made of what differs.
    _context: SpanContext | None = None
    _attributes: dict[str, Any] | None = None
    _status = _UNSET
    _has_ended = False
    _end_time: int | None = None
    #: What span processors are shown, where there are any.
    _reading: Any = None
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
        self._start_time = start_time

    @classmethod
    def around(cls, native: _native.Span) -> Span:
        """A span that Vigie's own face has started."""
        from ._scope import OWN

        return cls(native, native.name or "", SpanKind.INTERNAL, OWN, None, None)

    # What is said to it.

    def set_attribute(self, key: str, value: Any) -> None:
        """Sets one attribute; the last value of a key wins."""
        self.native.set_attribute(key, value)
        if self._attributes is None:
            self._attributes = {}
        try:
            self._attributes[key] = tuple(value) if type(value) is list else value
        except TypeError as error:
            # A key that no mapping can have.
            fault("key of an attribute", error)

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Sets every member of a mapping as an attribute."""
        if attributes:
            self.native.set_attributes(attributes)
            self._attributes = {**(self._attributes or {}), **shown(attributes)}

    def add_event(
        self, name: str, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None
    ) -> None:
        """Adds something that happened; `timestamp` in nanoseconds since 1970, now unless given."""
        _native.add_event(self.native, name, attributes, timestamp)
        if self._reading is not None:
            self._reading.event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Mapping[str, Any] | None = None) -> None:
        """Links another span, also after the start."""
        if not context.is_valid:
            return
        _native.add_link(self.native, object_with(context), attributes)
        if self._reading is not None:
            self._reading.link(context, attributes)

    def update_name(self, name: str) -> None:
        """Gives the span another name."""
        self._name = name
        self.native.update_name(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Sets how it went: ``OK`` is final, ``UNSET`` sets nothing (OpenTelemetry Trace API, "Set Status")."""
        if isinstance(status, Status):
            code, description = status.status_code, status.description
        else:
            code = status
        if self._status.status_code is StatusCode.OK or code is StatusCode.UNSET:
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
        more = named(attributes)
        if escaped:
            more["exception.escaped"] = True
        _native.record_exception(self.native, exception, more, timestamp)
        if self._reading is not None and _native.exceptions_are_events():
            self._reading.event("exception", {**described(exception), **more}, timestamp)

    def end(self, end_time: int | None = None) -> None:
        """Ends the span, now or at `end_time`, in nanoseconds since 1970. Only the first end counts."""
        if self._has_ended:
            return
        self._has_ended = True
        if self._reading is None:
            self._end_time = end_time
            self.native.end(end_time)
            return
        self._end_time = end_time if end_time is not None else time.time_ns()
        self._reading.ending(self)
        self.native.end(self._end_time)
        self._reading.ended(self)

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
        return _NOTHING if self._attributes is None else MappingProxyType(self._attributes)

    @property
    def status(self) -> Status:
        """How it went so far."""
        return self._status

    @property
    def start_time(self) -> int | None:
        """When it began, in nanoseconds since 1970, as far as that was told or asked for."""
        return self._start_time

    @property
    def end_time(self) -> int | None:
        """When it ended, in nanoseconds since 1970, as far as that was told or asked for."""
        return self._end_time

    @property
    def events(self) -> tuple[Any, ...]:
        """What happened in it; empty without span processors."""
        return () if self._reading is None else tuple(self._reading.events)

    @property
    def links(self) -> tuple[Any, ...]:
        """The spans that it relates to; empty without span processors."""
        return () if self._reading is None else tuple(self._reading.links)

    @property
    def resource(self) -> Any:
        """What the provider was told of the process."""
        return self._scope.provider.resource

    @property
    def instrumentation_scope(self) -> Any:
        """Who made it."""
        return self._scope.shown

    instrumentation_info = instrumentation_scope

    def __repr__(self) -> str:
        return f"<vigie.otel.Span {self._name!r} {self.native!r}>"


def object_with(context: SpanContext) -> Any:
    """Vigie's context with these ids."""
    state = context.trace_state.to_header() if context.trace_state else None
    ids = (context.trace_id, context.span_id, int(context.trace_flags), context.is_remote, state)
    return _native.make_context(None, ids, None)
