"""How a run ended, by the class of what it ended with. Names are not looked at: a user's class may bear any."""

from __future__ import annotations

import asyncio
import sys

from . import semantics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    State = Literal["ok", "error", "cancelled", "abandoned", "interrupted"]


def state_of(error: BaseException) -> State:
    """The state of a run that ended with this error."""
    for entry in semantics.STATES:
        module, _, name = entry["class"].rpartition(".")
        # A framework that is not loaded has raised nothing.
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type) and isinstance(error, kind):
            if kind is GeneratorExit and not _in_a_task():
                # Whoever read the stream has stopped; in a task that is how a task is cancelled, too.
                return "abandoned"
            state: State = entry["state"]
            return state
    return "error"


def _in_a_task() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
