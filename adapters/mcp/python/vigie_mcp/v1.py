"""The hooks of the SDK before version 2, which both sides share: the responder of a request, and the session that sends.

Not for what is recorded: see ``operation`` and ``sessions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from importlib import import_module
from typing import Any

from . import carrier, names, outcome, sessions, transports
from .faults import quiet
from .names import Side
from .operation import Operation, begin
from .patch import replace
from .request import Request
from .size import members_of
from .state import Switch

_KEPT = "_vigie_mcp_operation"


def install(switch: Switch) -> None:
    """Puts the hooks in. Raises ``ImportError`` or ``AttributeError`` where the SDK is not as it is known to us."""
    session = import_module("mcp.shared.session")
    replace(session.RequestResponder, "__enter__", _entering, switch)
    replace(session.RequestResponder, "respond", _responding, switch)
    replace(session.RequestResponder, "__exit__", _leaving, switch)
    replace(session.BaseSession, "send_request", _sending, switch)
    replace(session.BaseSession, "__aenter__", _opening, switch)
    replace(session.BaseSession, "__aexit__", _closing, switch)
    transports.install(switch)


def _entering(original: Any, switch: Switch) -> Any:
    @wraps(original)
    def enter(self: Any) -> Any:
        entered = original(self)
        if switch.on:
            _begin(self)
        return entered

    return enter


@quiet(None)
def _begin(responder: Any) -> None:
    session = responder._session
    sessions.touched(id(session))
    asked = getattr(responder.request, "root", responder.request)
    data = asked.model_dump(by_alias=True, mode="json", exclude_none=True)
    params = data.get("params") or {}
    http = getattr(responder.message_metadata, "request_context", None)
    initialized = getattr(session, "client_params", None)
    request = Request(
        names.SERVER,
        data["method"],
        params,
        responder.request_id,
        http.headers.get("mcp-session-id") if http is not None else None,
        str(initialized.protocolVersion) if initialized is not None else None,
        names.TCP if http is not None else (names.PIPE if _side(session) == "server" else None),
    )
    setattr(responder, _KEPT, begin(request, params.get("_meta")))


def _responding(original: Any, _: Switch) -> Any:
    @wraps(original)
    async def respond(self: Any, response: Any) -> None:
        _answered(self, response)
        await original(self, response)

    return respond


@quiet(None)
def _answered(responder: Any, response: Any) -> None:
    operation: Operation | None = getattr(responder, _KEPT, None)
    if operation is None:
        return
    if type(response).__name__ == "ErrorData":
        operation.refused(outcome.of_code(response.code, response.message))
    else:
        operation.answered(response)


def _leaving(original: Any, _: Switch) -> Any:
    @wraps(original)
    def leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
        _left(self, error)
        return original(self, kind, error, traceback)

    return leave


@quiet(None)
def _left(responder: Any, error: BaseException | None) -> None:
    operation: Operation | None = getattr(responder, _KEPT, None)
    if operation is None:
        return
    if error is not None:
        operation.raised(error)
    else:
        # The SDK swallows a cancellation, and answers nothing then. After an answer this changes nothing.
        operation.refused(outcome.Outcome(names.CANCELLED))


def _sending(original: Any, switch: Switch) -> Any:
    @wraps(original)
    async def send_request(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        operation = _begin_sending(self, request) if switch.on else None
        if operation is None:
            return await original(self, request, *args, **kwargs)
        try:
            result = await original(self, _Carrying(request, operation), *args, **kwargs)
        except BaseException as error:
            operation.raised(error)
            raise
        operation.answered(result)
        return result

    return send_request


@quiet(None)
def _begin_sending(session: Any, request: Any) -> Operation | None:
    sessions.touched(id(session))
    asked = getattr(request, "root", request)
    params = members_of(getattr(asked, "params", None)) or {}
    way = transports.of(getattr(session, "_write_stream", None))
    request = Request(
        names.CLIENT,
        asked.method,
        params,
        session._request_id,
        session_id=way.session_id,
        transport=way.transport,
    )
    return begin(request)


class _Carrying:
    """A request as the session reads it, with a trace context among its parameters. The caller's own is left as it is."""

    def __init__(self, request: Any, operation: Operation) -> None:
        self._request = request
        self._operation = operation

    @property  # type: ignore[misc]  # passes for the request
    def __class__(self) -> Any:
        return type(self._request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    def model_dump(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = self._request.model_dump(*args, **kwargs)
        context = self._operation.context
        params = data.get("params")
        if context is not None and (params is None or isinstance(params, Mapping)):
            carried = carrier.with_context(params, context)
            if carried:
                data["params"] = carried
        return data


def _opening(original: Any, switch: Switch) -> Any:
    @wraps(original)
    async def enter(self: Any) -> Any:
        entered = await original(self)
        if switch.on and not _stateless(self):
            sessions.opened(_side(self), id(self))
        return entered

    return enter


def _closing(original: Any, _: Switch) -> Any:
    @wraps(original)
    async def leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
        try:
            return await original(self, kind, error, traceback)
        finally:
            failed = isinstance(error, Exception)
            sessions.closed(_side(self), id(self), type(error).__qualname__ if failed else None)

    return leave


def _side(session: Any) -> Side:
    return "client" if any(base.__name__ == "ClientSession" for base in type(session).__mro__) else "server"


@quiet(False)
def _stateless(session: Any) -> bool:
    """A stateless server's session lives for one request, and begins as if it had been initialized."""
    begun = getattr(session, "_initialization_state", None)
    return getattr(begun, "name", None) == "Initialized"
