"""How much of a span is kept for reading (OpenTelemetry Trace SDK, "Span Limits").

Not for how much is recorded: that is the setting ``limits``.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from typing import Any, Generic, TypeVar

from ._values import cut

_T = TypeVar("_T")
_MOST = 128


class Limits:
    """How many attributes, events and links of a span can be read, and how long their texts are; None is no limit."""

    __slots__ = (
        "event_attributes",
        "events",
        "link_attributes",
        "links",
        "most",
        "nested_text",
        "plain",
        "text",
    )

    def __init__(self, told: Any = None) -> None:
        """Those of the SDK's ``SpanLimits``, or those that the environment tells."""
        attributes = _of_environment("OTEL_ATTRIBUTE_COUNT_LIMIT", _MOST)
        text = _of_environment("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", None)

        def limit(name: str, variable: str, otherwise: int | None) -> int | None:
            found: int | None = (
                _of_environment(variable, otherwise) if told is None else getattr(told, name, otherwise)
            )
            return found

        most = limit("max_span_attributes", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", attributes)
        #: So many attributes of a span are kept.
        self.most = sys.maxsize if most is None else most
        self.events = limit("max_events", "OTEL_SPAN_EVENT_COUNT_LIMIT", _MOST)
        self.links = limit("max_links", "OTEL_SPAN_LINK_COUNT_LIMIT", _MOST)
        self.event_attributes = limit("max_event_attributes", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", attributes)
        self.link_attributes = limit("max_link_attributes", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", attributes)
        self.text = limit("max_span_attribute_length", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", text)
        self.nested_text = limit("max_attribute_length", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", None)

    def cut(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """Attributes of a span whose texts are as long as told; they themselves where nothing is."""
        longest = self.text
        if longest is None:
            return attributes
        return {key: cut(said, longest) for key, said in attributes.items()}

    def fit(self, attributes: dict[str, Any]) -> int:
        """Lets go of the oldest attributes that are too many; how many those are."""
        over = len(attributes) - self.most
        if over <= 0:
            return 0
        for key in list(attributes)[:over]:
            del attributes[key]
        return over


def _of_environment(name: str, otherwise: int | None) -> int | None:
    """A limit of the environment; what is no number is told by whoever reads the configuration, and empty is none."""
    text = os.environ.get(name)
    if text is None:
        return otherwise
    text = text.strip()
    return int(text) if text.isdecimal() else None if not text else otherwise


class Kept(Generic[_T]):
    """The last of what was said, and how much was said before that."""

    __slots__ = ("_items", "dropped")

    def __init__(self, limit: int | None) -> None:
        self._items: deque[_T] = deque(maxlen=limit)
        self.dropped = 0

    def add(self, item: _T) -> None:
        """Keeps one more."""
        if len(self._items) == self._items.maxlen:
            self.dropped += 1
        self._items.append(item)

    def all(self) -> tuple[_T, ...]:
        """Those that are kept."""
        return tuple(self._items)
