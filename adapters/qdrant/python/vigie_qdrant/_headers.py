"""The trace's headers on the requests of a call, by the client's own header context."""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING

import vigie

from ._faults import fault

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_ours: ContextVar[dict[str, str]] = ContextVar("vigie_qdrant_headers", default={})  # noqa: B039  # never changed


def enter() -> tuple[AbstractContextManager[None], dict[str, str]] | None:
    """Set the headers of the current span. Those that the program has set itself stay as they are."""
    # Of the client that is calling; one before 1.18 has no header contexts, and nothing is propagated then.
    context_headers = sys.modules.get("qdrant_client.context_headers")
    if context_headers is None:
        return None
    carrier: dict[str, str] = vigie.inject({})
    if not carrier:
        return None
    before = _ours.get()
    # Those of a call around this one are ours, and give way.
    others = {
        name: value
        for name, value in context_headers.get_context_headers().items()
        if before.get(name) != value
    }
    manager = context_headers.headers({**carrier, **others})
    manager.__enter__()
    _ours.set(carrier)
    return manager, before


def leave(entered: tuple[AbstractContextManager[None], dict[str, str]] | None) -> None:
    """Take them away again."""
    if entered is None:
        return
    manager, before = entered
    _ours.set(before)
    try:
        manager.__exit__(None, None, None)
    except Exception:
        # The call was ended in another context than it was begun in, which does not have the headers.
        fault("headers")
