"""The exception handler of an event loop. Not for what asyncio logs itself, which comes through :mod:`logging`."""

from __future__ import annotations

import logging

from .. import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Any


def asyncio_exception_handler(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Write what an event loop found in a task or a callback as one ERROR record of the logger ``asyncio``.

    The loop's own handler logs the same as one text, which :func:`vigie.logging.install` records too; this one keeps the
    parts apart. The error is ``error``; the task, the handle and whatever else the loop tells are attributes.

    :param _loop: the event loop.
    :param context: what the loop tells, as for ``loop.call_exception_handler``.

    >>> import asyncio, vigie.logging
    >>> loop = asyncio.new_event_loop()
    >>> loop.set_exception_handler(vigie.logging.asyncio_exception_handler)
    >>> with vigie.testing.capture() as records:
    ...     loop.call_exception_handler({"message": "a callback failed", "exception": ValueError("no stock")})
    >>> records.logs[0]["message"], records.logs[0]["error"]["type"]
    ('a callback failed', 'ValueError')
    >>> loop.close()
    """
    attributes = {key: value for key, value in context.items() if key not in ("message", "exception")}
    message = context.get("message") or "Unhandled exception in event loop"
    _native.write_told("asyncio", logging.ERROR, message, attributes, context.get("exception"), None)
