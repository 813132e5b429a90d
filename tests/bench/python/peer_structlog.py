"""structlog with orjson, in the fastest set-up that its documentation names."""

from __future__ import annotations

import logging

import orjson
import structlog
import varied
from workloads import BOUND, LOGGER, MESSAGE, Case, lines_on_disk, sink


def case(workload: str) -> Case:
    """L1, L1v, L1f, L1p and L0."""
    file = open(sink(workload), "wb")  # noqa: SIM115 (lives as long as the process)
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Its exception as text is what the others write; the form as an object costs more.
            *([structlog.processors.format_exc_info] if workload == "L1v" else []),
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

    error = varied.declined()

    def run_varied(count: int) -> None:
        for i in range(count):
            record(
                varied.MESSAGE,
                customer=varied.CUSTOMER,
                note=varied.NOTE,
                request={
                    "order_id": varied.ORDER_ID,
                    "client": {"ip": "2001:db8::17", "agent": varied.AGENT},
                },
                placed_at=varied.PLACED_AT,
                items=i,
                exc_info=error,
            )

    return Case(
        run_varied if workload == "L1v" else run, file.flush, lines_on_disk if workload == "L1f" else None
    )
