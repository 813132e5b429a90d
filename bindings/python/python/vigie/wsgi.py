"""The middleware for WSGI applications: Django, Flask and others."""

from __future__ import annotations

from . import _flask
from ._request import Request, length_of, method_words
from ._request_options import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any, TypeAlias

    Environ: TypeAlias = dict[str, Any]
    Headers: TypeAlias = list[tuple[str, str]]
    ExcInfo: TypeAlias = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None
    )
    StartResponse: TypeAlias = Callable[..., Callable[[bytes], object]]
    Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

__all__ = ["Middleware"]

# Where a middleware of this kind finds that another one stands around it.
_KEY = "vigie.request"


class Middleware:
    """Serves a WSGI application in the context of each request, with a server span and one wide event for each.

    What is read, put on the response, recorded and written is that of :class:`vigie.asgi.Middleware`. The event is written
    when the body has been read to its end or is closed, or when the application has returned where that is a
    list or a tuple. A body that is closed before its end counts as a client that went away. The body runs in the context of
    the request, too.

    :param app: the application.
    :param span: whether to open a span.
    :param event: whether to write the wide event.
    :param context: a function that gives further context attributes of a request (``user_id``, ``tenant_id`` and others) as
        a mapping, or None. It gets the WSGI environ, a ``dict``. What it raises costs these attributes alone.
    :param skip: paths of requests that get neither, such as ``"/health*"``; ``*`` stands for any text.
    :raises vigie.ConfigError: an option is not accepted.

    >>> import vigie.wsgi
    >>> def app(environ, start_response):
    ...     vigie.event(cart_items=3)
    ...     start_response("200 OK", [])
    ...     return [b"ok"]
    >>> served = vigie.wsgi.Middleware(app)
    >>> with vigie.testing.capture() as records:
    ...     body = served({"REQUEST_METHOD": "GET", "PATH_INFO": "/cart/7"}, lambda status, headers, error=None: None)
    >>> records.logs[0]["message"], records.logs[0]["outcome"], records.logs[0]["cart_items"]
    ('GET /cart/7 200', 'success', 3)
    """

    def __init__(
        self,
        app: Application,
        *,
        span: bool = True,
        event: bool = True,
        context: Callable[[Environ], Mapping[str, object] | None] | None = None,
        skip: Iterable[str] = (),
    ) -> None:
        self.app = app
        self._options = Options(span, event, context, skip)
        _flask.listen()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request. One that such a middleware stands around already passes through."""
        if _KEY in environ:
            return self.app(environ, start_response)
        try:
            request = environ[_KEY] = _begun(self._options, environ)
        except Exception as error:
            self._options.tell("a request was not recorded; more of that is not told", error)
            # An environ that is none: the application shall say what is wrong with it.
            return self.app(environ, start_response)
        try:
            with request:
                body = self.app(environ, _starting(request, environ, start_response))
        except BaseException as error:
            request.failed(error)
            raise
        if isinstance(body, (list, tuple)):
            # It stays as it is: servers take the length of the answer from it.
            _count(request, sum(map(_size, body)), environ)
            request.end()
            return body
        wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(wrapper, type) and isinstance(body, wrapper):
            return _file(body, request)
        return _Body(body, request, environ)


def _begun(options: Options, environ: Environ) -> Request:
    protocol = environ.get("SERVER_PROTOCOL", "")
    host: str = environ.get("HTTP_HOST", "")
    name, colon, port = host.rpartition(":")
    told = {
        **method_words(environ.get("REQUEST_METHOD", "GET")),
        "url.path": _path(environ),
        "url.scheme": environ.get("wsgi.url_scheme"),
        "server.address": (name if colon and port.isdigit() else host) or environ.get("SERVER_NAME"),
        "client.address": environ.get("REMOTE_ADDR") or None,
        "user_agent.original": environ.get("HTTP_USER_AGENT"),
        "network.protocol.version": protocol.partition("/")[2] or None,
    }
    ids = environ.get("HTTP_X_REQUEST_ID"), environ.get("HTTP_X_CORRELATION_ID")
    request = Request(options, environ, told, environ, *ids)
    request.request_bytes = length_of(environ.get("CONTENT_LENGTH"))
    return request


def _path(environ: Environ) -> str:
    """The path as it came where the server keeps that, or else quoted again."""
    came = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if came.startswith("/"):
        path: str = came.partition("?")[0]
        return path
    from urllib.parse import quote

    text = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return quote(text.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~")


def _starting(request: Request, environ: Environ, start_response: StartResponse) -> StartResponse:
    """``start_response`` of the server, as the request sees it."""

    def start(status: str, headers: Headers, exc_info: ExcInfo = None) -> Callable[[bytes], object]:
        try:
            request.status = int(status[:3])
            names = {name.lower() for name, _ in headers}
            ids = (("X-Request-ID", request.request_id), ("X-Correlation-ID", request.correlation_id))
            headers = headers + [(name, value) for name, value in ids if name.lower() not in names]
        except (AttributeError, TypeError, ValueError):
            # The server shall say what is wrong with them.
            pass
        if exc_info is not None:
            request.caught = exc_info[1]
        # A rule is forgotten when the application has returned.
        request.route = request.route or _route(environ)
        write = (
            start_response(status, headers) if exc_info is None else start_response(status, headers, exc_info)
        )

        def counted(data: bytes) -> object:
            request.response_bytes = (request.response_bytes or 0) + len(data)
            return write(data)

        return counted

    return start


def _count(request: Request, count: int, environ: Environ) -> None:
    if request.response_bytes is not None and environ.get("REQUEST_METHOD") != "HEAD":
        request.response_bytes += count


def _size(part: object) -> int:
    # What is no bytes the server refuses.
    return len(part) if isinstance(part, bytes) else 0


def _route(environ: Environ) -> str | None:
    """The template of the route, where Werkzeug has put its request into the environ, as under Flask."""
    rule = getattr(getattr(environ.get("werkzeug.request"), "url_rule", None), "rule", None)
    return rule if isinstance(rule, str) else None


def _file(body: Any, request: Request) -> Iterable[bytes]:
    """A file that the server sends itself, which it does for its own class only: its end is told by ``close``."""
    request.response_bytes = None
    close = getattr(body, "close", None)

    def closed() -> None:
        try:
            if close is not None:
                close()
        finally:
            request.end()

    try:
        body.close = closed
    except AttributeError:
        request.end()
    return body  # type: ignore[no-any-return]  # It is of the server's class.


class _Body:
    """The body of an answer, each step of which runs in the context of the request."""

    __slots__ = ("_body", "_environ", "_iterator", "_request")

    def __init__(self, body: Iterable[bytes], request: Request, environ: Environ) -> None:
        self._body = body
        self._request = request
        self._environ = environ
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        request = self._request
        try:
            with request:
                if self._iterator is None:
                    self._iterator = iter(self._body)
                chunk = next(self._iterator)
        except StopIteration:
            request.end()
            raise
        except BaseException as error:
            request.failed(error)
            raise
        _count(request, _size(chunk), self._environ)
        return chunk

    def close(self) -> None:
        """Called by the server at the end, whether the body was read to its end or not."""
        request = self._request
        close = getattr(self._body, "close", None)
        try:
            if close is not None:
                with request:
                    close()
        finally:
            # To a HEAD nothing is sent.
            request.is_gone = not request.is_over and self._environ.get("REQUEST_METHOD") != "HEAD"
            request.end()
