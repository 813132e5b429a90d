"""Measures what the adapter adds to a call of a tool in one process: ``python bench/overhead.py``.

The time is the thread's on the processor, and the least of the rounds counts: what else the machine does only adds.
"""

from __future__ import annotations

import os
import time

import anyio
import vigie
import vigie_mcp
from mcp.client.client import Client
from mcp.server.mcpserver import MCPServer

ROUNDS, CALLS = 15, 200
vigie.init(service="overhead", level="info", outputs=[{"to": "file", "path": os.devnull}])


async def round_of(instrumented: bool) -> float:
    if instrumented:
        vigie_mcp.instrument()
    server = MCPServer("overhead")

    @server.tool()
    async def add(a: int, b: int) -> int:
        """Adds."""
        return a + b

    async with Client(server) as client:
        await client.call_tool("add", {"a": 1, "b": 2})
        began = time.thread_time()
        for _ in range(CALLS):
            await client.call_tool("add", {"a": 1, "b": 2})
        took = time.thread_time() - began
    vigie_mcp.uninstrument()
    return took / CALLS * 1e6


without, with_it = [], []
for _ in range(ROUNDS):
    without.append(anyio.run(round_of, False))
    with_it.append(anyio.run(round_of, True))
print(
    f"without {min(without):.0f} us, with {min(with_it):.0f} us of processor time a call, of {ROUNDS} rounds each"
)
