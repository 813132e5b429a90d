"""The standard library's logging with python-json-logger, plain and with orjson."""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter
from pythonjsonlogger.orjson import OrjsonFormatter
from workloads import BOUND, LOGGER, MESSAGE, Case, lines_on_disk, sink


def case(workload: str, variant: str = "json") -> Case:
    """L1, L1f and L0."""
    formatter = OrjsonFormatter if variant == "orjson" else JsonFormatter
    handler = logging.FileHandler(sink(workload), mode="w")
    handler.setFormatter(formatter("%(levelname)s%(message)s%(name)s", timestamp=True, static_fields=BOUND))
    log = logging.getLogger(LOGGER)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    record = log.debug if workload == "L0" else log.info

    def run(count: int) -> None:
        for i in range(count):
            record(
                MESSAGE,
                extra={
                    "method": "GET",
                    "route": "/cart/items",
                    "status": 200,
                    "bytes": i,
                    "duration_ms": 12.75,
                    "cached": True,
                },
            )

    return Case(run, handler.flush, lines_on_disk if workload == "L1f" else None)
