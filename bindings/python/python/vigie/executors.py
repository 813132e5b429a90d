"""Executors whose work runs in the context of whoever hands it over, and items of queues that bring theirs along.

Not needed for asyncio's tasks and :func:`asyncio.to_thread`, which carry the context themselves. For a single call, or an
executor that somebody else makes, there is ``vigie.wrap``.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from . import _event, _native

__all__ = ["Carried", "ProcessPoolExecutor", "ThreadPoolExecutor"]

T = TypeVar("T")


class ThreadPoolExecutor(concurrent.futures.ThreadPoolExecutor):
    """The executor of :mod:`concurrent.futures` whose work runs in the context in which it was submitted.

    The context is carried on: it stays the work's when the span has ended meanwhile. As an event loop's default executor
    it does the same for ``run_in_executor``: ``loop.set_default_executor(vigie.executors.ThreadPoolExecutor())``.
    Arguments, results and errors are those of the original.

    >>> import vigie.executors
    >>> def span_id():
    ...     return vigie.current_context().span_id
    >>> with vigie.executors.ThreadPoolExecutor() as pool, vigie.span("parent") as span:
    ...     pool.submit(span_id).result() == span.span_id
    True
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[T]:
        """Submit a call, which runs in the current context."""
        return super().submit(_run, _event.along(_native.current_context()), fn, *args, **kwargs)


class ProcessPoolExecutor(concurrent.futures.ProcessPoolExecutor):
    """The same in other processes.

    The span's ids, the baggage and the context attributes go along; what the work adds by ``vigie.event`` does not
    come back.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[T]:
        """Submit a call, which runs in the current context."""
        return super().submit(_run, _native.current_context(), fn, *args, **kwargs)


def _run(place: Any, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    with place:
        return function(*args, **kwargs)


class Carried(Generic[T]):
    """An item for a queue, with the context in which it was made: who takes it from the queue enters that.

    For queues of threads, of tasks and of processes; for these the item has to be one that can be pickled.

    :param item: the item, of any type.

    >>> import queue, vigie.executors
    >>> jobs = queue.Queue()
    >>> with vigie.span("order") as span:
    ...     jobs.put(vigie.executors.Carried({"order_id": 42}))
    >>> with jobs.get() as job:
    ...     job["order_id"], vigie.current_context().span_id == span.span_id
    (42, True)
    """

    __slots__ = ("_place", "item")

    def __init__(self, item: T) -> None:
        self.item = item
        self._place = _event.along(_native.current_context())

    def __enter__(self) -> T:
        """Make the context current, and return the item."""
        self._place.__enter__()
        return self.item

    def __exit__(self, *_: object) -> None:
        """Make current again what was so before. An exception goes on."""
        self._place.__exit__(None, None, None)

    def __reduce__(self) -> tuple[Callable[..., Carried[T]], tuple[T, _native.Context]]:
        place = self._place
        return _sent, (self.item, place.context if isinstance(place, _event.Place) else place)


def _sent(item: T, context: _native.Context) -> Carried[T]:
    with context:
        return Carried(item)
