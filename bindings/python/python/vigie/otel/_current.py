"""What ``start_as_current_span`` gives."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from opentelemetry import context as api
from opentelemetry import trace

from ._context import RuntimeContext, standing
from ._span import Span
from ._translate import above, object_of


class CurrentSpan:
    """A span around a block, or around each call of a function."""

    _span: trace.Span | None = None
    _token: Any = None
    _leave: Callable[[Any], None]

    def __init__(self, tracer: Any, start: tuple[Any, ...], end_on_exit: bool) -> None:
        self._tracer = tracer
        self._start = start
        self._end = end_on_exit

    def __enter__(self) -> trace.Span:
        start, current = self._start, standing()
        context = start[1]
        if context is None:
            over, parent = current.above(), current.native
        else:
            over, parent = above(context), object_of(context)
        span: trace.Span = self._tracer.started(over, parent, *start)
        self._span = span
        runtime = api._RUNTIME_CONTEXT
        if type(span) is Span and type(runtime) is RuntimeContext and not current.has_baggage:
            self._token = runtime.enter(span, current)
            self._leave = runtime.leave
        else:
            self._token = api.attach(trace.set_span_in_context(span))
            self._leave = api.detach
        return span

    def __exit__(self, exc_type: Any, exc_val: BaseException | None, exc_tb: Any) -> None:
        self._leave(self._token)
        span = self._span
        if span is None:
            return
        if exc_val is not None and isinstance(exc_val, Exception) and isinstance(span, Span):
            span.failed(exc_val)
        if self._end:
            span.end()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a span around each of its calls."""
        tracer, start, end = self._tracer, self._start, self._end
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with CurrentSpan(tracer, start, end):
                    return await function(*args, **kwargs)

            return awaited

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with CurrentSpan(tracer, start, end):
                return function(*args, **kwargs)

        return called
