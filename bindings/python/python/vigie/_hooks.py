"""What goes into the interpreter at first use: uncaught errors, exit, forked children.
Imported by the native module at that moment and never before. Not for what core does itself."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

# Leaving must not take longer, whatever the outputs do.
EXIT_SECONDS = 2.0

# Whether the exit handlers have begun: what is queued then is flushed without being asked.
is_leaving = False

_watches_multiprocessing = False
_previous_excepthook = sys.excepthook
_previous_threading_excepthook = threading.excepthook


def install() -> None:
    """Install the hooks. Called once by the native module."""
    global _previous_excepthook, _previous_threading_excepthook
    _previous_excepthook, sys.excepthook = sys.excepthook, _excepthook
    _previous_threading_excepthook, threading.excepthook = threading.excepthook, _threading_excepthook
    atexit.register(_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork_in_child)
    _watch_multiprocessing()
    if _is_multiprocessing_child():
        _finalize_with_multiprocessing()
    if _native.has_observers():
        _start_observer()


def _excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    # Ctrl-C is the user's way out, not a defect.
    if not issubclass(kind, KeyboardInterrupt):
        _record("uncaught exception", error)
    _previous_excepthook(kind, error, trace)


def _threading_excepthook(args: threading.ExceptHookArgs) -> None:
    # SystemExit ends a thread silently, as the interpreter's own hook has it.
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _record("uncaught exception in thread", args.exc_value, thread=getattr(args.thread, "name", None))
    _previous_threading_excepthook(args)


def _record(message: str, error: BaseException, **attributes: object) -> None:
    _native.get_logger("vigie").fatal(message, exc_info=error, **attributes)
    _native.flush(EXIT_SECONDS)


def _at_exit() -> None:
    global is_leaving
    is_leaving = True
    # Not a shutdown: what later handlers and finalizers record is still taken, and flushed by
    # the native exit handler.
    _native.flush(EXIT_SECONDS)


def _after_fork_in_child() -> None:
    _watch_multiprocessing()
    if _native.has_observers():
        _start_observer()


def _watch_multiprocessing() -> None:
    global _watches_multiprocessing
    util = sys.modules.get("multiprocessing.util")
    if util is not None and not _watches_multiprocessing:
        _watches_multiprocessing = True
        # A child, however it was started, empties the table of finalizers first and then calls these.
        util.register_after_fork(sys.modules[__name__], _finalize_with_multiprocessing)


def _is_multiprocessing_child() -> bool:
    process = sys.modules.get("multiprocessing.process")
    return process is not None and process.parent_process() is not None


def _finalize_with_multiprocessing(_: object = None) -> None:
    # Such children leave by os._exit, which runs finalizers of multiprocessing but no atexit
    # handlers; the metrics would be lost.
    from multiprocessing import util

    util.Finalize(None, _native.flush, args=(EXIT_SECONDS,), exitpriority=0)


def _start_observer() -> None:
    from . import _observer

    _observer.start()
