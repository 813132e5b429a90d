"""Carrying the current context into threads and executors. Not needed for asyncio tasks."""

from __future__ import annotations

from ._native import current_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

# Of a code object's flags (inspect.CO_COROUTINE); importing inspect would cost milliseconds.
_COROUTINE = 0x80


def wrap(function: Callable[P, R], /) -> Callable[P, R]:
    """Return ``function`` bound to the context that is current now.

    For threads, which start without the context of whoever starts them:

    >>> import threading, vigie
    >>> with vigie.span("parent") as span:
    ...     seen = []
    ...     work = vigie.wrap(lambda: seen.append(vigie.current_context().span_id))
    ...     thread = threading.Thread(target=work)
    ...     thread.start()
    ...     thread.join()
    >>> seen == [span.span_id]
    True
    """
    import functools

    context = current_context()
    code = getattr(function, "__code__", None)
    if code is not None and code.co_flags & _COROUTINE:

        @functools.wraps(function)
        async def wrapped_coroutine(*args: Any, **kwargs: Any) -> Any:
            with context:
                return await function(*args, **kwargs)  # type: ignore[misc]  # a coroutine function, see above

        return wrapped_coroutine  # type: ignore[return-value]  # the same, seen from outside

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with context:
            return function(*args, **kwargs)

    return wrapped
