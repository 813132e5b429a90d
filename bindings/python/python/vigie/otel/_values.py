"""Attributes as they are read, those of exceptions among them."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any


def shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as the official spans show them: lists as tuples, which nobody can change afterwards."""
    return {key: tuple(value) if type(value) is list else value for key, value in attributes.items()}


def described(exception: BaseException) -> dict[str, Any]:
    """The attributes of an ``exception`` event (OpenTelemetry semantic conventions)."""
    kind = type(exception)
    module = kind.__module__
    name = kind.__qualname__ if module in ("builtins", "") else f"{module}.{kind.__qualname__}"
    return {
        "exception.type": name,
        "exception.message": str(exception),
        "exception.stacktrace": "".join(traceback.format_exception(kind, exception, exception.__traceback__)),
    }
