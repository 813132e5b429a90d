"""The standard library's logging with python-json-logger, plain and with orjson."""

from __future__ import annotations

import logging

import varied
from pythonjsonlogger.json import JsonFormatter
from pythonjsonlogger.orjson import OrjsonFormatter
from workloads import BOUND, LOGGER, MESSAGE, Case, lines_on_disk, sink


def case(workload: str, variant: str = "json") -> Case:
    """L1, L1v, L1f and L0."""
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

    error = varied.declined()

    def run_varied(count: int) -> None:
        for i in range(count):
            record(
                varied.MESSAGE,
                extra={
                    "customer": varied.CUSTOMER,
                    "note": varied.NOTE,
                    "request": {
                        "order_id": varied.ORDER_ID,
                        "client": {"ip": "2001:db8::17", "agent": varied.AGENT},
                    },
                    "placed_at": varied.PLACED_AT,
                    "items": i,
                },
                exc_info=error,
            )

    return Case(
        run_varied if workload == "L1v" else run, handler.flush, lines_on_disk if workload == "L1f" else None
    )
