"""The SDK's own classes of what is read, where that is installed, since processors and exporters are written for them.

Without the SDK nobody has such processors, and plain tuples do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.sdk.util import BoundedList
    from opentelemetry.sdk.util.instrumentation import InstrumentationInfo, InstrumentationScope
else:
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import Event, ReadableSpan
        from opentelemetry.sdk.util import BoundedList
        from opentelemetry.sdk.util.instrumentation import InstrumentationInfo, InstrumentationScope
    except ImportError:

        class Event(NamedTuple):
            """Something that happened in a span."""

            name: str
            attributes: Any = None
            timestamp: int | None = None

        class InstrumentationScope(NamedTuple):
            """Who made a span."""

            name: str
            version: str | None = None
            schema_url: str | None = None
            attributes: Any = None

        class InstrumentationInfo(NamedTuple):
            """The same by its former name."""

            name: str
            version: str | None = None
            schema_url: str | None = None

        class BoundedList(list):
            """A list that says how much is missing."""

            dropped = 0

            @classmethod
            def from_seq(cls, _limit: int, items: Any) -> BoundedList:
                """One with these items."""
                return cls(items)

        class ReadableSpan:
            """A copy of a span."""

            def __init__(self, **read: Any) -> None:
                self.__dict__.update(read)

        class Resource:
            """What a provider was told of the process."""

            def __init__(self, attributes: Any = None) -> None:
                self.attributes = dict(attributes or ())

            @classmethod
            def create(cls, attributes: Any = None) -> Resource:
                """One with these attributes."""
                return cls(attributes)


__all__ = [
    "BoundedList",
    "Event",
    "InstrumentationInfo",
    "InstrumentationScope",
    "ReadableSpan",
    "Resource",
]
