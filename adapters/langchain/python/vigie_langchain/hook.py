"""``instrument``: the handler in every call of the process, by LangChain's own hook. Nothing is patched.

A configure hook is asked whenever callbacks are put together, in whatever thread or task that is."""

from __future__ import annotations

import threading

from langchain_core.tracers.context import register_configure_hook

from .handler import VigieCallbackHandler
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Installed:
    """Stands where LangChain expects a ContextVar, of which it asks for the value alone: a default value is all that
    we would use of one, and that could never be taken back."""

    def __init__(self) -> None:
        self.handler: VigieCallbackHandler | None = None

    def get(self) -> VigieCallbackHandler | None:
        """The handler, while it is installed."""
        return self.handler


_installed = _Installed()
_is_registered = False
_lock = threading.Lock()


def instrument(**settings: Any) -> None:
    """Have every call of LangChain and LangGraph in this process recorded.

    Takes the settings of ``Settings``. Again with the same settings it does nothing, with others it replaces them for
    calls that begin afterwards. Raises ``ValueError`` or ``TypeError`` for a setting that is not accepted.
    """
    global _is_registered
    with _lock:
        if _installed.handler is not None and _installed.handler.settings == Settings(**settings):
            return
        _installed.handler = VigieCallbackHandler(**settings)
        if not _is_registered:
            register_configure_hook(_installed, inheritable=True)  # type: ignore[arg-type]  # see the class
            _is_registered = True


def uninstrument() -> None:
    """Record no calls any more that begin from now on; those that have begun are recorded to their end."""
    with _lock:
        _installed.handler = None
