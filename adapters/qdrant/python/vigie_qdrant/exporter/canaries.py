"""Part of the scrape: how well the server still finds. Searches whose answers are known, approximate against exact."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .gauges import Series
from .server import Server, path_of


@dataclass(frozen=True)
class Canary:
    """A search whose answer should stay what it is.

    ``vector`` is searched for in ``collection``, the vector ``using`` where it has several; ``ids`` are points that
    must be among the first ``limit``, none unless given. Nothing of the vector is recorded.
    """

    name: str
    collection: str
    vector: Sequence[float]
    ids: Sequence[int | str] = ()
    limit: int = 10
    using: str | None = None

    def question(self, *, exact: bool) -> dict[str, object]:
        """The search as the server takes it, without payloads."""
        asked: dict[str, object] = {
            "query": [float(number) for number in self.vector],
            "limit": self.limit,
            "params": {"exact": exact},
            "with_payload": False,
        }
        return asked if self.using is None else {**asked, "using": self.using}


class Canaries:
    """Runs the canaries and compares."""

    def __init__(self, server: Server, canaries: Sequence[Canary]) -> None:
        self._server = server
        self._canaries = tuple(canaries)
        self._first: dict[str, float] = {}

    def series(self) -> Series:
        """The series of this scrape."""
        found = Series()
        empty: dict[str, list[bool]] = {}
        for canary in self._canaries:
            start = time.perf_counter()
            points = self._search(canary, exact=False)
            seconds = time.perf_counter() - start
            exactly = [point["id"] for point in self._search(canary, exact=True)]
            ids = {point["id"] for point in points}
            labels = {"collection": canary.collection, "canary": canary.name}
            found.add("canary.duration", seconds, **labels)
            if exactly:
                found.add("canary.recall", sum(one in ids for one in exactly) / len(exactly), **labels)
            if canary.ids:
                found.add("canary.known", sum(one in ids for one in canary.ids) / len(canary.ids), **labels)
            if points:
                best = float(points[0]["score"])
                found.add("canary.score.drift", best - self._first.setdefault(canary.name, best), **labels)
            empty.setdefault(canary.collection, []).append(not points)
        for collection, results in empty.items():
            found.add("canary.empty.ratio", sum(results) / len(results), collection=collection)
        return found

    def _search(self, canary: Canary, *, exact: bool) -> list[dict[str, Any]]:
        path = path_of(canary.collection, "/points/query")
        points: list[dict[str, Any]] = self._server.ask(path, canary.question(exact=exact))["points"]
        return points
