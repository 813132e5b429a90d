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
_calls: dict[tuple[object, ...], Series] = {}
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


class Series:
    """What calls with the same labels record into."""

    __slots__ = ("_is_failure", "_labels", "_server", "duration")

    def __init__(self, labels: dict[str, object]) -> None:
        self._labels = labels
        self._is_failure = names.ERROR_TYPE in labels
        self.duration = _instrument(names.DURATION).bind(**labels)
        self._server: Any = None

    def record(self, seconds: float, server: float | None) -> None:
        """A call, and the server's own time; the series of that begins when a server says one."""
        self.duration.record(seconds)
        if server is not None:
            if self._server is None:
                self._server = _instrument(names.SERVER).bind(**self._labels)
            self._server.record(server)
        if self._is_failure:
            _instrument(names.ERRORS).add(1, **self._labels)


def label_of(collection: str) -> str:
    """The collection as a label: the names of the first 200, one word for all others."""
    if collection not in _collections:
        if len(_collections) >= MOST_COLLECTIONS:
            return OTHERS
        _collections.add(collection)
    return collection


def series(
    operation: str, collection: str | None, endpoint: dict[str, object], outcome: dict[str, object]
) -> Series:
    """What calls record into that ended alike: ``outcome`` is empty, or has the error's type and status."""
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
        found = Series(labels)
        if len(_calls) < MOST_SERIES:
            _calls[key] = found
    return found


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
