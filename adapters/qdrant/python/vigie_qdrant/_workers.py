"""Worker processes of parallel uploads: the trace goes into them, and the adapter is installed there.

A pool pickles the worker's class by name and calls its ``start`` in the new process; ``Carried`` stands in for the class.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import vigie

from ._calls import State
from ._exchanges import Totals, owner
from ._faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Carried:
    """A worker's class with the trace that its work belongs to."""

    def __init__(self, worker: Any, carrier: dict[str, str]) -> None:
        self._worker = worker
        self._carrier = carrier

    def start(self, **kwargs: Any) -> Carrying:
        """Called in the new process: the worker, below the upload's span."""
        context = None
        try:
            from ._install import instrument

            instrument()
            context = vigie.context_from(self._carrier)
        except Exception:
            fault("worker")
        return Carrying(self._worker.start(**kwargs), context)


class Carrying:
    """A worker whose work is done in the upload's context."""

    def __init__(self, worker: Any, context: vigie.Context | None) -> None:
        self._worker = worker
        self._context = context

    def process(self, items: Iterable[Any]) -> Iterator[Any]:
        """What the worker makes of the batches. Nothing else runs in that process between them."""
        if self._context is None:
            yield from self._worker.process(items)
            return
        with self._context:
            yield from self._worker.process(items)


def pool(original: Callable[..., Any]) -> Callable[..., Any]:
    """``ParallelWorkerPool.start``."""

    @functools.wraps(original)
    def start(self: Any, **kwargs: Any) -> Any:
        worker = self.worker_class
        # Pools that embed, and those of calls that are not recorded, stay as they are.
        if not State.active or not isinstance(owner.get(), Totals):
            return original(self, **kwargs)
        try:
            self.worker_class = Carried(worker, vigie.inject({}))
        except Exception:
            fault("pool")
        try:
            return original(self, **kwargs)
        finally:
            self.worker_class = worker

    return start
