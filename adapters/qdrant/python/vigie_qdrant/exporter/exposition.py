"""Reads the text of /metrics: samples by name, differences between two scrapes, quantiles of histograms."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Sample(NamedTuple):
    """One line."""

    labels: dict[str, str]
    value: float


def read(text: str) -> dict[str, list[Sample]]:
    """All samples by name. A line that is none is left out."""
    found: dict[str, list[Sample]] = {}
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if match is None:
            continue
        name, labels, value = match.groups()
        try:
            number = float(value)
        except ValueError:
            continue
        pairs = {key: _unescaped(text) for key, text in _LABEL.findall(labels or "")}
        found.setdefault(name, []).append(Sample(pairs, number))
    return found


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\") if "\\" in text else text


class Deltas:
    """Growth of counters since the last scrape. After a restart of the server, which counts from zero, it is the value.

    Of the first scrape nothing has grown; a series that is new later has grown from zero.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
        self._is_first = True

    def of(self, samples: dict[str, list[Sample]], names: list[str]) -> dict[str, list[Sample]]:
        """The growth of the counters of these names."""
        grown: dict[str, list[Sample]] = {}
        current: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
        for name in names:
            for labels, value in samples.get(name, []):
                key = (name, tuple(sorted(labels.items())))
                current[key] = value
                before = self._last.get(key)
                if before is None:
                    # New among others: the endpoint was called for the first time.
                    grew = 0.0 if self._is_first else value
                else:
                    grew = value - before if value >= before else value
                grown.setdefault(name, []).append(Sample(labels, grew))
        self._last = current
        self._is_first = False
        return grown


def quantile(buckets: list[tuple[float, float]], wanted: float) -> float | None:
    """A quantile of cumulative ``(upper bound, count)``, linear inside of a bucket as Prometheus has it."""
    buckets = sorted(buckets)
    if not buckets or buckets[-1][1] <= 0:
        return None
    rank = wanted * buckets[-1][1]
    lower = below = 0.0
    for bound, count in buckets:
        if count >= rank:
            if math.isinf(bound):
                return lower
            inside = count - below
            return lower + (bound - lower) * ((rank - below) / inside if inside > 0 else 1.0)
        lower, below = bound, count
    return lower
