"""Carrying the current context into threads and executors. Not needed for asyncio tasks."""

from __future__ import annotations

from ._event import along
from ._generators import async_generator_in, generator_in, nothing
from ._kinds import kind
from ._native import current_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")


def wrap(function: Callable[P, R], /) -> Callable[P, R]:
    """Return ``function`` bound to the context that is current now, and to the request that is being served.

    The function may be plain, async, a generator or an async generator; a body that is iterated runs
    inside the context at each step. What is no function raises ``TypeError``.

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

    what = kind(function)
    context = along(current_context())
    wrapper = functools.wraps(function)
    # The kind was told from the function, which the types cannot follow: hence the ignores below.
    if what == "generator":
        return wrapper(generator_in(function, lambda _args, _kwargs: (context, nothing)))  # type: ignore[arg-type, return-value]  # a generator function
    if what == "async generator":
        return wrapper(async_generator_in(function, lambda _args, _kwargs: (context, nothing)))  # type: ignore[arg-type, return-value]  # an async generator function
    if what == "coroutine":

        @wrapper
        async def wrapped_coroutine(*args: Any, **kwargs: Any) -> Any:
            with context:
                return await function(*args, **kwargs)  # type: ignore[misc]  # a coroutine function

        return wrapped_coroutine  # type: ignore[return-value]  # the same, seen from outside

    @wrapper
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with context:
            return function(*args, **kwargs)

    return wrapped
