"""Puts Vigie behind the loggers that a program has: the standard library's, loguru's, structlog's.

The calls stay as they are. :func:`install` puts Vigie behind the root logger of :mod:`logging`; :class:`Handler` is for
configurations of one's own; :func:`loguru_sink` and :class:`StructlogProcessor` are for the two others;
``vigie.logging.gunicorn.Logger`` is a ``logger_class`` of gunicorn. Importing this module imports :mod:`logging`, which
``import vigie`` does not.
"""

from __future__ import annotations

from ._asyncio import asyncio_exception_handler
from ._handler import Handler, keep_context
from ._install import install, uninstall
from ._loguru import loguru_sink
from ._structlog import StructlogProcessor

__all__ = [
    "Handler",
    "StructlogProcessor",
    "asyncio_exception_handler",
    "install",
    "keep_context",
    "loguru_sink",
    "uninstall",
]
