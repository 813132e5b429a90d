"""Asks the callbacks of gauges now and then on a thread of Python, so that what the core writes
by itself is recent. Started only when there is a callback. Not for collections made from Python:
those ask at once."""

from __future__ import annotations

import threading
import time

from . import _native

# Well below the interval at which metrics are written (60 s unless configured).
_SECONDS = 10.0

_thread: threading.Thread | None = None


def start() -> None:
    """Start the thread unless it runs; after fork it does not."""
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_run, name="vigie-observer", daemon=True)
        _thread.start()


def _run() -> None:
    while True:
        time.sleep(_SECONDS)
        _native.refresh()
