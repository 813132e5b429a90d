"""The instruments: made at their first use, since making them is no use of Vigie."""

from __future__ import annotations

import vigie

from . import semantics
from .names import chosen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .names import Names

_TYPES = {"input_tokens": "input", "output_tokens": "output"}
_LATEST = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")


# Sets of attributes whose series are kept.
_MOST = 1000


class Series:
    """What runs with the same attributes record into, each instrument's own part bound when it is first needed."""

    def __init__(self, metrics: Metrics, attributes: Mapping[str, Any]) -> None:
        self._metrics = metrics
        self._attributes = attributes
        self._bound: dict[str, Any] = {}

    def took(self, what: str, seconds: float) -> None:
        """How long a run of this kind took."""
        self._of(what).record(seconds)

    def chunks(self, first: float | None, interval: float | None) -> None:
        """When the chunks of an answer came."""
        if first is not None:
            self._of("first_chunk").record(first)
        if interval is not None:
            self._of("chunk_interval").record(interval)

    def used(self, usage: Mapping[str, int], cost: float | None) -> None:
        """What an answer used and cost."""
        if self._metrics.latest:
            for key in _LATEST:
                if count := usage.get(key):
                    self._of("latest_" + key).add(count)
        else:
            for key in _TYPES:
                if (count := usage.get(key)) is not None:
                    self._of(key).record(count)
        if cost is not None:
            self._of("cost").add(cost)

    def _of(self, key: str) -> Any:
        found = self._bound.get(key)
        if found is None:
            found = self._bound[key] = self._metrics.bound(key, self._attributes)
        return found


class Metrics:
    """Durations, tokens and costs of runs."""

    def __init__(self, names: Names) -> None:
        self.latest = names.latest
        self._token_type = names.token_type
        self._instruments: dict[str, Any] = {
            **{key: _histogram(told, names) for key, told in semantics.METRICS.items()},
            **{key: _counter(told) for key, told in semantics.COUNTERS.items()},
        }
        self._known: dict[tuple[object, ...], Series] = {}

    def of(self, attributes: Mapping[str, Any]) -> Series:
        """What runs with these attributes record into."""
        key = tuple(attributes.items())
        try:
            found = self._known.get(key)
        except TypeError:
            # A model may be called by anything, that has no hash among it.
            return Series(self, attributes)
        if found is None:
            found = Series(self, dict(attributes))
            if len(self._known) < _MOST:
                self._known[key] = found
        return found

    def bound(self, key: str, attributes: Mapping[str, Any]) -> Any:
        """An instrument's part for these attributes; those of tokens are told apart by their type."""
        if (kind := _TYPES.get(key)) is not None:
            return self._instruments["token_usage"].bind(**attributes, **{self._token_type: kind})
        return self._instruments[key].bind(**attributes)


def _histogram(told: Mapping[str, Any], names: Names) -> vigie.Histogram:
    name = chosen(told["name"], latest=names.latest)
    return vigie.histogram(name, unit=told["unit"], description=told["description"], buckets=told["buckets"])


def _counter(told: Mapping[str, Any]) -> vigie.Counter:
    return vigie.counter(told["name"], unit=told["unit"], description=told["description"])


def observe(runs: vigie.Runs, failures: Callable[[], int]) -> None:
    """The adapter's own state as gauges, asked for when metrics are read."""

    def lost() -> int:
        counts = runs.stats()
        return sum(counts[reason] for reason in ("swept", "orphaned", "refused", "left_out"))

    for key, callback in (("open", lambda: runs.stats()["open"]), ("lost", lost), ("failed", failures)):
        told = semantics.OWN[key]
        vigie.gauge(told["name"], unit=told["unit"], description=told["description"], callback=callback)
