"""Scrapes a server, each part on a thread and at a pace of its own, so that none waits for another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import vigie

from .canaries import Canaries, Canary
from .cluster import Cluster, memory, slow_requests
from .collections import Collections
from .gauges import Gauges, Series
from .report import report
from .requests import Requests
from .server import Server, Unavailable

_log = vigie.get_logger("vigie_qdrant.exporter")
# A part that fails is asked again after twice the time, up to eight times.
MOST_PATIENCE = 8


class Exporter:
    """Turns what a Qdrant server says of itself into Vigie's metrics, until ``stop``.

    ``url`` is where its REST interface listens, port 6333 unless it says another; ``api_key`` needs no more than the
    right to read. ``every`` is the time between two scrapes and ``timeout`` that for one answer, in seconds, 15 and 5
    unless given. ``canaries`` are searched for at every fourth scrape. ``metrics_prefix`` is the server's setting of
    that name; with ``per_collection`` the quantiles of requests are by collection, False unless given. Raises ``ValueError`` for a URL or a time that cannot be used.

    >>> import vigie_qdrant
    >>> exporter = vigie_qdrant.Exporter("http://127.0.0.1:6333", every=30)
    >>> exporter.stop()
    """

    def __init__(
        self,
        url: str,
        *,
        every: float = 15.0,
        timeout: float = 5.0,
        api_key: str | None = None,
        canaries: Sequence[Canary] = (),
        metrics_prefix: str = "",
        per_collection: bool = False,
    ) -> None:
        if every <= 0 or timeout <= 0:
            raise ValueError(f"every: {every}, timeout: {timeout}; both are seconds above 0")
        server = Server(url, api_key=api_key, timeout=timeout)
        self._gauges = Gauges(server.name)
        self._stopped = threading.Event()
        self._collections = Collections(server)
        self._said: dict[str, str] = {}
        self._every = every
        requests, cluster, searches = Requests(metrics_prefix), Cluster(server), Canaries(server, canaries)
        metrics = "/metrics?per_collection=true" if per_collection else "/metrics"
        self._parts: list[_Part] = [
            _Part("metrics", 1, lambda: requests.series(server.text(metrics)), self._gauges),
            _Part("collections", 1, self._collect, self._gauges),
            _Part("cluster", 1, cluster.series, self._gauges),
            _Part("telemetry", 1, lambda: memory(server), self._gauges),
            _Part("slow_requests", 4, lambda: slow_requests(server), self._gauges),
        ]
        if canaries:
            self._parts.append(_Part("canaries", 4, searches.series, self._gauges))
        self._threads: list[threading.Thread] = []

    @property
    def diagnoses(self) -> dict[str, str]:
        """Why each collection that is not well is so, in words, as of the last scrape."""
        return dict(self._collections.words)

    def report(self) -> str:
        """The last scrape in lines for eyes: the server, its collections as a table, the diagnoses, the canaries."""
        return report(self._gauges, self._collections.words)

    def start(self) -> Exporter:
        """Begin to scrape, on threads that end with the process. Once is enough."""
        if not self._threads and not self._stopped.is_set():
            for part in self._parts:
                thread = threading.Thread(
                    target=part.run,
                    args=(self._every, self._stopped),
                    name=f"vigie-qdrant-{part.name}",
                    daemon=True,
                )
                self._threads.append(thread)
                thread.start()
        return self

    def stop(self, timeout: float = 5.0) -> None:
        """Scrape no more, waiting at most so many seconds for what is under way. The series stay as they were."""
        self._stopped.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def scrape(self) -> bool:
        """Scrape everything once, here and now. True when the server answered at all; what failed is counted."""
        answered = [part.once() for part in self._parts]
        return any(answered)

    def _collect(self) -> Series:
        found = self._collections.series()
        said = self._collections.words
        for name, words in said.items():
            if words.split(":")[0] != self._said.get(name, "").split(":")[0]:
                _log.warn(
                    "{collection}: {diagnosis}", event="qdrant.collection", collection=name, diagnosis=words
                )
        for name in self._said.keys() - said.keys():
            _log.info("{collection} is well again", event="qdrant.collection", collection=name)
        self._said = dict(said)
        return found


class _Part:
    """One part of the scrape."""

    def __init__(self, name: str, nth: int, read: Callable[[], Series], gauges: Gauges) -> None:
        self.name = name
        self._nth = nth
        self._read = read
        self._gauges = gauges

    def run(self, every: float, stopped: threading.Event) -> None:
        """Scrape until it is stopped."""
        patience = 1
        while True:
            patience = 1 if self.once() else min(2 * patience, MOST_PATIENCE)
            if stopped.wait(every * self._nth * patience):
                return

    def once(self) -> bool:
        """Scrape this part; whether it was there. Failures are counted and leave the last values as they were."""
        start = time.monotonic()
        try:
            found = self._read()
            found.add("scrape.duration", time.monotonic() - start, part=self.name)
            self._gauges.show(self.name, found)
        except Exception as error:
            self._gauges.failed(self.name, error.reason if isinstance(error, Unavailable) else "malformed")
            self._up(0)
            return False
        self._up(1)
        return True

    def _up(self, value: int) -> None:
        # Every server has /metrics, and without rights to it the server is as good as away.
        if self.name == "metrics":
            up = Series()
            up.add("up", value)
            self._gauges.show("up", up)
