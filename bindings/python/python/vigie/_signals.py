"""The setting ``signals``: what is queued is written before a signal ends the process.
Imported by the native module when the setting is on. Not for other ends of a process: see ``_hooks``."""

from __future__ import annotations

import os
import signal

from . import _native
from ._hooks import EXIT_SECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

# Ctrl-C is not left out: Python makes it a KeyboardInterrupt, which asyncio and the program itself look for
# and which runs the exit handlers. Only a program that gave SIGINT its default action needs a handler for it.
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)]

_wanted = False


def follow(wanted: bool) -> None:
    """Handle the signals that have their default action, or give those that are handled here their default action again."""
    global _wanted
    _wanted = wanted
    before, after = (signal.SIG_DFL, _ended) if wanted else (_ended, signal.SIG_DFL)
    try:
        for number in _SIGNALS:
            # Whatever else is in place is the program's own choice.
            if signal.getsignal(number) == before:
                signal.signal(number, after)
    except ValueError:
        # Only the main thread of the main interpreter may set handlers, and the others are not asked to wait for it.
        pass


def _ended(number: int, _: FrameType | None) -> None:
    # From here on a second signal ends the process at once.
    signal.signal(number, signal.SIG_DFL)
    try:
        if _wanted:
            _native.flush(EXIT_SECONDS)
    finally:
        os.kill(os.getpid(), number)
