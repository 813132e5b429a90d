"""The standard library's logging with python-json-logger, plain and with orjson."""

from __future__ import annotations

import logging

import varied
from pythonjsonlogger.json import JsonFormatter
from pythonjsonlogger.orjson import OrjsonFormatter
from through_logging import through_logging
from workloads import BOUND, LOGGER, Case, lines_on_disk, sink


class Nothing(logging.Handler):
    """Takes a record and does nothing with it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Nothing."""


def nothing() -> Case:
    """L1s by a handler that does nothing."""
    log = logging.getLogger(LOGGER)
    log.addHandler(Nothing())
    log.setLevel(logging.INFO)
    return Case(through_logging(log))


def case(workload: str, variant: str = "json") -> Case:
    """L1, L1v, L1f, L0 and, with a handler that does nothing as well, L1s."""
    if variant == "nothing":
        return nothing()
    formatter = OrjsonFormatter if variant == "orjson" else JsonFormatter
    handler = logging.FileHandler(sink(workload), mode="w")
    handler.setFormatter(formatter("%(levelname)s%(message)s%(name)s", timestamp=True, static_fields=BOUND))
    log = logging.getLogger(LOGGER)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    record = log.debug if workload == "L0" else log.info
    run = through_logging(log, workload)
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
