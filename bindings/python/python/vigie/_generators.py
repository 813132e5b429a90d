"""Generators inside a context. It is current while the body runs, never between its steps:
a generator shares the context of whoever iterates it. Not for plain functions: see ``_traced`` and ``_wrap``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from typing import Any, TypeAlias

    from ._event import Place
    from ._native import Context

    # Gives, from the arguments of one run, its context and what is called at its end with the error that ended it.
    Begin: TypeAlias = Callable[
        [tuple[Any, ...], dict[str, Any]], tuple[Context | Place, Callable[[BaseException | None], None]]
    ]


def nothing(_: BaseException | None) -> None:
    """Called at the end where the context has none."""


def generator_in(
    function: Callable[..., Generator[Any, Any, Any]], begin: Begin
) -> Callable[..., Generator[Any, Any, Any]]:
    """Wrap a generator function; values sent in and errors thrown in reach its body."""

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        context, end = begin(args, kwargs)
        ended_by: BaseException | None = None
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
            ended_by = error
            raise
        finally:
            end(ended_by)

    return generator


def async_generator_in(
    function: Callable[..., AsyncGenerator[Any, Any]], begin: Begin
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """Wrap an async generator function, likewise."""

    async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        context, end = begin(args, kwargs)
        ended_by: BaseException | None = None
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
            ended_by = error
            raise
        finally:
            end(ended_by)

    return async_generator
