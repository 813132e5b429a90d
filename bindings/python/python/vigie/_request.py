"""A request that is served, from its headers to its span and its wide event. Not for the protocols by which servers hand
requests over: see ``asgi`` and ``wsgi``."""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter_ns

from . import _event, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._request_options import Options

_event.variable = ContextVar("vigie_request", default=None)
_log = _native.get_logger("vigie.http")

# Severities (OpenTelemetry logs data model, "SeverityNumber").
_INFO, _WARN, _ERROR = 9, 13, 17
# The number of the kind "server".
_SERVER = 1
# From this status on the server says that it has failed.
_FAILED = 500
# OpenTelemetry semantic conventions, "http.request.method".
_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY")
)
_MOST_DIGITS = 15
# As many keys as a record takes, and one, by which the core sees that there were more.
_MOST_KEYS = 129
_WAYS_OF_BEING_CANCELLED = ("CancelledError", "Cancelled", "GeneratorExit")


class Request:
    """What is recorded of one request. As a context manager it may be entered again and again. No method raises what is not
    the program's own.
    """

    __slots__ = (
        "_added",
        "_began_ns",
        "_is_over",
        "_is_told",
        "_options",
        "_span",
        "_told",
        "caught",
        "context",
        "correlation_id",
        "error",
        "is_gone",
        "request_bytes",
        "request_id",
        "response_bytes",
        "route",
        "status",
    )

    def __init__(
        self,
        options: Options,
        request: dict[str, Any],
        told: dict[str, Any],
        headers: Any,
        request_id: str | bytes | None,
        correlation_id: str | bytes | None,
    ) -> None:
        """Begin.

        ``request`` is what the server handed over, ``told`` the attributes that are known at the beginning, in the order
        of the span's, with None for what is not; ``headers`` is a carrier.
        """
        self._options = options
        self._told = told
        self._added: dict[str, object] | None = None
        self._is_over = False
        self.status: int | None = None
        self.route: str | None = None
        self.request_bytes: int | None = None
        # None where it cannot be known.
        self.response_bytes: int | None = 0
        # What left the handler, and what the application has answered itself.
        self.error: BaseException | None = None
        self.caught: BaseException | None = None
        self.is_gone = False
        began = _native.begin_request(headers, request_id, correlation_id)
        context, self.request_id, self.correlation_id, has_span, told_ns = began
        self._is_told = told_ns is not None
        self._began_ns = perf_counter_ns() if told_ns is None else told_ns
        context = options.added_to(context, request)
        is_skipped = options.skips(told["url.path"])
        self._span = None
        if options.span and not has_span and not is_skipped:
            known = {key: value for key, value in told.items() if value is not None}
            name = _span_name(told["http.request.method"])
            self._span = _native.open_span(name, _SERVER, context, None, "vigie.http", known, None)
            # It is carried on: what runs when the response is out belongs to the request all the same.
            context = self._span.context
        if options.event and not is_skipped:
            self._added = {}
        self.context = context

    def __enter__(self) -> None:
        """Enter the request, for the application or a step of its answer."""
        _event.enter(self.context, self)

    def __exit__(self, *_: object) -> None:
        """Leave it; this is not its end."""
        _event.leave(self.context, self)

    @property
    def is_over(self) -> bool:
        """Whether the response is out, or never will be."""
        return self._is_over

    def add(self, attributes: dict[str, object]) -> None:
        """Add attributes to the wide event, if there is going to be one."""
        added = self._added
        if added is not None and not self._is_over:
            for key, value in attributes.items():
                if len(added) < _MOST_KEYS or key in added:
                    added[key] = value

    def failed(self, error: BaseException) -> None:
        """End with what left the handler. A server answers an exception with 500 where nothing was answered before."""
        if self._is_over:
            return
        # Nobody waits for the answer any more: the server has cancelled the handler. The library need not be asyncio.
        if not isinstance(error, Exception) and type(error).__name__ in _WAYS_OF_BEING_CANCELLED:
            self.is_gone = True
        else:
            self.error = error
            if self.status is None and isinstance(error, Exception) and not self.is_gone:
                self.status = _FAILED
        self.end()

    def end(self) -> None:
        """Write the wide event and end the span. Only the first end counts."""
        if self._is_over:
            return
        self._is_over = True
        if self.error is None and self.has_failed:
            self.error = self.caught
        if self._added is not None:
            self._write(self._added)
        span, self._span = self._span, None
        if span is not None:
            self._end_span(span)
        self.error = self.caught = None

    def _write(self, added: dict[str, object]) -> None:
        number, outcome = self._outcome()
        if not _native.logs(_log, number):
            return
        told, status = self._told, self.status
        path = told["url.path"]
        method = told.get("http.request.method_original") or told["http.request.method"]
        known = {
            "event": "http.request",
            "category": "web",
            "outcome": outcome,
            "http.request.method": told["http.request.method"],
            "http.route": self.route,
            "url.path": path,
            "http.response.status_code": status,
            "client.address": told["client.address"],
            "user_agent.original": told["user_agent.original"],
            "http.request.body.size": self.request_bytes,
            "http.response.body.size": self.response_bytes,
            "duration_ns": self._duration_ns(),
        }
        attributes = {key: value for key, value in known.items() if value is not None}
        attributes.update(added)
        message = f"{method} {path}" if status is None else f"{method} {path} {status}"
        _native.write_log(_log, number, message, attributes, self.error, None, self.context)

    def _duration_ns(self) -> int:
        if self._is_told:
            return max(0, _native.clock_ns() - self._began_ns)
        return perf_counter_ns() - self._began_ns

    def _outcome(self) -> tuple[int, str]:
        # What is raised where nobody listens any more is mostly about that.
        if self.has_failed or (self.error is not None and not self.is_gone):
            return _ERROR, "failure"
        return (_WARN, "unknown") if self.is_gone else (_INFO, "success")

    @property
    def has_failed(self) -> bool:
        """Whether the answer says that the server has failed."""
        return self.status is not None and self.status >= _FAILED

    def _end_span(self, span: _native.Span) -> None:
        if self.route is not None:
            span.update_name(f"{_span_name(self._told['http.request.method'])} {self.route}")
            span.set_attribute("http.route", self.route)
        if self.status is not None:
            span.set_attribute("http.response.status_code", self.status)
        error = self.error
        if error is None and self.has_failed:
            span.set_attribute("error.type", str(self.status))
            span.set_status("error")
        span.__exit__(None if error is None else type(error), error, None)


def length_of(header: str | bytes | None) -> int | None:
    """What a ``Content-Length`` says; None of what is no number, or more than anybody sends."""
    return (
        int(header)
        if header and len(header) <= _MOST_DIGITS and header.isascii() and header.isdigit()
        else None
    )


def method_words(method: str) -> dict[str, str]:
    """The method as it is counted, and as it was where that is another one."""
    if method in _METHODS:
        return {"http.request.method": method}
    upper = method.upper()
    return {
        "http.request.method": upper if upper in _METHODS else "_OTHER",
        "http.request.method_original": method,
    }


def _span_name(method: str) -> str:
    return "HTTP" if method == "_OTHER" else method
