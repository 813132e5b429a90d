"""What all handlers of the process share: the table of runs, the instruments, the conversations that wait.
Not for what a callback means: see ``handler``."""

from __future__ import annotations

import threading
from collections import OrderedDict

import vigie
from langchain_core.runnables.config import var_child_runnable_config

from .costs import prepare
from .metrics import Metrics, observe
from .names import Names, wants_latest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Interrupted conversations that are remembered, the oldest forgotten first.
_WAITING = 1000


class Recorder:
    """One a process: two handlers that hear of the same run make one span."""

    def __init__(self) -> None:
        self.names = Names(latest=wants_latest())
        self.metrics = Metrics(self.names)
        self.runs = vigie.Runs()
        self.failures = 0
        self._waiting: OrderedDict[str, vigie.Context] = OrderedDict()
        self._lock = threading.Lock()
        prepare()
        observe(self.runs, lambda: self.failures)
        self.runs.follow(var_child_runnable_config, "callbacks", "parent_run_id")

    def failed(self) -> None:
        """The adapter itself has failed in a callback, which the host does not notice."""
        self.failures += 1

    def interrupted(self, conversation: str, context: vigie.Context) -> None:
        """The conversation waits to be taken up again."""
        with self._lock:
            self._waiting[conversation] = context
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)

    def taken_up(self, conversation: str | None) -> tuple[vigie.Context, ...]:
        """What a run of this conversation takes up, if one of it was interrupted."""
        if conversation is None or not self._waiting:
            return ()
        with self._lock:
            before = self._waiting.pop(conversation, None)
        return () if before is None else (before,)


_recorder: Recorder | None = None
_lock = threading.Lock()


def recorder() -> Recorder:
    """The recorder of this process, made when it is first asked for."""
    global _recorder
    with _lock:
        if _recorder is None:
            _recorder = Recorder()
        return _recorder


def stats() -> dict[str, Any]:
    """What became of runs so far, as ``vigie.Runs.stats`` has it, and ``failed``: callbacks in which the adapter failed."""
    shared = recorder()
    return {**shared.runs.stats(), "failed": shared.failures}
