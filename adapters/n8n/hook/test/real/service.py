"""A service on Vigie that an HTTP Request node calls: service.py FILE, prints its port."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import vigie


class Handler(BaseHTTPRequestHandler):
    """Answers each request inside of a span that continues its trace."""

    def do_GET(self) -> None:
        """Does a bit of work."""
        with vigie.extract(dict(self.headers)), vigie.span("GET /work", kind="server"):
            vigie.get_logger("service").info("worked")
        vigie.flush(timeout=1)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"worked": true}')

    def log_message(self, *_: object) -> None:
        """Writes no line of its own."""


def main() -> None:
    """Serves until it is ended."""
    vigie.init(service="service", outputs=[{"to": "file", "path": sys.argv[1], "delivery": "write_through"}])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
