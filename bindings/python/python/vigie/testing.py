"""Helps to test code that records. Not for production: a capture keeps everything in memory."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

__all__ = ["Capture", "Records", "capture", "memory_lines"]


class Records:
    """What was recorded during a capture, as dicts in order of arrival."""

    def __init__(self, native: _native.Capture) -> None:
        self._native = native
        self._kept: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """All lines as they would be written, without the newline."""
        return self._native.lines() if self._kept is None else list(self._kept)

    @property
    def logs(self) -> list[dict[str, Any]]:
        """Log lines."""
        return self._of_kind(None)

    @property
    def spans(self) -> list[dict[str, Any]]:
        """Span lines; a span is here once it has ended."""
        return self._of_kind("span")

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """Metric lines, as of the last flush or the end of the capture."""
        return self._of_kind("metric")

    def _of_kind(self, kind: str | None) -> list[dict[str, Any]]:
        import json

        return [line for line in map(json.loads, self.lines) if line.get("kind") == kind]

    def _close(self) -> None:
        _native.flush()
        self._kept = self._native.close()


class Capture:
    """The context manager that ``capture`` returns."""

    def __enter__(self) -> Records:
        self._records = Records(_native.Capture())
        return self._records

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        self._records._close()


def capture() -> Capture:
    """Capture what is recorded inside a ``with`` block, in addition to the configured outputs.

    >>> import vigie
    >>> with vigie.testing.capture() as records:
    ...     vigie.get_logger("shop").info("order {id} placed", id=42)
    >>> records.logs[0]["message"], records.logs[0]["id"]
    ('order 42 placed', 42)
    """
    return Capture()


def memory_lines() -> list[str]:
    """Lines that outputs of the kind ``{"to": "memory"}`` hold."""
    return _native.memory_lines()
