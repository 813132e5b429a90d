"""A server over HTTP on a port of its own, which it prints. The span around each HTTP request is the program's."""

import socket
import sys
from pathlib import Path

import uvicorn
import vigie
import vigie_mcp

sys.path.insert(0, str(Path(__file__).parents[1]))

vigie.init(service="http-server", level="debug", outputs=[{"to": "file", "path": sys.argv[1]}])
vigie_mcp.instrument()

from servers import server  # noqa: E402

inner = server().streamable_http_app()


async def app(scope, receive, send):
    if scope["type"] != "http":
        await inner(scope, receive, send)
        return
    with vigie.span(f"{scope['method']} {scope['path']}", kind="server"):
        await inner(scope, receive, send)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
# Who reads the port may connect at once.
listener.listen()
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
vigie.shutdown()
