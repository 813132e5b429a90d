"""Part of the scrape: the collections. Status and why, indexing and time to go, replicas, schema, lost points."""

from __future__ import annotations

import json
import math
import time
from collections import deque
from typing import Any

from .diagnosis import diagnose
from .gauges import Series
from .server import Server, Unavailable, path_of

STATUSES = {"green": 0, "yellow": 1, "grey": 2, "red": 3}
MOST = 200
# The pace is that of the last so many scrapes.
PACE = 20


class Known:
    """What the last scrapes said of a collection."""

    def __init__(self, now: float) -> None:
        self.status: object = None
        self.since = now
        self.points: float | None = None
        self.schema: str | None = None
        self.changes = 0
        self.indexed: deque[tuple[float, float]] = deque(maxlen=PACE)


class Collections:
    """All collections of a server, at most 200."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, Known] = {}
        self.words: dict[str, str] = {}

    def series(self, now: float | None = None) -> Series:
        """The series of this scrape; ``words`` has a diagnosis of each collection that there is one to give of."""
        now = time.monotonic() if now is None else now
        found = Series()
        listed = self._server.result("/collections")["collections"]
        found.add("collections", len(listed))
        names = [str(one["name"]) for one in listed[:MOST]]
        self._known = {name: self._known.get(name) or Known(now) for name in names}
        words = {}
        for name in names:
            try:
                words[name] = self._one(name, now, found)
            except Unavailable as error:
                if error.reason != "404":
                    raise
                # It was deleted after it was listed.
        self.words = {name: text for name, text in words.items() if text}
        return found

    def _one(self, name: str, now: float, found: Series) -> str:
        info = self._server.result(path_of(name))
        optimizations = self._optional(path_of(name, "/optimizations?with=queued"))
        cluster = self._optional(path_of(name, "/cluster"))
        known = self._known[name]
        self._status(name, info, known, now, found)
        self._points(name, info, known, found)
        remaining, eta = self._indexing(name, info, known, now, found)
        self._optimizations(name, optimizations, found)
        self._replicas(name, info, cluster, found)
        return diagnose(info, optimizations, remaining, eta)

    def _optional(self, path: str) -> dict[str, Any] | None:
        """What older servers have not got, and others only with more rights."""
        try:
            answer = self._server.result(path)
        except Unavailable as error:
            if error.reason in ("400", "401", "403", "404"):
                return None
            raise
        return answer if isinstance(answer, dict) else None

    def _status(self, name: str, info: dict[str, Any], known: Known, now: float, found: Series) -> None:
        status = info.get("status")
        if status != known.status:
            known.status, known.since = status, now
        found.add("collection.status", STATUSES.get(str(status)), collection=name)
        found.add("collection.status.time", now - known.since, collection=name)
        found.add("collection.optimizer.ok", int(info.get("optimizer_status") == "ok"), collection=name)
        found.add("collection.segments", info.get("segments_count"), collection=name)
        queue = info.get("update_queue") or {}
        found.add("collection.update_queue", queue.get("length"), collection=name)
        found.add("collection.deferred_points", queue.get("deferred_points"), collection=name)

    def _points(self, name: str, info: dict[str, Any], known: Known, found: Series) -> None:
        points = info.get("points_count")
        if isinstance(points, (int, float)):
            found.add("collection.points", points, collection=name)
            if known.points:
                found.add("collection.points.drop", max(0.0, 1 - points / known.points), collection=name)
            known.points = float(points)
        parameters = (info.get("config") or {}).get("params") or {}
        schema = json.dumps(_schema(parameters), sort_keys=True)
        if known.schema is not None and schema != known.schema:
            known.changes += 1
        known.schema = schema
        found.add("collection.schema.changes", known.changes, collection=name)

    def _indexing(
        self, name: str, info: dict[str, Any], known: Known, now: float, found: Series
    ) -> tuple[float | None, float | None]:
        """How many vectors are not indexed and for how long at the present pace, as far as either is known."""
        indexed, points = info.get("indexed_vectors_count"), info.get("points_count")
        if not isinstance(indexed, (int, float)) or not isinstance(points, (int, float)):
            return None, None
        # Every point is taken to have every vector of the schema: points may have fewer.
        parameters = (info.get("config") or {}).get("params") or {}
        whole = points * max(1, len(_schema(parameters)))
        remaining = max(0.0, float(whole - indexed))
        found.add("collection.indexed.ratio", min(1.0, indexed / whole) if whole else 1.0, collection=name)
        found.add("collection.indexing.remaining", remaining, collection=name)
        known.indexed.append((now, float(indexed)))
        (start, first), (end, last) = known.indexed[0], known.indexed[-1]
        # After a single scrape there is no pace.
        pace = (last - first) / (end - start) if end > start else None
        eta = None if pace is None else remaining / pace if pace > 0 else math.inf
        if info.get("status") == "yellow" and eta != math.inf:
            found.add("collection.indexing.eta", eta, collection=name)
        return remaining, eta

    def _optimizations(self, name: str, said: dict[str, Any] | None, found: Series) -> None:
        if said is not None:
            found.add("collection.optimizations.running", len(said.get("running") or []), collection=name)
            queued = (said.get("summary") or {}).get("queued_optimizations")
            found.add("collection.optimizations.queued", queued, collection=name)

    def _replicas(
        self, name: str, info: dict[str, Any], cluster: dict[str, Any] | None, found: Series
    ) -> None:
        if cluster is None:
            return
        replicas = (cluster.get("local_shards") or []) + (cluster.get("remote_shards") or [])
        active: dict[object, int] = {}
        for one in replicas:
            active.setdefault(one.get("shard_id"), 0)
            active[one.get("shard_id")] += one.get("state") == "Active"
        parameters = (info.get("config") or {}).get("params") or {}
        wanted = parameters.get("replication_factor") or 1
        if active:
            found.add("collection.replicas.missing", max(0, wanted - min(active.values())), collection=name)
        dead = sum(one.get("state") == "Dead" for one in replicas)
        found.add("collection.replicas.dead", dead, collection=name)


def _schema(parameters: dict[str, Any]) -> dict[str, Any]:
    """Sizes and distances of the vectors, by name; the one without a name has an empty one."""
    vectors = parameters.get("vectors") or {}
    named = {"": vectors} if "size" in vectors else vectors
    sizes = {name: [one.get("size"), one.get("distance")] for name, one in named.items()}
    return sizes | {f"sparse {name}": [] for name in parameters.get("sparse_vectors") or {}}
