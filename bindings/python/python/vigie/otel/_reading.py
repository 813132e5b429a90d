"""A span as processors, exporters and tests read it, in the official SDK's own classes where that is installed.

Not for the record of the span: the native span is that. Not for what is kept of it for this: see `_limits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.trace import Link

from ._limits import Kept, Limits
from ._official import BoundedList, Event, ReadableSpan


def events(kept: Kept[Any] | None, limits: Limits) -> tuple[Any, ...]:
    """The events, each with attributes that nobody can change."""
    return tuple(
        Event(name, _bounded(attributes, limits.event_attributes, limits), at)
        for name, attributes, at in ([] if kept is None else kept.all())
    )


def links(kept: Kept[Any] | None, limits: Limits) -> tuple[Link, ...]:
    """The links, likewise."""
    return tuple(
        Link(context, _bounded(attributes, limits.link_attributes, limits))
        for context, attributes in ([] if kept is None else kept.all())
    )


def _bounded(attributes: Mapping[str, Any], most: int | None, limits: Limits) -> BoundedAttributes:
    return BoundedAttributes(most, attributes, immutable=True, max_value_len=limits.nested_text)


def snapshot(span: Any) -> Any:
    """A copy of what can be read of a span."""
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span.attributes, span.dropped_attributes),
        events=_list(span.events, span.dropped_events),
        links=_list(span.links, span.dropped_links),
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(read: Mapping[str, Any], dropped: int) -> Mapping[str, Any]:
    """A copy; only the SDK's own class can say that some are missing."""
    if not dropped:
        return dict(read)
    counted = BoundedAttributes(None, read, immutable=True)
    counted.dropped = dropped
    return counted


def _list(read: tuple[Any, ...], dropped: int) -> Any:
    if not dropped:
        return read
    counted = BoundedList.from_seq(len(read), read)
    counted.dropped = dropped
    return counted
