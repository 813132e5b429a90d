"""The same lines of code for whatever stands behind the standard library's logging."""

from __future__ import annotations

import logging
from collections.abc import Callable

from workloads import MESSAGE


def through_logging(log: logging.Logger, workload: str = "L1") -> Callable[[int], object]:
    """L1 and L0 with `extra`."""
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

    return run
