"""The server at the far side of a documented program: it takes what is sent to it, and says what that was.

Not for what a server would make of it: `tests/interop` has real ones.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What a server answers that has taken everything, by the end of the path.
ANSWERS = {"_bulk": b'{"errors":false,"items":[]}'}


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """The address of such a server, and what it was sent."""
    received: list[str] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._take()

        def do_PUT(self) -> None:
            self._take()

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            kind = self.headers["Content-Type"]
            shown = "" if kind == "application/x-protobuf" else body.decode().rstrip("\n") + "\n"
            with lock:
                received.append(f"{self.command} {self.path} {kind}\n{shown}")
            answer = ANSWERS.get(self.path.rsplit("/", 1)[-1], b"")
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """The page says what there is to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        server.server_close()
