"""What every peer does in a workload: the same values, so that only the library differs.

Not for code of any library: each has its own `peer_*.py`.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import varied

MESSAGE = "request handled"
LOGGER = "shop.api"
# Two strings, two ints, a float and a bool; `bytes` counts up, as real values differ from call to call.
FIELDS = {
    "method": "GET",
    "route": "/cart/items",
    "status": 200,
    "bytes": 0,
    "duration_ms": 12.75,
    "cached": True,
}
BOUND = {
    "service": "shop",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "span_id": "00f067aa0ba902b7",
    "correlation_id": "req-7f3a9c",
}
# Eight series in turn, three label values each.
SERIES = [(method, route, "200") for method in ("GET", "POST") for route in ("/", "/cart", "/pay", "/login")]
HEADERS = {
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate": "vendor=abc123,other=xyz",
    "baggage": "tenant=acme,user=u-7",
}
EXPOSED = 10_000


def series(workload: str) -> Iterator[tuple[str, str, str]]:
    """The label values that a workload counts under, without an end: eight in turn, or those of M1v."""
    return itertools.cycle(varied.SERIES if workload == "M1v" else SERIES)


def headers(workload: str) -> dict[str, str]:
    """The headers that a workload extracts."""
    return HEADERS | varied.HEADERS if workload == "P1v" else HEADERS


# The limit keeps a file on disk from filling it: a sample is some 40 MB at most.
DISK = os.environ.get("VIGIE_BENCH_FILE", "bench.jsonl")


@dataclass
class Case:
    """One workload of one library, ready to run."""

    # Runs n operations.
    run: Callable[[int], object]
    # Brings out what is buffered; timed together with the operations.
    flush: Callable[[], object] | None = None
    # Operations that have come out so far, where the library can tell.
    exported: Callable[[], int] | None = None


def sink(workload: str) -> str:
    """The path that L1 and L1f write to."""
    return DISK if workload == "L1f" else os.devnull


def lines_on_disk() -> int:
    """How many lines L1f has left behind."""
    with open(DISK, "rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
