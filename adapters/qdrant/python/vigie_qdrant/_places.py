"""What all calls of one method to one collection have in common: made for the first one, kept for the others.
Not for a single call: see ``_calls``."""

from __future__ import annotations

from typing import Any

from . import _endpoints as endpoints
from . import _instruments
from . import _names as names

_MOST = 4000
_known: dict[tuple[str, endpoints.Endpoint, str | None], Place] = {}


class Place:
    """Where a call goes: its span's name and first attributes, and the series that it counts for."""

    __slots__ = ("_collection", "_operation", "attributes", "endpoint", "name", "well")

    def __init__(self, operation: str, endpoint: endpoints.Endpoint, collection: str | None) -> None:
        self._operation = operation
        self._collection = collection
        # What `bound` gives, once it was asked.
        self.well: Any = None
        self.endpoint = endpoint
        self.name = operation if collection is None else f"{operation} {collection}"
        self.attributes: dict[str, object] = {
            names.SYSTEM: "qdrant",
            names.OPERATION: operation,
            **endpoint.attributes,
            names.TRANSPORT: endpoint.transport,
        }
        if collection is not None:
            self.attributes[names.COLLECTION] = collection

    def took(self, seconds: float, server: float | None, outcome: dict[str, object]) -> None:
        """A call has ended: ``outcome`` is empty, or has the error's type and status."""
        series = _instruments.series(self._operation, self._collection, self.endpoint.attributes, outcome)
        series.record(seconds, server)

    def bound(self) -> Any:
        """The durations of calls of which no server says anything and that ended well."""
        series = _instruments.series(self._operation, self._collection, self.endpoint.attributes, {})
        self.well = series.duration
        return self.well


def of(operation: str, endpoint: endpoints.Endpoint, collection: str | None) -> Place:
    """The place of a method's calls."""
    key = (operation, endpoint, collection)
    found = _known.get(key)
    if found is None:
        found = Place(*key)
        if len(_known) < _MOST:
            _known[key] = found
    return found
