"""Requests that a call sends: what each took and brought. Not for how a transport is listened to: see ``_transport``."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from . import _names as names
from ._faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable

# ``"time":0.0004`` at either end of the body; only the server's own field can stand there.
_TIME_FIRST = re.compile(rb'^\s*\{(?:"usage":\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\},)?"time":([0-9.eE+-]+)')
_TIME_LAST = re.compile(rb'"time":([0-9.eE+-]+)(?:,"usage":(?:null|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}))?\}\s*$')
_EDGE = 1024


class Sent(Protocol):
    """One request on its way, which is told what becomes of it."""

    @property
    def headers(self) -> dict[str, str]:
        """Headers for a client that does not read the header context, as those of the uploaders do not."""

    def answered(self, answer: Answer) -> None:
        """It was answered, well or not."""

    def failed(self, error: BaseException) -> None:
        """No answer came."""


class Owner(Protocol):
    """What requests belong to that are sent below it."""

    def sends(self, size: int | None, address: tuple[str, str, int | None]) -> Sent:
        """A request of so many bytes goes out now, by a transport to a host and port."""


class Answer:
    """What a transport saw of an answer."""

    __slots__ = ("bytes", "retry_after", "seconds", "status")

    def __init__(self, status: str | None, size: int | None, seconds: float | None, retry_after: str | None):
        self.status = status
        self.bytes = size
        self.seconds = seconds
        self.retry_after = retry_after

    @property
    def is_error(self) -> bool:
        """Whether the status is one: of HTTP by its number, of gRPC by its name."""
        return self.status is not None and (
            self.status >= "400" if self.status.isdigit() else self.status != "OK"
        )

    def describe(self, into: dict[str, object]) -> None:
        """The attributes of this answer."""
        if self.status is not None:
            into[names.STATUS_CODE] = self.status
        if self.retry_after is not None and self.retry_after.isdigit():
            into[names.RETRY_AFTER] = int(self.retry_after)


owner: ContextVar[Owner | None] = ContextVar("vigie_qdrant_owner", default=None)


def begin(
    size_and_address: Callable[[Any], tuple[int | None, tuple[str, str, int | None]]], request: Any
) -> Sent | None:
    """The request's exchange, None where nothing is recorded."""
    owned_by = owner.get()
    if owned_by is None:
        return None
    try:
        return owned_by.sends(*size_and_address(request))
    except Exception:
        fault("request")
        return None


def server_seconds(body: bytes) -> float | None:
    """What the server says that the request took it, from the end or the beginning of a body of JSON."""
    found = _TIME_LAST.search(body[-_EDGE:]) or _TIME_FIRST.match(body[:_EDGE])
    return float(found.group(1)) if found else None


class Totals:
    """What the requests of one call add up to."""

    __slots__ = ("answer", "headers", "received", "requests", "retries", "seconds", "sent")

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.requests = 0
        self.retries = 0
        self.sent = 0
        self.received = 0
        self.seconds: float | None = None
        self.answer: Answer | None = None

    def sends(self, size: int | None, _address: tuple[str, str, int | None]) -> Sent:
        """One more request."""
        self.requests += 1
        self.sent += size or 0
        return self

    def answered(self, answer: Answer) -> None:
        """Its answer: the last one's status is the call's."""
        self.answer = answer
        self.received += answer.bytes or 0
        if answer.seconds is not None:
            self.seconds = (self.seconds or 0.0) + answer.seconds

    def failed(self, error: BaseException) -> None:
        """The error reaches the call itself."""

    def describe(self, into: dict[str, object]) -> None:
        """The attributes of all together."""
        if self.answer is not None:
            self.answer.describe(into)
        if self.retries:
            into[names.RETRIES] = self.retries
        if self.requests > 1:
            into[names.REQUESTS] = self.requests
        if self.sent:
            into[names.REQUEST_BYTES] = self.sent
        if self.received:
            into[names.RESPONSE_BYTES] = self.received
        if self.seconds is not None:
            into[names.SERVER_SECONDS] = self.seconds
