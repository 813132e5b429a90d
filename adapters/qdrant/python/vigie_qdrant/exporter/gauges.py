"""The exporter's metrics: their names and texts, and series that end when what they are about has gone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import vigie

# Name below vigie.qdrant., unit, description.
TEXTS = {
    "up": ("1", "1 while the server answers"),
    "scrape.duration": ("s", "How long one part of the scrape took last"),
    "recovery_mode": ("1", "1 while the server is in recovery mode"),
    "collections": ("1", "Number of collections"),
    "memory.resident": ("By", "Resident memory of the server"),
    "memory.ratio": ("1", "Resident memory of the size of the machine's"),
    "open_fds.ratio": ("1", "Open file descriptors of those allowed"),
    "mmaps.ratio": ("1", "Memory maps of those allowed"),
    "snapshot.running.time": ("s", "How long a snapshot of a collection has been in the making"),
    "request.rate": ("1/s", "Answers by class of status since the last scrape"),
    "request.error.ratio": ("1", "Share of answers with status 5xx since the last scrape"),
    "request.quantile": ("s", "Duration of answers since the last scrape, by endpoint and quantile"),
    "cluster.peers": ("1", "Peers in the cluster"),
    "cluster.consensus.working": ("1", "1 while the consensus thread works"),
    "cluster.term.changes": ("1", "Elections since the exporter started"),
    "cluster.pending_operations": ("1", "Operations of the consensus that are not applied yet"),
    "cluster.send_failures": ("1", "Messages to other peers that failed"),
    "collection.status": ("1", "0 green, 1 yellow, 2 grey, 3 red"),
    "collection.status.time": ("s", "How long the collection has had this status"),
    "collection.points": ("1", "Points in the collection"),
    "collection.points.drop": (
        "1",
        "Share of the points that the last scrape still had and this one has not",
    ),
    "collection.segments": ("1", "Segments of the collection"),
    "collection.optimizer.ok": ("1", "0 when the optimizer reports an error"),
    "collection.indexed.ratio": ("1", "Indexed vectors of all"),
    "collection.indexing.remaining": ("1", "Vectors that are not indexed"),
    "collection.indexing.eta": ("s", "Time to go at the pace of the last minutes"),
    "collection.update_queue": ("1", "Operations that wait to be applied"),
    "collection.deferred_points": ("1", "Points that searches do not see yet"),
    "collection.optimizations.running": ("1", "Optimizations at work"),
    "collection.optimizations.queued": ("1", "Optimizations that wait"),
    "collection.replicas.missing": ("1", "Active replicas that the emptiest shard lacks"),
    "collection.replicas.dead": ("1", "Replicas in the state Dead"),
    "collection.schema.changes": ("1", "Changes of vectors' sizes and distances since the exporter started"),
    "slow_request.max": ("s", "The slowest request since the server's start, by kind"),
    "slow_request.count": ("1", "How often the server saw the slow requests of this kind, about"),
    "canary.recall": ("1", "Share of an exact search's answers that the approximate search finds"),
    "canary.known": ("1", "Share of the known ids that the search finds"),
    "canary.score.drift": ("1", "Best score less that of the first answer"),
    "canary.empty.ratio": ("1", "Share of the canaries of a collection that found nothing"),
    "canary.duration": ("s", "How long the approximate search took"),
}

Labels = tuple[tuple[str, str], ...]


class Gauges:
    """Sets gauges; each part of the scrape says at its end which series it still means."""

    def __init__(self, server: str) -> None:
        self.server = server
        # Why the parts failed that failed the last time.
        self.failures: dict[str, str] = {}
        self._made: dict[str, Any] = {}
        self._errors = vigie.counter(
            "vigie.qdrant.scrape.errors", unit="1", description="Parts of scrapes that failed"
        )
        self._values: dict[str, dict[tuple[str, Labels], float]] = {}

    def failed(self, part: str, reason: str) -> None:
        """A part of the scrape failed."""
        self.failures[part] = reason
        self._errors.add(1, server=self.server, part=part, reason=reason)

    def show(self, part: str, values: dict[tuple[str, Labels], float]) -> None:
        """The series of a part of the scrape. Those of its last time that are not among them become NaN."""
        for name, labels in self._values.get(part, {}).keys() - values.keys():
            self._set(name, labels, math.nan)
        for (name, labels), value in values.items():
            self._set(name, labels, value)
        self._values[part] = values
        self.failures.pop(part, None)

    def values(self) -> Iterator[tuple[tuple[str, Labels], float]]:
        """Every series and its value, as the parts were when they last answered."""
        for part in self._values.values():
            yield from part.items()

    def _set(self, name: str, labels: Labels, value: float) -> None:
        gauge = self._made.get(name)
        if gauge is None:
            unit, description = TEXTS[name]
            gauge = self._made[name] = vigie.gauge(f"vigie.qdrant.{name}", unit=unit, description=description)
        gauge.set(value, server=self.server, **dict(labels))


class Series(dict[tuple[str, Labels], float]):
    """The values of one part of a scrape, as they are collected."""

    def add(self, name: str, value: object, **labels: str) -> None:
        """One value; None, and what is no number, is left out."""
        if isinstance(value, (int, float)):
            self[name, tuple(labels.items())] = float(value)
