"""A real HTTP server on loopback that answers as Qdrant's REST interface does, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple


class Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})


POINTS = [{"id": i, "version": 0, "score": 0.9 - i / 10, "payload": {"time": 77}} for i in range(3)]


def ok(result: Any, seconds: float = 0.0025) -> Answer:
    """As the server writes it: the result first, its own time last."""
    return Answer(
        200, json.dumps({"result": result, "status": "ok", "time": seconds}, separators=(",", ":")).encode()
    )


def failed(status: int, message: str, **headers: str) -> Answer:
    body = json.dumps({"status": {"error": message}, "time": 0.0001}).encode()
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def usual(request: Request) -> Answer:
    if request.path.split("?")[0].endswith("/points/query"):
        return ok({"points": POINTS})
    if request.path.split("?")[0].endswith("/points") and request.method == "PUT":
        return ok({"operation_id": 0, "status": "acknowledged"})
    if request.path.endswith("/points/count"):
        return ok({"count": 3})
    return ok(True)


class Server:
    """Answers what ``answer`` makes of each request; ``requests`` are all so far."""

    def __init__(self, answer: Callable[[Request], Answer] = usual) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                outer.requests.append(request)
                answer = outer.answer(request)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _any

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """A client that has gone away is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
