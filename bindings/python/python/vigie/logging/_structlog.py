"""The last processor for structlog, which is not imported by this module: who calls it has done so."""

from __future__ import annotations

import sys

from .. import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any, NoReturn

# What processors of structlog add beside the program's own values.
_PARTS = ("event", "level", "logger", "timestamp", "exc_info", "exception", "stack", "stack_info")


class StructlogProcessor:
    """The last processor of structlog's chain: writes the event through Vigie.

    ``event`` is the message, bound values are attributes. ``exc_info``, or ``exception`` where ``format_exc_info`` made a
    text of it, becomes ``error``, and ``stack`` the attribute ``code.stacktrace``. The level is that of ``add_log_level``, or
    the method's; the logger's name that of ``add_logger_name``, the wrapped logger's, or ``logger``; the time that of
    ``TimeStamper``, or now.

    Whatever logger structlog wraps gets nothing: the processor drops the event when it is written
    (``structlog.DropEvent``).

    :param logger: the name for loggers that have none; ``root`` by default.

    >>> import vigie.logging
    >>> processor = vigie.logging.StructlogProcessor("shop.cart")
    """

    def __init__(self, logger: str = "root") -> None:
        self._logger = logger

    def __call__(self, logger: Any, method_name: str, event_dict: MutableMapping[str, Any]) -> NoReturn:
        """Write the event, and drop it.

        :raises structlog.DropEvent: always.
        """
        name = event_dict.get("logger") or getattr(logger, "name", None) or self._logger
        level = event_dict.get("level") or method_name
        attributes = {key: value for key, value in event_dict.items() if key not in _PARTS}
        error = event_dict.get("exc_info")
        if error is True:
            error = sys.exc_info()
        exception = event_dict.get("exception")
        if isinstance(exception, str):
            error = error or exception
        elif exception is not None:
            attributes["exception"] = exception
        stack = event_dict.get("stack")
        if stack is not None:
            attributes["code.stacktrace"] = stack
        stamp = event_dict.get("timestamp")
        time = nanoseconds(stamp)
        if time is None and stamp is not None:
            attributes["timestamp"] = stamp
        _native.write_told(name, level, event_dict.get("event", ""), attributes, error, time)
        raise sys.modules["structlog"].DropEvent


def nanoseconds(stamp: object) -> int | None:
    """The time of a stamp of ``TimeStamper``: seconds since 1970 or ISO 8601 with a zone; None for another one."""
    if isinstance(stamp, (int, float)):
        return round(stamp * 1_000_000) * 1_000
    if isinstance(stamp, str):
        from datetime import datetime

        try:
            moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        except ValueError:
            return None
        if moment.tzinfo is not None:
            return round(moment.timestamp() * 1_000_000) * 1_000
    return None
