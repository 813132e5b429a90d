"""Traces, metrics and logs of MCP servers and clients, recorded by Vigie.

>>> import vigie_mcp
>>> vigie_mcp.instrument()
True
>>> vigie_mcp.uninstrument()
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from threading import Lock

from .faults import fault
from .names import CAPTURE_BYTES
from .patch import give_back
from .settings import Capture, settings
from .state import state
from .v2 import VigieMiddleware

__all__ = ["Capture", "VigieMiddleware", "instrument", "uninstrument"]

_lock = Lock()


def instrument(*, capture: Capture = "off", capture_bytes: int = CAPTURE_BYTES) -> bool:
    """Records what the MCP SDK of this process does from here on. Again, it only takes the new choices.

    ``capture`` says what is kept of a tool's arguments and result: ``"off"``, the default, nothing; ``"metadata"`` the
    names of the arguments and their size; ``"full"`` both themselves, each cut at ``capture_bytes``, an ``int`` of at
    least 1, 4096 unless given. True when the hooks are in; False where the SDK is not installed or not as it is known
    here, which is logged once and counted. Raises ``ValueError`` for choices that are not accepted, and nothing else.
    """
    settings.choose(capture, capture_bytes)
    with _lock:
        if state.on:
            return True
        try:
            hooks = import_module(f"{__name__}.{'v1' if _major() < 2 else 'v2'}")
            hooks.install(state.turn_on())
        except Exception as error:
            state.turn_off()
            give_back()
            fault("instrument", error)
            return False
        return True


def uninstrument() -> None:
    """Puts the SDK's own functions back. Requests under way are recorded to their end. Raises nothing."""
    with _lock:
        state.turn_off()
        give_back()


def _major() -> int:
    return int(version("mcp").partition(".")[0])
