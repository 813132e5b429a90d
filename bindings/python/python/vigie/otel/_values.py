"""Attributes as they are read, those of exceptions among them."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from ._quiet import fault


def shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as the official spans show them: lists as tuples, which nobody can change afterwards."""
    try:
        return {key: tuple(value) if type(value) is list else value for key, value in attributes.items()}
    except Exception as error:
        fault("mapping of attributes", error)
        return {}


def named(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Attributes that can be handed on by their names: keys that are no text have none, as the official SDK has it."""
    return {key: value for key, value in shown(attributes or {}).items() if type(key) is str}


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
