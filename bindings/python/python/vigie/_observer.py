"""Asks the callbacks of gauges now and then on a thread of Python, so that what the core writes
by itself is recent. Started only when there is a callback. Not for collections made from Python:
those ask at once."""

from __future__ import annotations

import threading

from . import _native

_thread: threading.Thread | None = None
_changed = threading.Event()


def start() -> None:
    """Start the thread unless it runs (after fork it does not); if it runs, have it look at the interval again."""
    global _thread, _changed
    if _thread is not None and _thread.is_alive():
        _changed.set()
        return
    # An inherited event may be in the hands of a thread that the child has not got.
    _changed = threading.Event()
    _thread = threading.Thread(target=_run, name="vigie-observer", daemon=True)
    _thread.start()


def _run() -> None:
    while True:
        if not _changed.wait(_native.refresh_seconds()):
            _native.refresh()
        _changed.clear()
