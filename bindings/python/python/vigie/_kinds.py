"""What calling a function gives, told from the function. Not ``inspect``: importing that costs milliseconds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    Kind: TypeAlias = Literal["plain", "coroutine", "generator", "async generator"]

# Flags of a code object, as inspect names them.
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


def kind(function: Any) -> Kind:
    """Look through ``functools.partial``, methods and objects with ``__call__``; raise TypeError for what is no function."""
    if not callable(function):
        raise TypeError(f"a function is wanted, not {type(function).__qualname__}: {_HINT}")
    flags = _flags(function)
    if flags & _ASYNC_GENERATOR:
        return "async generator"
    if flags & _GENERATOR:
        return "generator"
    if flags & _COROUTINE:
        return "coroutine"
    return "plain"


_HINT = "hand in the function itself, before it is called"


def _flags(function: Any) -> int:
    partial = function
    for _ in range(8):
        inner = getattr(partial, "func", None)
        if not callable(inner):
            break
        partial = inner
    # An object that is called has the function under `__call__` of its class.
    code = getattr(partial, "__code__", None) or getattr(type(partial).__call__, "__code__", None)
    return int(getattr(code, "co_flags", 0))
