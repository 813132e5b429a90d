"""A server over HTTP on a port of its own, which it prints. The span around each HTTP request is the program's."""

import signal
import socket
import sys
from pathlib import Path

import uvicorn
import vigie
import vigie_mcp

sys.path.insert(0, str(Path(__file__).parents[1]))

vigie.init(service="http-server", level="debug", outputs=[{"to": "file", "path": sys.argv[1]}])
vigie_mcp.instrument()

from servers import server  # noqa: E402  # made behind the hooks

inner = server().streamable_http_app(stateless_http="stateless" in sys.argv)


async def app(scope, receive, send):
    if scope["type"] != "http":
        await inner(scope, receive, send)
        return
    with vigie.span(f"{scope['method']} {scope['path']}", kind="server"):
        await inner(scope, receive, send)


# The HTTP server ends by raising the signal again that it got; what was recorded is written first.
signal.signal(signal.SIGTERM, lambda *_: None)
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
# Who reads the port may connect at once.
listener.listen()
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
vigie.shutdown()
