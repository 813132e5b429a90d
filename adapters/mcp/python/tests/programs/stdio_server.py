"""A server on standard input and output that logs all it can: what it prints is the protocol's alone."""

import sys
from pathlib import Path

import vigie
import vigie_mcp

sys.path.insert(0, str(Path(__file__).parents[1]))

outputs = [{"to": "console", "signals": ["logs", "spans", "metrics"]}]
outputs += [{"to": "file", "path": path} for path in sys.argv[1:]]
vigie.init(service="stdio-server", level="trace", outputs=outputs)
vigie_mcp.instrument(capture="full")

from servers import server  # noqa: E402  # made behind the hooks

server().run("stdio")
vigie.shutdown()
