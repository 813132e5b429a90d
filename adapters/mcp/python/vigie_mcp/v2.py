"""The hooks of the SDK from version 2 on: a middleware on every server, and the two dispatchers that send requests.

Not for what is recorded: see ``operation`` and ``sessions``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from typing import Any

from . import carrier, names, otel, sessions, transports
from .faults import quiet
from .names import Side
from .operation import Operation, begin
from .patch import replace
from .request import Request
from .state import Switch, state

# The request that is being handled, by its session object: the middleware may be there twice.
_handled: ContextVar[object] = ContextVar("vigie_mcp_handled", default=None)
# The request that is being sent, for the function that writes its trace context.
_sent: ContextVar[Operation | None] = ContextVar("vigie_mcp_sent", default=None)


class VigieMiddleware:
    """Records what a server is asked. ``instrument()`` gives one to every server made after it; a server that was made
    before takes it as ``server.middleware.append(VigieMiddleware())``. Twice is once.
    """

    async def __call__(self, ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        session = getattr(ctx, "session", None)
        if not state.on or (session is not None and _handled.get() is session):
            return await call_next(ctx)
        operation = _begin(ctx)
        if operation is None:
            return await call_next(ctx)
        token = _handled.set(session)
        try:
            result = await call_next(ctx)
        except BaseException as error:
            operation.raised(error)
            raise
        finally:
            _handled.reset(token)
        operation.answered(result)
        return result


@quiet(None)
def _begin(ctx: Any) -> Operation | None:
    connection = getattr(ctx.session, "_connection", None)
    outbound = getattr(connection, "outbound", None)
    # In the protocol's newer versions a connection lives for one request, and the stream below it for the session.
    sessions.active(names.SERVER, id(getattr(outbound, "_outbound", outbound)))
    if ctx.request_id is None:
        return None
    http = ctx.request
    request = Request(
        names.SERVER,
        ctx.method,
        ctx.params or {},
        ctx.request_id,
        http.headers.get("mcp-session-id") if http is not None else None,
        ctx.protocol_version,
        _transport(ctx),
    )
    return begin(request, ctx.meta)


def _transport(ctx: Any) -> str | None:
    if ctx.request is not None:
        return names.TCP
    channel = getattr(getattr(ctx.session, "_request_outbound", None), "transport", None)
    return None if getattr(channel, "kind", None) == "direct" else names.PIPE


def install(switch: Switch) -> None:
    """Puts the hooks in. Raises ``ImportError`` or ``AttributeError`` where the SDK is not as it is known to us."""
    dispatcher = import_module("mcp.shared.jsonrpc_dispatcher")
    direct = import_module("mcp.shared.direct_dispatcher").DirectDispatcher
    replace(import_module("mcp.server.lowlevel.server").Server, "__init__", _with_middleware, switch)
    replace(dispatcher.JSONRPCDispatcher, "send_raw_request", _sending, switch)
    replace(direct, "send_raw_request", _sending_directly, switch)
    replace(dispatcher, "inject_trace_context", _injecting, switch)
    replace(dispatcher.JSONRPCDispatcher, "run", _running, switch)
    replace(direct, "run", _running, switch)
    transports.install(switch)


def _with_middleware(original: Any, switch: Switch) -> Any:
    @wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if switch.on:
            _append(self)

    return init


@quiet(None)
def _append(server: Any) -> None:
    server.middleware.append(VigieMiddleware())


def _sending(original: Any, switch: Switch) -> Any:
    @wraps(original)
    async def send_raw_request(
        self: Any, method: str, params: Any, opts: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        operation = _begin_sending(self, method, params, opts) if switch.on else None
        if operation is None:
            return await original(self, method, params, opts, *args, **kwargs)
        token = _sent.set(operation)
        try:
            result = await original(self, method, params, opts, *args, **kwargs)
        except BaseException as error:
            operation.raised(error)
            raise
        finally:
            _sent.reset(token)
        operation.answered(result)
        return result

    return send_raw_request


def _sending_directly(original: Any, switch: Switch) -> Any:
    @wraps(original)
    async def send_raw_request(self: Any, method: str, params: Any, opts: Any = None) -> Any:
        operation = _begin_sending(self, method, params, opts) if switch.on else None
        if operation is None:
            return await original(self, method, params, opts)
        carried = _carried(params, operation)
        try:
            result = await original(self, method, carried, opts)
        except BaseException as error:
            operation.raised(error)
            raise
        operation.answered(result)
        return result

    return send_raw_request


def _carried(params: Any, operation: Operation) -> Any:
    if operation.context is None:
        return params
    made = carrier.with_context(params, operation.context)
    return params if made is None else made


@quiet(None)
def _begin_sending(dispatcher: Any, method: str, params: Any, opts: Any) -> Operation | None:
    sessions.touched(id(dispatcher))
    given = params if isinstance(params, Mapping) else {}
    meta = given.get("_meta")
    version = meta.get(names.PROTOCOL_VERSION_META) if isinstance(meta, Mapping) else None
    way = transports.of(getattr(dispatcher, "_write_stream", None))
    request_id = (opts or {}).get("request_id")
    request = Request(names.CLIENT, method, given, request_id, way.session_id, version, way.transport)
    return begin(request, own_span=not otel.records())


def _injecting(original: Any, switch: Switch) -> Any:
    @wraps(original)
    def inject_trace_context(meta: Any) -> None:
        original(meta)
        if switch.on:
            _inject(meta)

    return inject_trace_context


@quiet(None)
def _inject(meta: Any) -> None:
    operation = _sent.get()
    if operation is None:
        return
    if operation.context is not None:
        carrier.write_into(meta, operation.context)
        return
    foreign = otel.current()
    if foreign is not None:
        operation.adopt(foreign)


def _running(original: Any, switch: Switch) -> Any:
    @wraps(original)
    async def run(self: Any, on_request: Any, *args: Any, **kwargs: Any) -> Any:
        side = _side(on_request) if switch.on else None
        if side is None:
            return await original(self, on_request, *args, **kwargs)
        sessions.opened(side, id(self))
        try:
            result = await original(self, on_request, *args, **kwargs)
        except Exception as error:
            sessions.closed(side, id(self), type(error).__qualname__)
            raise
        except BaseException:
            # A client ends its session by cancelling what reads it.
            sessions.closed(side, id(self))
            raise
        sessions.closed(side, id(self))
        return result

    return run


@quiet(None)
def _side(on_request: Any) -> Side | None:
    """Whose session it is that answers requests so; None for a stream that lives for one request of a stateless server."""
    owner = getattr(on_request, "__self__", None)
    if type(owner).__name__ == "ClientSession":
        return "client"
    connection = getattr(owner, "connection", None)
    if connection is not None and not connection.has_standalone_channel:
        return None
    return "server"
