"""The metrics of calls, by series that are made once and labels that are bounded. Not for spans."""

from __future__ import annotations

from typing import Any

import vigie

from . import _names as names
from ._names import Metric

MOST_COLLECTIONS = 200
MOST_SERIES = 4000
OTHERS = "[other]"

_made: dict[str, Any] = {}
_calls: dict[tuple[object, ...], _Series] = {}
_collections: set[str] = set()


def _instrument(metric: Metric) -> Any:
    """The instrument, made when it is first used."""
    found = _made.get(metric.name)
    if found is None:
        if metric.kind == "histogram":
            made: Any = vigie.histogram(
                metric.name, unit=metric.unit, description=metric.description, buckets=metric.buckets
            )
        else:
            made = vigie.counter(metric.name, unit=metric.unit, description=metric.description)
        found = _made[metric.name] = made
    return found


class _Series:
    """What calls with the same labels record into."""

    __slots__ = ("_server", "duration", "labels")

    def __init__(self, labels: dict[str, object]) -> None:
        self.labels = labels
        self.duration = _instrument(names.DURATION).bind(**labels)
        self._server: Any = None

    def record_server(self, seconds: float) -> None:
        """The server's own time; the series begins when a server says one."""
        if self._server is None:
            self._server = _instrument(names.SERVER).bind(**self.labels)
        self._server.record(seconds)


def label_of(collection: str) -> str:
    """The collection as a label: the names of the first 200, one word for all others."""
    if collection not in _collections:
        if len(_collections) >= MOST_COLLECTIONS:
            return OTHERS
        _collections.add(collection)
    return collection


def call(
    operation: str,
    collection: str | None,
    endpoint: dict[str, object],
    seconds: float,
    server: float | None,
    outcome: dict[str, object],
) -> None:
    """One call that has ended: ``outcome`` is empty, or has the error's type and status."""
    collection = None if collection is None else label_of(collection)
    key = (operation, collection, *endpoint.values(), *outcome.values())
    found = _calls.get(key)
    if found is None:
        labels: dict[str, object] = {
            names.SYSTEM: "qdrant",
            names.OPERATION: operation,
            **endpoint,
            **outcome,
        }
        if collection is not None:
            labels[names.COLLECTION] = collection
        found = _Series(labels)
        if len(_calls) < MOST_SERIES:
            _calls[key] = found
    found.duration.record(seconds)
    if server is not None:
        found.record_server(server)
    if outcome:
        _instrument(names.ERRORS).add(1, **found.labels)


def retry(operation: str, collection: str, reason: str) -> None:
    """A batch that is sent again, and the type of the error that made it so."""
    labels = {
        names.OPERATION: operation,
        names.COLLECTION: label_of(collection),
        names.ERROR_TYPE: reason,
    }
    _instrument(names.RETRIES_MADE).add(1, **labels)


def faults(where: str) -> None:
    """A failure of the adapter."""
    _instrument(names.FAULTS).add(1, where=where)
