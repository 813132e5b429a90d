"""Generators inside a span. The span is current while the body runs, never between its steps:
a generator shares the context of whoever iterates it. Not for plain functions: see ``_traced``."""

from __future__ import annotations

from ._native import start_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from typing import Any


def generator_in_span(
    function: Callable[..., Generator[Any, Any, Any]], name: str, options: dict[str, Any]
) -> Callable[..., Generator[Any, Any, Any]]:
    """Wrap a generator function; values sent in and errors thrown in reach its body."""

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        span = start_span(name, **options)
        context = span.context
        try:
            inner = function(*args, **kwargs)
            resume: Callable[[Any], Any] = inner.send
            argument: Any = None
            while True:
                with context:
                    try:
                        item = resume(argument)
                    except StopIteration as stop:
                        return stop.value
                try:
                    argument = yield item
                    resume = inner.send
                except GeneratorExit:
                    with context:
                        inner.close()
                    raise
                except BaseException as error:
                    resume, argument = inner.throw, error
        except BaseException as error:
            span.__exit__(type(error), error, None)
            raise
        finally:
            span.end()

    return generator


def async_generator_in_span(
    function: Callable[..., AsyncGenerator[Any, Any]], name: str, options: dict[str, Any]
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """Wrap an async generator function, likewise."""

    async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        span = start_span(name, **options)
        context = span.context
        try:
            inner = function(*args, **kwargs)
            resume: Callable[[Any], Any] = inner.asend
            argument: Any = None
            while True:
                with context:
                    try:
                        item = await resume(argument)
                    except StopAsyncIteration:
                        return
                try:
                    argument = yield item
                    resume = inner.asend
                except GeneratorExit:
                    with context:
                        await inner.aclose()
                    raise
                except BaseException as error:
                    resume, argument = inner.athrow, error
        except BaseException as error:
            span.__exit__(type(error), error, None)
            raise
        finally:
            span.end()

    return async_generator
