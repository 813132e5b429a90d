"""A server on standard input and output that logs all it can: what it prints is the protocol's alone."""

import sys
from pathlib import Path

import vigie
import vigie_mcp

sys.path.insert(0, str(Path(__file__).parents[1]))

settings = {"service": "stdio-server", "level": "trace"}
if len(sys.argv) > 1:
    # Beside the console, which is there by default.
    settings["outputs"] = [{"to": "console"}, {"to": "file", "path": sys.argv[1]}]
vigie.init(**settings)
vigie_mcp.instrument(capture="full")

from servers import server  # noqa: E402

server().run("stdio")
vigie.shutdown()
