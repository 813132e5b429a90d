"""The metrics of calls, by series that are made once and labels that are bounded. Not for spans."""

from typing import Any

import vigie

from . import _names as names
from ._names import Metric

MOST_COLLECTIONS = 200
MOST_SERIES = 4000
OTHERS = "[other]"

_made: dict[str, Any] = {}
_series: dict[tuple[object, ...], Any] = {}
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


def _bound(metric: Metric, labels: dict[str, object]) -> Any:
    key = (metric.name, *labels.items())
    found = _series.get(key)
    if found is None:
        found = _instrument(metric).bind(**labels)
        if len(_series) < MOST_SERIES:
            _series[key] = found
    return found


def label_of(collection: str) -> str:
    """The collection as a label: the names of the first 200, one word for all others."""
    if collection not in _collections:
        if len(_collections) >= MOST_COLLECTIONS:
            return OTHERS
        _collections.add(collection)
    return collection


def call(base: dict[str, object], seconds: float, server: float | None, outcome: dict[str, object]) -> None:
    """One call that has ended: ``outcome`` is empty, or has the error's type and status."""
    labels = {names.SYSTEM: "qdrant", **base, **outcome} if outcome else {names.SYSTEM: "qdrant", **base}
    _bound(names.DURATION, labels).record(seconds)
    if server is not None:
        _bound(names.SERVER, labels).record(server)
    if outcome:
        _bound(names.ERRORS, labels).add(1)


def retry(operation: str, collection: str, reason: str) -> None:
    """A batch that is sent again, and the type of the error that made it so."""
    labels: dict[str, object] = {
        names.OPERATION: operation,
        names.COLLECTION: label_of(collection),
        names.ERROR_TYPE: reason,
    }
    _bound(names.RETRIES_MADE, labels).add(1)


def faults(where: str) -> None:
    """A failure of the adapter."""
    _bound(names.FAULTS, {"where": where}).add(1)
