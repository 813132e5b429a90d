"""structlog with orjson, in the fastest set-up that its documentation names."""

from __future__ import annotations

import logging

import orjson
import structlog
from workloads import BOUND, LOGGER, MESSAGE, Case, lines_on_disk, sink


def case(workload: str) -> Case:
    """L1, L1f and L0."""
    file = open(sink(workload), "wb")  # noqa: SIM115 (lives as long as the process)
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(file=file),
    )
    log = structlog.get_logger().bind(logger=LOGGER, **BOUND)
    record = log.debug if workload == "L0" else log.info

    def run(count: int) -> None:
        for i in range(count):
            record(
                MESSAGE,
                method="GET",
                route="/cart/items",
                status=200,
                bytes=i,
                duration_ms=12.75,
                cached=True,
            )

    return Case(run, file.flush, lines_on_disk if workload == "L1f" else None)
