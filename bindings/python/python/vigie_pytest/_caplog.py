"""Vigie's log lines as records of the standard library, handed to pytest's ``caplog`` when a test looks."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from datetime import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import pytest
    from vigie.testing import Records

# By the beginning of a level's name; those of Vigie have numbers behind some of them.
_NUMBERS = {"TRACE": 5, "DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "FATAL": 50}
# What a record of the standard library has in other words.
_OWN = frozenset(("timestamp", "level", "message", "logger", "error"))


class CaplogWithVigie:
    """Everything that ``caplog`` has, which sees Vigie's log records as well.

    Each of them stands there as a ``logging.LogRecord`` with the line's other keys as attributes. Vigie's records come
    behind those of :mod:`logging` that were made since the last look.
    """

    def __init__(self, caplog: pytest.LogCaptureFixture, records: Records) -> None:
        self._caplog = caplog
        self._records = records
        self._taken = 0
        # Those that were there at the last look, by their ids; held, so that no other gets one of these.
        self._seen: dict[int, logging.LogRecord] = {}

    def __getattr__(self, name: str) -> Any:
        self._take()
        return getattr(self._caplog, name)

    def _take(self) -> None:
        """Hand over what was recorded since the last look."""
        logs = self._records.logs
        fresh, self._taken = logs[self._taken :], len(logs)
        there = self._came_by_logging()
        handler = self._caplog.handler
        for line in fresh:
            key = (line["logger"], line["message"])
            if there[key] > 0:
                there[key] -= 1
                continue
            record = _record(line)
            if record.levelno >= handler.level:
                handler.handle(record)
            self._seen[id(record)] = record

    def _came_by_logging(self) -> Counter[tuple[str, str]]:
        """The new records of ``caplog`` that Vigie's handler has written, too: they need not come again."""
        records = self._caplog.handler.records
        fresh = [record for record in records if id(record) not in self._seen]
        self._seen = {id(record): record for record in records}
        if "vigie.logging" not in sys.modules:
            return Counter()
        return Counter((record.name, record.getMessage()) for record in fresh)


def _record(line: dict[str, Any]) -> logging.LogRecord:
    level = next(
        (number for name, number in _NUMBERS.items() if line["level"].startswith(name)), logging.INFO
    )
    record = logging.LogRecord(line["logger"], level, "", 0, line["message"], None, None)
    record.created = datetime.fromisoformat(line["timestamp"].replace("Z", "+00:00")).timestamp()
    error = line.get("error")
    if isinstance(error, dict):
        record.exc_text = error.get("stack") or f"{error.get('type')}: {error.get('message')}"
    known = record.__dict__
    record.__dict__.update(
        (key, value) for key, value in line.items() if key not in _OWN and key not in known
    )
    return record
