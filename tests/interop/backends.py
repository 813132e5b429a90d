"""What the examples are started in front of: a collector that hands on to a receiver of ours, and a real Jaeger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from collector import INSTALL, agent, running
from jaeger import jaeger, of_service
from receiver import Receiver
from serving import built

BACKENDS = ("collector", "jaeger")
# The output that sends there, and what gives so many spans of a service once they have arrived.
Backend = tuple[dict[str, Any], Callable[[str, int], list[dict[str, Any]]]]


@contextmanager
def backend(name: str, folder: Path) -> Iterator[Backend]:
    """One of them while it runs; without its program the test is skipped."""
    if name == "jaeger":
        with jaeger(built("jaeger"), folder) as (takes, answers):
            # It takes neither logs nor metrics.
            output = {"to": "otlp", "url": takes, "signals": ["spans"]}
            yield output, lambda service, count: of_service(answers, service, count)
        return
    rotel = agent()
    if rotel is None:
        pytest.skip(f"no rotel; enable with: {INSTALL}")
    with closing(Receiver()) as receiver, running(rotel, receiver.url, folder) as takes:
        output = {"to": "otlp", "url": takes}
        yield output, lambda service, count: receiver.wait(service, {"spans": count})["spans"]
