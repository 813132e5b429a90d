"""The middleware for ASGI 3 applications: FastAPI, Starlette, Django, Quart, Litestar and others."""

from __future__ import annotations

from ._request import Request, length_of, method_words
from ._request_options import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    Scope: TypeAlias = dict[str, Any]
    Message: TypeAlias = dict[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]
    Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["Middleware"]

# Where a middleware of this kind finds that another one stands around it.
_KEY = "vigie.request"
_WANTED = frozenset((b"content-length", b"host", b"user-agent", b"x-correlation-id", b"x-request-id"))


class Middleware:
    """Serves an ASGI application in the context of each request, with a server span and one wide event for each.

    The caller's context is continued (``vigie.extract``; the setting ``public_endpoint`` counts). ``request_id`` is taken
    from ``X-Request-ID`` (printable ASCII of at most 128 bytes), or made; ``correlation_id`` from ``X-Correlation-ID``, or it
    is the request's id. Both stand on every record that is made meanwhile, and on the response, unless the
    application set them itself.

    The span has the names and attributes of OpenTelemetry's semantic conventions for HTTP. There is none where
    another instrumentation has opened the request's. The wide event is a log record of the logger ``vigie.http``, written when the
    last part of the response is handed to the server: ``event`` is ``http.request``, ``outcome`` tells how it ended, and behind the attributes of the request stands
    what the application added by ``vigie.event``. It is ERROR for a status of 500 and above and for an
    exception, WARN where the client went away, INFO otherwise. A websocket has both at its end.

    Exceptions of the application go on unchanged; the middleware raises none.

    :param app: the application.
    :param span: whether to open a span.
    :param event: whether to write the wide event.
    :param context: a function that gives further context attributes of a request (``user_id``, ``tenant_id`` and others) as
        a mapping, or None. It gets the ASGI scope, a ``dict``. What it raises costs these attributes alone.
    :param skip: paths of requests that get neither, such as ``"/health*"``; ``*`` stands for any text.
    :raises vigie.ConfigError: an option is not accepted.

    >>> import asyncio, vigie.asgi
    >>> async def app(scope, receive, send):
    ...     vigie.event(cart_items=3)
    ...     await send({"type": "http.response.start", "status": 200, "headers": []})
    ...     await send({"type": "http.response.body", "body": b"ok"})
    >>> served = vigie.asgi.Middleware(app, skip=["/health*"])
    >>> scope = {"type": "http", "method": "GET", "path": "/cart/7", "headers": []}
    >>> async def receive():
    ...     return {"type": "http.request"}
    >>> async def send(message):
    ...     pass
    >>> with vigie.testing.capture() as records:
    ...     asyncio.run(served(scope, receive, send))
    >>> records.logs[0]["message"], records.logs[0]["outcome"], records.logs[0]["cart_items"]
    ('GET /cart/7 200', 'success', 3)
    """

    def __init__(
        self,
        app: Application,
        *,
        span: bool = True,
        event: bool = True,
        context: Callable[[Scope], Mapping[str, object] | None] | None = None,
        skip: Iterable[str] = (),
    ) -> None:
        self.app = app
        self._options = Options(span, event, context, skip)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. What is no request, and one that such a middleware stands around already, passes through."""
        if scope["type"] not in ("http", "websocket") or _KEY in scope:
            await self.app(scope, receive, send)
            return
        try:
            request, length = _begun(self._options, scope)
        except Exception as error:
            self._options.tell("a request was not recorded; more of that is not told", error)
            # A scope that is none: the application shall say what is wrong with it.
            await self.app(scope, receive, send)
            return
        # Routers write into this scope, and who stands around may read what they wrote.
        scope[_KEY] = request
        connection = _Connection(request, scope, length, receive, send)
        with request:
            try:
                await self.app(scope, connection.receive, connection.send)
            except BaseException as error:
                request.is_gone = connection.is_left
                request.route = _route(scope) or request.route
                request.failed(error)
                raise
            connection.returned()


def _begun(options: Options, scope: Scope) -> tuple[Request, int | None]:
    """The request of a scope, and the length of its body as its headers tell it."""
    headers = scope.get("headers") or ()
    found: dict[bytes, bytes | None] = {}
    for name, value in headers:
        if name in _WANTED:
            # Of an id that comes twice nobody knows which.
            found[name] = None if name in found else value
    client, path = scope.get("client"), scope.get("raw_path")
    told = {
        **method_words(scope.get("method", "GET")),
        "url.path": _quoted(scope["path"]) if path is None else path.decode("latin-1").partition("?")[0],
        "url.scheme": scope.get("scheme"),
        "server.address": _host(found.get(b"host"), scope.get("server")),
        "client.address": None if client is None else client[0] or None,
        "user_agent.original": _text(found.get(b"user-agent")),
        "network.protocol.version": scope.get("http_version"),
    }
    request = Request(
        options, scope, told, headers, found.get(b"x-request-id"), found.get(b"x-correlation-id")
    )
    return request, length_of(found.get(b"content-length"))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/:@!$&'()*+,;=~")


def _host(header: bytes | None, server: tuple[str, int | None] | None) -> str | None:
    """The name by which the client reached the server, without the port."""
    if header:
        host = header.decode("latin-1")
        name, colon, port = host.rpartition(":")
        return name if colon and port.isdigit() else host
    return None if server is None else server[0]


def _route(scope: Scope) -> str | None:
    """The template of the route that the application has chosen, where it is one of Starlette's, as FastAPI's are."""
    route = scope.get("route")
    if route is None:
        return None
    # A route of a router that FastAPI has included is the one that was written there; beside it stands how it is reached.
    fastapi = scope.get("fastapi")
    reached = fastapi.get("effective_route_context") if isinstance(fastapi, dict) else None
    is_included = getattr(reached, "original_route", None) is route
    path = getattr(reached if is_included else route, "path_format", None)
    if not isinstance(path, str):
        return None
    root: str = scope.get("root_path") or ""
    # What is mounted without routes of its own, as static files are.
    return root if not hasattr(route, "endpoint") else f"{root}{path}"


class _Connection:
    """The two ways between the server and the application, as the request sees them."""

    __slots__ = ("_is_answered", "_length", "_receive", "_request", "_scope", "_send", "is_left")

    def __init__(
        self, request: Request, scope: Scope, length: int | None, receive: Receive, send: Send
    ) -> None:
        self._request = request
        self._scope = scope
        self._receive = receive
        self._send = send
        self._length = length
        self._is_answered = False
        # Whether the client went away before the end, or left a websocket, which is an end like any other if the
        # application takes it for one.
        self.is_left = False
        request.request_bytes = length
        if scope["type"] == "websocket":
            request.response_bytes = None

    async def receive(self) -> Message:
        """From the client."""
        message = await self._receive()
        kind = message["type"]
        if kind == "http.request":
            self._received(len(message.get("body") or b""))
        elif kind == "websocket.disconnect":
            self.is_left = True
        elif kind == "http.disconnect" and not self._is_answered:
            self.is_left = self._request.is_gone = True
        return message

    def _received(self, count: int) -> None:
        request = self._request
        # What was declared counts where it was read or not; chunks are declared by nobody.
        if count and self._length is None:
            request.request_bytes = (request.request_bytes or 0) + count

    async def send(self, message: Message) -> None:
        """To the client."""
        kind, request = message["type"], self._request
        is_last = False
        if kind in ("http.response.start", "websocket.http.response.start"):
            request.status = message.get("status")
            message = self._with_ids(message)
        elif kind == "http.response.body":
            if request.response_bytes is not None and self._scope.get("method") != "HEAD":
                request.response_bytes += len(message.get("body") or b"")
            is_last = not message.get("more_body", False)
        elif kind in ("http.response.pathsend", "http.response.zerocopysend"):
            # The server reads the file.
            request.response_bytes = None
            is_last = not message.get("more_body", False)
        elif kind == "websocket.accept":
            request.status = 101
            message = self._with_ids(message)
        elif kind == "websocket.close" and request.status is None:
            request.status = 403
        if is_last:
            self._is_answered = True
            if not request.has_failed:
                # Before the client has its answer: whoever was answered has left a record, even if the process is killed
                # now. The exception that an answer of 500 is about mostly comes right behind it.
                self._end()
        try:
            await self._send(message)
        except OSError:
            # So servers tell that nobody is there any more (ASGI 2.4).
            self.is_left = request.is_gone = not self._is_answered
            raise

    def _with_ids(self, message: Message) -> Message:
        try:
            headers = [*(message.get("headers") or ())]
            names = {bytes(name).lower() for name, _ in headers}
        except (TypeError, ValueError):
            # The server shall say what is wrong with them.
            return message
        ids = (
            (b"x-request-id", self._request.request_id),
            (b"x-correlation-id", self._request.correlation_id),
        )
        headers += [(name, value.encode("latin-1")) for name, value in ids if name not in names]
        return {**message, "headers": headers}

    def returned(self) -> None:
        """The application has returned. Without an answer the server gives one of its own."""
        if self._request.status is None and not self._request.is_gone:
            self._request.status = 500
        self._end()

    def _end(self) -> None:
        self._request.route = _route(self._scope) or self._request.route
        self._request.end()
