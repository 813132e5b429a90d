"""A service on Vigie that an HTTP Request node calls: service.py FILE, prints its port."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import make_server

import vigie
import vigie.wsgi


def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Does a bit of work inside of a span of its own."""
    with vigie.span("work"):
        vigie.get_logger("service").info("worked")
    vigie.flush(timeout=1)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"worked": True}).encode()]


def main() -> None:
    """Serves until it is ended."""
    vigie.init(service="service", outputs=[{"to": "file", "path": sys.argv[1], "delivery": "write_through"}])
    with make_server("127.0.0.1", 0, vigie.wsgi.Middleware(app)) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


main()
