"""Part of the scrape: /metrics. Rates, errors and durations of requests, and the process' limits."""

from __future__ import annotations

import time

from .exposition import Deltas, Sample, quantile, read
from .gauges import Series

QUANTILES = (0.5, 0.95, 0.99)
_KINDS = ("rest", "grpc")
MOST_ENDPOINTS = 100


class Requests:
    """What the exposition of a server says, against its last one."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._deltas = Deltas()
        self._at: float | None = None
        self._snapshots: dict[str, float] = {}

    def series(self, text: str, now: float | None = None) -> Series:
        """The series of this scrape."""
        now = time.monotonic() if now is None else now
        samples = self._without_prefix(read(text))
        found = Series()
        names = [
            f"{kind}_responses_{part}" for kind in _KINDS for part in ("total", "duration_seconds_bucket")
        ]
        grown = self._deltas.of(samples, names)
        if self._at is not None:
            self._rates(grown, max(now - self._at, 1e-9), found)
            self._quantiles(grown, found)
        self._at = now
        self._process(samples, found)
        self._running_snapshots(samples, now, found)
        return found

    def _without_prefix(self, samples: dict[str, list[Sample]]) -> dict[str, list[Sample]]:
        if not self._prefix:
            return samples
        return {name.removeprefix(self._prefix): values for name, values in samples.items()}

    def _rates(self, grown: dict[str, list[Sample]], seconds: float, found: Series) -> None:
        classes: dict[str, float] = {}
        for kind in _KINDS:
            for labels, value in grown.get(f"{kind}_responses_total", []):
                status = _class_of(kind, labels.get("status", ""))
                classes[status] = classes.get(status, 0.0) + value
        for status, count in classes.items():
            found.add("request.rate", count / seconds, status=status)
        everything = sum(classes.values())
        if everything > 0:
            found.add("request.error.ratio", classes.get("5xx", 0.0) / everything)

    def _quantiles(self, grown: dict[str, list[Sample]], found: Series) -> None:
        endpoints: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for kind in _KINDS:
            for labels, value in grown.get(f"{kind}_responses_duration_seconds_bucket", []):
                method = labels.get("method", "")
                key = (f"{method} {labels.get('endpoint', '')}".strip(), labels.get("collection", ""))
                endpoints.setdefault(key, []).append((float(labels.get("le", "inf")), value))
        for (endpoint, collection), buckets in list(endpoints.items())[:MOST_ENDPOINTS]:
            merged: dict[float, float] = {}
            for bound, count in buckets:
                merged[bound] = merged.get(bound, 0.0) + count
            for wanted in QUANTILES:
                seconds = quantile(list(merged.items()), wanted)
                labels = {"endpoint": endpoint, "quantile": f"{wanted:g}"}
                if collection:
                    labels["collection"] = collection
                found.add("request.quantile", seconds, **labels)

    def _process(self, samples: dict[str, list[Sample]], found: Series) -> None:
        def one(name: str) -> float | None:
            values = samples.get(name)
            return values[0].value if values else None

        def ratio(name: str, part: float | None, whole: float | None) -> None:
            if part is not None and whole:
                found.add(name, part / whole)

        found.add("recovery_mode", one("app_status_recovery_mode"))
        found.add("memory.resident", one("memory_resident_bytes"))
        ratio("open_fds.ratio", one("process_open_fds"), one("process_max_fds"))
        ratio("mmaps.ratio", one("process_open_mmaps"), one("system_max_mmaps"))

    def _running_snapshots(self, samples: dict[str, list[Sample]], now: float, found: Series) -> None:
        """A snapshot that never ends is seen by how long some have been running."""
        running = {
            labels.get("id", ""): value for labels, value in samples.get("snapshot_creation_running", [])
        }
        self._snapshots = {
            name: self._snapshots.get(name, now) for name, value in running.items() if value > 0
        }
        for name in running:
            found.add("snapshot.running.time", now - self._snapshots.get(name, now), collection=name)


def _class_of(kind: str, status: str) -> str:
    """2xx, 4xx, 429, 5xx. Of gRPC: 0 is well, 8 is exhausted, and what is the server's own fault is 5xx."""
    if kind == "rest":
        return "429" if status == "429" else f"{status[:1]}xx"
    if status == "8":
        return "429"
    return "2xx" if status == "0" else "5xx" if status in {"2", "4", "13", "14", "15"} else "4xx"
