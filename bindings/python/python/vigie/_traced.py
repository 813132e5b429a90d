"""The decorator ``traced``."""

from __future__ import annotations

from ._generators import async_generator_in, generator_in
from ._kinds import kind
from ._native import span, start_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    from ._generators import Begin
    from ._native import Context

    F = TypeVar("F", bound=Callable[..., Any])

    @overload
    def traced(function: F, /) -> F: ...
    @overload
    def traced(name: str | None = None, /, **options: Any) -> Callable[[F], F]: ...
    def traced(target: Any = None, /, **options: Any) -> Any:
        """Typed face of the function below: overloads need typing, which costs milliseconds."""

else:

    def traced(target=None, /, **options):
        """Run a function inside a span.

        For plain, async, generator and async generator functions, with or without arguments. The name
        is the function's qualified name unless given; other arguments are those of ``span``. A
        generator's span lasts from its first step to its end and is current while its body runs.

        >>> import vigie
        >>> @vigie.traced
        ... def price(cart):
        ...     return sum(cart)
        >>> price([1, 2])
        3
        >>> @vigie.traced("work", kind="consumer")
        ... async def work():
        ...     pass
        """
        if target is None or isinstance(target, str):
            return lambda function: _decorate(function, target, options)
        return _decorate(target, None, options)


def _decorate(function: Any, name: str | None, options: dict[str, Any]) -> Any:
    import functools

    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_decorate(function.__func__, name, options))
    if name is None:
        name = _name(function)
    return functools.wraps(function)(_wrapper(function, name, options))


def _name(function: Any) -> str:
    qualified = getattr(function, "__qualname__", None) or type(function).__qualname__
    return str(qualified).rpartition("<locals>.")[2]


def _wrapper(function: Any, name: str, options: dict[str, Any]) -> Any:
    what = kind(function)
    if what == "async generator":
        return async_generator_in(function, _begin(name, options))
    if what == "generator":
        return generator_in(function, _begin(name, options))
    if what == "coroutine":

        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with span(name, **options):
                return await function(*args, **kwargs)

        return coroutine

    def plain(*args: Any, **kwargs: Any) -> Any:
        with span(name, **options):
            return function(*args, **kwargs)

    return plain


def _begin(name: str, options: dict[str, Any]) -> Begin:
    def begin(
        _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> tuple[Context, Callable[[BaseException | None], None]]:
        started = start_span(name, **options)
        return started.context, lambda error: started.__exit__(type(error), error, None)

    return begin
