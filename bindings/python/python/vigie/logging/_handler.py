"""The handler of the standard library's logging. Not for putting it in its place: see ``_install``."""

from __future__ import annotations

import logging
import sys

import vigie

from .. import _native

TYPE_CHECKING = False

# What `flush` waits for at most.
FLUSH_SECONDS = 2.0


class Handler(logging.Handler):
    """Writes the records of :mod:`logging` through Vigie.

    It may be used wherever a handler may: ``addHandler``, ``dictConfig`` (``"class": "vigie.logging.Handler"``),
    ``fileConfig``, behind a ``QueueListener`` or a ``MemoryHandler``.

    The message is filled as ``LogRecord.getMessage`` fills it and cut at ``limits.string_bytes``; the text before that is
    kept as ``template``. What came by ``extra`` and the members of a single mapping as argument are attributes
    of their names, other arguments the list ``args``; a message that is a dict gives its members, of which ``message``
    is the message. ``exc_info`` becomes ``error``, ``stack_info`` the attribute ``code.stacktrace``. The level goes by its
    number; one between the standard five shows its name as ``level_name``. A formatter is not asked.

    It raises nothing, KeyboardInterrupt and SystemExit of the program's own code excepted. Arguments that do not fit the
    message leave it unfilled, with the reason in ``format_error``; one line on standard error says so, not more than one
    in ten seconds, and none if ``logging.raiseExceptions`` is false. The level of the logger and of the handler decide what is
    written; Vigie's ``level`` and ``levels`` only where they are set.

    :param level: the least level that it takes, a number or a name; everything by default.
    :param location: whether to write where the call stands in the program: ``code.file.path``, ``code.line.number``,
        ``code.function.name`` (OpenTelemetry semantic conventions, "Source Code Attributes"). Off by default.

    >>> import logging, vigie.logging
    >>> log = logging.getLogger("shop.cart")
    >>> handler = vigie.logging.Handler()
    >>> log.addHandler(handler)
    >>> with vigie.testing.capture() as records:
    ...     log.warning("%s is sold out", "A1", extra={"order_id": 42})
    >>> line = records.logs[0]
    >>> line["message"], line["template"], line["order_id"], line["args"]
    ('A1 is sold out', '%s is sold out', 42, ['A1'])
    >>> log.removeHandler(handler)
    """

    location: bool

    def __init__(self, level: int | str = logging.NOTSET, *, location: bool = False) -> None:
        super().__init__(level)
        self.location = location

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        # The native `handle` goes its own way to the outputs: a class that has a say in it gets the library's.
        if {"emit", "filter", "acquire", "release"} & vars(cls).keys() and "handle" not in vars(cls):
            cls.handle = logging.Handler.handle  # type: ignore[method-assign]  # The class is being made.

    if TYPE_CHECKING:

        def emit(self, record: logging.LogRecord) -> None: ...

    def flush(self) -> None:
        """Wait until what was recorded is out, for two seconds at most. At exit Vigie does that itself."""
        hooks = sys.modules.get("vigie._hooks")
        if hooks is None or not hooks.is_leaving:
            vigie.flush(FLUSH_SECONDS)


_native.make_handler(Handler)


def keep_context(record: logging.LogRecord) -> bool:
    """Keep the context and span of the place where a record was made; lets every record pass.

    It is a filter for a ``QueueHandler``, whose records are written later and by another thread: without it they stand in
    no span. The queue has to be one of the process: what this adds cannot be pickled.

    :param record: the record, which gets the context as an attribute that :class:`Handler` knows.

    >>> import logging.handlers, queue, vigie.logging
    >>> handler = logging.handlers.QueueHandler(queue.Queue())
    >>> handler.addFilter(vigie.logging.keep_context)
    """
    record.__dict__["_vigie_context"] = vigie.current_context()
    return True
