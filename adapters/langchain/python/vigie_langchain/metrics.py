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

_TYPES = (("input_tokens", "input"), ("output_tokens", "output"))
_LATEST = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")


class Metrics:
    """Durations, tokens and costs of runs."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._histograms = {key: _histogram(told, names) for key, told in semantics.METRICS.items()}
        self._counters = {key: _counter(told) for key, told in semantics.COUNTERS.items()}

    def took(self, what: str, seconds: float, attributes: Mapping[str, Any]) -> None:
        """How long a run of this kind took."""
        self._histograms[what].record(seconds, **attributes)

    def chunks(self, first: float | None, interval: float | None, attributes: Mapping[str, Any]) -> None:
        """When the chunks of an answer came."""
        if first is not None:
            self._histograms["first_chunk"].record(first, **attributes)
        if interval is not None:
            self._histograms["chunk_interval"].record(interval, **attributes)

    def used(self, usage: Mapping[str, int], cost: float | None, attributes: Mapping[str, Any]) -> None:
        """What an answer used and cost."""
        if self._names.latest:
            for key in _LATEST:
                if count := usage.get(key):
                    self._counters["latest_" + key].add(count, **attributes)
        else:
            for key, kind in _TYPES:
                if (count := usage.get(key)) is not None:
                    self._histograms["token_usage"].record(
                        count, **attributes, **{self._names.token_type: kind}
                    )
        if cost is not None:
            self._counters["cost"].add(cost, **attributes)


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
