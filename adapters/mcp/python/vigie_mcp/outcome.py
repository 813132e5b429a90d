"""What became of a request: its error type, as the conventions name it, and the size of its result.

Not for the request: see ``request``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from . import names
from .names import CODES
from .size import members_of

_CODES = frozenset(str(code) for code in CODES)


class Outcome(NamedTuple):
    """How a request ended. Without an error type it went well."""

    error_type: str | None = None
    code: str | None = None
    message: str | None = None
    error: BaseException | None = None
    result: object = None

    def labels(self) -> dict[str, str]:
        """What labels say of it: a peer may send any number as a code."""
        if self.error_type is None:
            return {}
        if self.code is None:
            return {names.ERROR_TYPE: self.error_type}
        code = self.code if self.code in _CODES else names.OTHER
        return {names.ERROR_TYPE: code, names.STATUS_CODE: code}


def of_result(method: str, result: object) -> Outcome:
    """The outcome of a request that was answered. A tool says in its result that it failed."""
    members = members_of(result) or {}
    failed = method == "tools/call" and (members.get("isError") is True or members.get("is_error") is True)
    return Outcome(names.TOOL_ERROR if failed else None, result=members)


def of_code(code: object, message: object, error: BaseException | None = None) -> Outcome:
    """The outcome of a request that was answered with an error of the protocol."""
    return Outcome(str(code), str(code), message if isinstance(message, str) else None, error)


def of_exception(error: BaseException) -> Outcome:
    """The outcome of a request that ended in an exception."""
    data = getattr(error, "error", None)
    code = getattr(data, "code", None)
    if isinstance(code, int):
        return of_code(code, getattr(data, "message", None), error)
    # What parameters pydantic refuses, the SDK answers as the protocol's error; its own text holds what the client sent.
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        return of_code(-32602, "Invalid request parameters", error)
    if isinstance(error, (asyncio.CancelledError, GeneratorExit)) or type(error).__name__ == "Cancelled":
        return Outcome(names.CANCELLED, error=error)
    if isinstance(error, TimeoutError):
        return Outcome(names.TIMEOUT, message=str(error), error=error)
    return Outcome(type(error).__qualname__, message=str(error), error=error)


def listed(result: object, key: str) -> list[Any]:
    """The items of a list result."""
    items = result.get(key) if isinstance(result, Mapping) else None
    return list(items) if isinstance(items, (list, tuple)) else []
