"""picologging, its fields passed as the args mapping to a formatter made for it.

It drops `extra`, so this is the fastest way that it has; a generous opponent.
"""

from __future__ import annotations

import datetime

import orjson
import picologging
import varied
from workloads import BOUND, FIELDS, LOGGER, MESSAGE, Case, lines_on_disk, sink

UTC = datetime.timezone.utc


class JsonFormatter(picologging.Formatter):
    """One JSON line from a record whose args are a mapping of fields."""

    def format(self, record: picologging.LogRecord) -> str:
        """The line of a record."""
        line = {
            # orjson prints a datetime itself, faster than isoformat() does.
            "timestamp": datetime.datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "message": record.msg,
            "logger": record.name,
            **BOUND,
            **record.args,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def case(workload: str) -> Case:
    """L1, L1v, L1f, L1p and L0."""
    handler = picologging.StreamHandler(open(sink(workload), "w", encoding="utf-8"))  # noqa: SIM115 (lives as long as the process)
    handler.setFormatter(JsonFormatter())
    log = picologging.getLogger(LOGGER)
    log.addHandler(handler)
    log.setLevel(picologging.INFO)
    record = log.debug if workload == "L0" else log.info

    def run(count: int) -> None:
        for i in range(count):
            record(
                MESSAGE,
                {
                    "method": "GET",
                    "route": "/cart/items",
                    "status": 200,
                    "bytes": i,
                    "duration_ms": 12.75,
                    "cached": True,
                },
            )

    assert set(FIELDS) == {"method", "route", "status", "bytes", "duration_ms", "cached"}
    error = varied.declined()

    def run_varied(count: int) -> None:
        for i in range(count):
            record(
                varied.MESSAGE,
                {
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
        run_varied if workload == "L1v" else run,
        handler.stream.flush,
        lines_on_disk if workload == "L1f" else None,
    )
