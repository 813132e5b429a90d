"""The decorator ``in_context``."""

from __future__ import annotations

from ._generators import async_generator_in, generator_in, nothing
from ._kinds import kind
from ._native import context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ._native import Context

    F = TypeVar("F", bound=Callable[..., Any])


def in_context(*parameters: str, **attributes: object) -> Callable[[F], F]:
    """Run a function with context attributes: what ``vigie.context`` gives, added to the context of each call.

    For plain, async, generator and async generator functions.

    :param parameters: names of the function's parameters whose values become attributes of these names, defaults included.
    :param attributes: attributes of any type that are the same in each call; one of a parameter's name gives way to it.
    :raises TypeError: what is decorated is no function, or has no such parameter.

    >>> import vigie
    >>> @vigie.in_context("order_id", component="import")
    ... def take(order_id, lines=()):
    ...     vigie.get_logger("shop").info("taken")
    >>> with vigie.testing.capture() as records:
    ...     take(42)
    >>> records.logs[0]["order_id"], records.logs[0]["component"]
    (42, 'import')
    """
    return lambda function: _decorate(function, parameters, attributes)


def _decorate(function: F, parameters: tuple[str, ...], attributes: dict[str, object]) -> F:
    import functools

    what = kind(function)
    make = _maker(function, parameters, attributes)
    wrapper: Any = functools.wraps(function)

    def begin(
        args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Context, Callable[[BaseException | None], None]]:
        return make(args, kwargs), nothing

    if what == "generator":
        return wrapper(generator_in(function, begin))  # type: ignore[no-any-return]  # The same, seen from outside.
    if what == "async generator":
        return wrapper(async_generator_in(function, begin))  # type: ignore[no-any-return]  # The same, seen from outside.
    if what == "coroutine":

        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with make(args, kwargs):
                return await function(*args, **kwargs)

        return wrapper(coroutine)  # type: ignore[no-any-return]  # The same, seen from outside.

    def plain(*args: Any, **kwargs: Any) -> Any:
        with make(args, kwargs):
            return function(*args, **kwargs)

    return wrapper(plain)  # type: ignore[no-any-return]  # The same, seen from outside.


def _maker(
    function: Any, parameters: tuple[str, ...], attributes: dict[str, object]
) -> Callable[[Any, Any], Context]:
    """What makes the context of a call from its arguments."""
    if not parameters:
        return lambda _args, _kwargs: context(**attributes)  # type: ignore[arg-type]  # Baggage is a mapping, or nothing.
    import inspect

    signature = inspect.signature(function)
    for name in parameters:
        if name not in signature.parameters:
            raise TypeError(
                f"{name!r}: no parameter of {function!r}; accepted: {', '.join(signature.parameters)}"
            )

    def make(args: Any, kwargs: Any) -> Context:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            # The call itself says better what is wrong with it.
            return context(**attributes)  # type: ignore[arg-type]  # As above.
        bound.apply_defaults()
        return context(**{**attributes, **{name: bound.arguments[name] for name in parameters}})

    return make
