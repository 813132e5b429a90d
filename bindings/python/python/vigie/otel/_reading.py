"""What users' own span processors and exporters read of a span: kept only where there are any.

Not for the record of the span: the native span is that.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import Link, SpanContext

from ._official import Event, ReadableSpan
from ._quiet import quiet
from ._values import shown


class Reading:
    """The events and links of one open span, and whom it is shown to."""

    __slots__ = ("_processors", "events", "links")

    def __init__(self, processors: tuple[Any, ...], links: Any) -> None:
        self._processors = processors
        self.events: list[Any] = []
        self.links: list[Link] = list(links or ())

    def begun(self, span: Any, context: Any) -> None:
        """Shows a span that has begun to all processors."""
        for processor in self._processors:
            with quiet("span processor"):
                processor.on_start(span, parent_context=context)

    def event(self, name: str, attributes: Mapping[str, Any] | None, timestamp: int | None) -> None:
        """Keeps an event."""
        at = timestamp if timestamp is not None else time.time_ns()
        self.events.append(Event(name, shown(attributes or {}), at))

    def link(self, context: SpanContext, attributes: Mapping[str, Any] | None) -> None:
        """Keeps a link."""
        self.links.append(Link(context, shown(attributes or {})))

    def ending(self, span: Any) -> None:
        """Shows a span that is about to end to the processors that want to know."""
        for processor in self._processors:
            hook = getattr(processor, "_on_ending", None)
            if hook is not None:
                with quiet("span processor"):
                    hook(span)

    def ended(self, span: Any) -> None:
        """Shows a span that has ended to all processors, as it was then."""
        seen = snapshot(span)
        for processor in self._processors:
            with quiet("span processor"):
                processor.on_end(seen)


def snapshot(span: Any) -> Any:
    """A copy of what can be read of a span."""
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=dict(span.attributes),
        events=span.events,
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
