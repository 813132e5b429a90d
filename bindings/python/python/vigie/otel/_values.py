"""Attributes as they are read, those of exceptions among them."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from ._quiet import fault

#: Types whose values are shown as they are: a look-up in it is all that most attributes need.
PLAIN_OR_TEXT = frozenset({bool, int, float, str, type(None)})


def cleaned(said: Any) -> Any:
    """A value as the official spans show it: nothing in it can be changed afterwards, and what is of no type that an
    attribute may have is its text, or None where it has none of its own.
    """
    kind = type(said)
    if kind in PLAIN_OR_TEXT or isinstance(said, (bool, int, float, str, bytes)):
        return said
    if isinstance(said, Sequence):
        return tuple(cleaned(member) for member in said)
    if isinstance(said, Mapping):
        return {str(key): cleaned(member) for key, member in said.items()}
    plain: Any = object
    has_text = kind.__str__ is not plain.__str__ or kind.__repr__ is not plain.__repr__
    return str(said) if has_text else None


def shown(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Attributes as the official spans show them; they themselves where that is the same."""
    try:
        if PLAIN_OR_TEXT.issuperset(map(type, attributes.values())):
            return attributes
        return {key: cleaned(said) for key, said in attributes.items()}
    except Exception as error:
        fault("mapping of attributes", error)
        return {}


def cut(said: Any, longest: int) -> Any:
    """A value whose texts are not longer than that."""
    if isinstance(said, str):
        return said[:longest]
    if isinstance(said, tuple):
        return tuple(cut(member, longest) for member in said)
    if isinstance(said, dict):
        return {key: cut(member, longest) for key, member in said.items()}
    return said


def named(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Attributes that can be handed on by their names: keys that are no text have none, as the official SDK has it."""
    try:
        return {key: said for key, said in (attributes or {}).items() if type(key) is str}
    except Exception as error:
        fault("mapping of attributes", error)
        return {}


def text_of(exception: BaseException) -> str:
    """The message of an exception, whose own code may fail."""
    try:
        return str(exception)
    except Exception as error:
        fault("text of an exception", error)
        return ""


def described(exception: BaseException) -> dict[str, Any]:
    """The attributes of an ``exception`` event (OpenTelemetry semantic conventions)."""
    kind = type(exception)
    module = kind.__module__
    name = kind.__qualname__ if module in ("builtins", "") else f"{module}.{kind.__qualname__}"
    return {
        "exception.type": name,
        "exception.message": text_of(exception),
        "exception.stacktrace": "".join(traceback.format_exception(kind, exception, exception.__traceback__)),
    }
