"""Parts of the scrape that are about the whole server: /telemetry, /cluster and the log of slow requests."""

from __future__ import annotations

from typing import Any

from .gauges import Series
from .server import Server

MOST_SLOW = 200


class Cluster:
    """Consensus and peers."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._term: int | None = None
        self._changes = 0

    def series(self) -> Series:
        """The series of this scrape; none where there is no cluster."""
        found = Series()
        said = self._server.result("/cluster")
        if said.get("status") != "enabled":
            return found
        raft: dict[str, Any] = said.get("raft_info") or {}
        term = raft.get("term")
        if isinstance(term, int):
            self._changes += self._term is not None and term != self._term
            self._term = term
        consensus = (said.get("consensus_thread_status") or {}).get("consensus_thread_status")
        found.add("cluster.peers", len(said.get("peers") or {}))
        found.add("cluster.consensus.working", int(consensus == "working"))
        found.add("cluster.term.changes", self._changes)
        found.add("cluster.pending_operations", raft.get("pending_operations"))
        failures = (said.get("message_send_failures") or {}).values()
        found.add("cluster.send_failures", sum(one.get("count", 0) for one in failures))
        return found


def memory(server: Server) -> Series:
    """How much of the machine's memory the server has, by its own telemetry."""
    found = Series()
    said = server.result("/telemetry?details_level=1")
    resident = (said.get("memory") or {}).get("resident_bytes")
    # The size is in units of 1024 bytes.
    size = ((said.get("app") or {}).get("system") or {}).get("ram_size")
    if isinstance(resident, (int, float)) and isinstance(size, (int, float)) and size > 0:
        found.add("memory.ratio", resident / (size * 1024))
    return found


def slow_requests(server: Server) -> Series:
    """The slowest requests by collection and kind. Their bodies, which the server keeps too, are not looked at."""
    found = Series()
    slowest: dict[tuple[str, str], float] = {}
    counts: dict[tuple[str, str], float] = {}
    for one in server.result(f"/profiler/slow_requests?limit={MOST_SLOW}").get("requests") or []:
        key = (str(one.get("collection_name")), str(one.get("request_name")))
        slowest[key] = max(slowest.get(key, 0.0), float(one.get("duration") or 0.0))
        counts[key] = counts.get(key, 0.0) + float(one.get("approx_count") or 1)
    for (collection, request), seconds in slowest.items():
        found.add("slow_request.max", seconds, collection=collection, request=request)
        found.add("slow_request.count", counts[collection, request], collection=collection, request=request)
    return found
