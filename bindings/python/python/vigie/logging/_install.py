"""Vigie behind the root logger: its way in, its way out, and how it stays there. Not for writing records."""

from __future__ import annotations

import logging
import sys

from .. import _native
from ._handler import Handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Functions of these modules take handlers off to configure anew; anybody else who does so means it.
_CONFIGURING = ("logging", "logging.config")


class _Installed:
    """What `install` changed, to be undone."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.removed: list[logging.Handler] = []
        self.level_before: int | None = None
        self.level: int | None = None
        self.captures_warnings = False
        self.unraisablehook: Callable[[sys.UnraisableHookArgs], object] | None = None


_installed: _Installed | None = None


def install(
    level: int | str | None = None,
    *,
    keep_handlers: bool = False,
    location: bool = False,
    warnings: bool = False,
    uncaught: bool = False,
) -> Handler:
    """Put Vigie behind the root logger of :mod:`logging`, and return its handler.

    A second call replaces the first one. :func:`uninstall` undoes it. It stays where it is when ``logging.basicConfig(force=True)``,
    ``dictConfig`` or ``fileConfig`` configure the root logger anew: the handlers of that configuration stand beside
    it. ``logging.root.removeHandler`` takes it off, as any handler.

    :param level: the level of the root logger, a number or a name; it stays as it is by default, which is WARNING
        unless the program set it.
    :param keep_handlers: whether the handlers that the root logger has stay. They are taken off by default, those of
        pytest excepted, so that nothing is written twice.
    :param location: as for :class:`Handler`.
    :param warnings: whether ``warnings.warn`` is logged, as by ``logging.captureWarnings(True)``: logger ``py.warnings``.
    :param uncaught: whether errors that nobody catches are recorded from now on: those that end the program or a
        thread, as Vigie records them from its first record on anyway, and those that the interpreter cannot raise
        (``sys.unraisablehook``). This is a first use: without ``vigie.init`` before it the environment is read.
    :raises ValueError: the level is no level of :mod:`logging`.
    :raises TypeError: the level is of another type.

    >>> import logging, vigie.logging
    >>> handler = vigie.logging.install(level="INFO")
    >>> with vigie.testing.capture() as records:
    ...     logging.getLogger("shop").info("hello")
    >>> records.logs[0]["logger"], records.logs[0]["message"]
    ('shop', 'hello')
    >>> vigie.logging.uninstall()
    """
    global _installed
    uninstall()
    root = logging.root
    made = _Installed(Handler(location=location))
    if level is not None:
        made.level_before = root.level
        root.setLevel(level)
        made.level = root.level
    if not keep_handlers:
        made.removed = [handler for handler in root.handlers if not _is_of_pytest(handler)]
        for handler in made.removed:
            root.removeHandler(handler)
    root.addHandler(made.handler)
    if warnings:
        made.captures_warnings = logging._warnings_showwarning is None  # type: ignore[attr-defined]  # Nothing else tells it.
        logging.captureWarnings(True)
    _installed = made
    _stay()
    if uncaught:
        _native.begin()
        made.unraisablehook, sys.unraisablehook = sys.unraisablehook, _unraisable
    return made.handler


def uninstall() -> None:
    """Take Vigie off the root logger again and put back what :func:`install` took off or changed, unless it was changed since.

    Without :func:`install` before it nothing happens.

    >>> import vigie.logging
    >>> vigie.logging.uninstall()
    """
    global _installed
    made, _installed = _installed, None
    if made is None:
        return
    root = logging.root
    for name in ("removeHandler", "addHandler"):
        vars(root).pop(name, None)
    root.removeHandler(made.handler)
    logging.Handler.close(made.handler)
    for handler in made.removed:
        root.addHandler(handler)
    if made.level is not None and made.level_before is not None and root.level == made.level:
        root.setLevel(made.level_before)
    if made.captures_warnings:
        logging.captureWarnings(False)
    if made.unraisablehook is not None and sys.unraisablehook is _unraisable:
        sys.unraisablehook = made.unraisablehook


def _is_of_pytest(handler: logging.Handler) -> bool:
    return type(handler).__module__.partition(".")[0] == "_pytest"


def _stay() -> None:
    """Have the root logger keep Vigie's handler where a configuration takes all handlers off."""
    vars(logging.root).update(removeHandler=_remove_handler, addHandler=_add_handler)


def _remove_handler(handler: logging.Handler) -> None:
    root = logging.root
    made = _installed
    configuring = sys._getframe(1).f_globals.get("__name__") in _CONFIGURING
    if made is not None and configuring:
        # What a configuration throws away does not come back.
        made.removed.clear()
        if handler is made.handler and not _is_basic_config():
            return
    logging.Logger.removeHandler(root, handler)


def _add_handler(handler: logging.Handler) -> None:
    root = logging.root
    logging.Logger.addHandler(root, handler)
    # `basicConfig` configures nothing as long as there is a handler, so that it could not be left there.
    if _installed is not None and _is_basic_config():
        logging.Logger.addHandler(root, _installed.handler)


def _is_basic_config() -> bool:
    # Two calls up: the function of this module that asks, and who called that.
    return sys._getframe(2).f_code is logging.basicConfig.__code__


def _unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    made = _installed
    if unraisable.exc_value is not None:
        message = unraisable.err_msg or "Exception ignored in"
        # From 3.14 on the message names it.
        told = {} if unraisable.object is None else {"object": repr_of(unraisable.object)}
        _native.write_told(
            "vigie",
            logging.ERROR,
            message,
            told,
            unraisable.exc_value,
            None,
        )
    previous = made.unraisablehook if made is not None else None
    (previous or sys.__unraisablehook__)(unraisable)


def repr_of(thing: object) -> str:
    """The text of an object that may be half gone."""
    try:
        return repr(thing)
    except Exception:
        return object.__repr__(thing)
