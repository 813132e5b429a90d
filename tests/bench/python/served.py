"""What Vigie's middleware costs: microseconds of processor time for a request, handed over as a server does.

``python tests/bench/python/served.py`` prints a table: an application of ASGI and one of WSGI that answer at once, bare, and behind the
middleware with all of it, without a span, without an event, and with neither. Lines go to a file, and the time of the thread that writes
it is a part. The least of some rounds counts.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import vigie
import vigie.asgi
import vigie.wsgi

REQUESTS = 5_000
ROUNDS = 5
HEADERS = {
    "host": "shop.example",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "en-US,en;q=0.5",
    "accept-encoding": "gzip, deflate, br",
    "connection": "keep-alive",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "x-request-id": "0f2b8b7d5c1e4a55a7f9",
}


async def asgi(_scope: Any, _receive: Any, send: Any) -> None:
    """Answers at once."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"ok"})


def wsgi(_environ: Any, start_response: Any) -> list[bytes]:
    """Answers at once."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def by_asgi(app: Any) -> float:
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    base = {"type": "http", "method": "GET", "path": "/cart/7", "raw_path": b"/cart/7", "scheme": "http"}
    whole = {
        **base,
        "http_version": "1.1",
        "headers": headers,
        "client": ("127.0.0.1", 4242),
        "server": ("::1", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(_message: Any) -> None:
        pass

    async def all_of_them() -> float:
        before = time.process_time()
        for _ in range(REQUESTS):
            await app({**whole}, receive, send)
        vigie.flush()
        return time.process_time() - before

    return asyncio.run(all_of_them())


def by_wsgi(app: Any) -> float:
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()}
    environ |= {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/cart/7",
        "RAW_URI": "/cart/7",
        "REMOTE_ADDR": "127.0.0.1",
    }
    environ |= {"SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "shop", "wsgi.url_scheme": "http"}
    before = time.process_time()
    for _ in range(REQUESTS):
        app({**environ}, lambda _status, _headers: None)
    vigie.flush()
    return time.process_time() - before


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "lines.jsonl")
        vigie.init(service="bench", outputs=[{"to": "file", "path": path, "signals": ["logs", "spans"]}])
        servers: list[tuple[str, Callable[[Any], float], Any, Any]] = [
            ("asgi", by_asgi, asgi, vigie.asgi.Middleware),
            ("wsgi", by_wsgi, wsgi, vigie.wsgi.Middleware),
        ]
        print("| | bare | whole | no span | no event | neither |")
        for name, serve, app, middleware in servers:
            apps = [
                app,
                middleware(app),
                middleware(app, span=False),
                middleware(app, event=False),
                middleware(app, span=False, event=False),
            ]
            least = [min(serve(one) for _ in range(ROUNDS)) for one in apps]
            print(f"| {name} us | {' | '.join(f'{seconds / REQUESTS * 1e6:.1f}' for seconds in least)} |")
        vigie.shutdown()


main()
