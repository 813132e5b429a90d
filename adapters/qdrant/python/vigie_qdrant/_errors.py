"""What an error says without repeating what was asked: its type, its status, and in which phase time ran out.

The texts of errors are left alone: a server, and pydantic, quote the vectors and payloads that they did not like.
"""

import asyncio
from typing import NamedTuple

from . import _names as names

PHASES = {
    "ConnectTimeout": "connect",
    "ReadTimeout": "read",
    "WriteTimeout": "write",
    "PoolTimeout": "pool",
    "DEADLINE_EXCEEDED": "deadline",
}


class Described(NamedTuple):
    """An error as attributes of the span, labels of the series, and the status' words."""

    attributes: dict[str, object]
    labels: dict[str, object]
    words: str | None
    is_failure: bool


def describe(error: BaseException) -> Described:
    """Any error that left a call, or a request."""
    if isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        labels: dict[str, object] = {names.ERROR_TYPE: type(error).__name__}
        return Described(dict(labels), labels, None, is_failure=False)
    status, reason = _status(error)
    # The client wraps what httpx raises.
    cause = getattr(error, "source", None)
    kind = status or type(cause if isinstance(cause, BaseException) else error).__name__
    labels = {names.ERROR_TYPE: kind}
    if status is not None:
        labels[names.STATUS_CODE] = status
    attributes = dict(labels)
    if kind in PHASES:
        attributes[names.TIMEOUT_PHASE] = PHASES[kind]
    retry_after = getattr(error, "retry_after_s", None)
    if isinstance(retry_after, int):
        attributes[names.RETRY_AFTER] = retry_after
    return Described(attributes, labels, reason or kind, is_failure=True)


def _status(error: BaseException) -> tuple[str | None, str | None]:
    """The status and, of HTTP, its words."""
    code = getattr(error, "status_code", None)
    if isinstance(code, int):
        reason = getattr(error, "reason_phrase", None)
        return str(code), f"{code} {reason}" if isinstance(reason, str) and reason else str(code)
    if hasattr(error, "retry_after_s"):
        return "429", "429 Too Many Requests"
    grpc_code = getattr(error, "code", None)
    if callable(grpc_code) and type(error).__module__.startswith("grpc"):
        name = getattr(grpc_code(), "name", None)
        return (name, name) if isinstance(name, str) else (None, None)
    return None, None
