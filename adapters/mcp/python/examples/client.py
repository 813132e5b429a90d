"""Starts server.py, asks it to add, and prints the answer. On standard error are its spans and what the tool logged: one trace."""

import sys
from pathlib import Path

import anyio
import vigie
import vigie_mcp
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

vigie.init(service="agent", outputs=[{"to": "console", "signals": ["logs", "spans"]}])
vigie_mcp.instrument()


async def main() -> None:
    server = StdioServerParameters(command=sys.executable, args=[str(Path(__file__).with_name("server.py"))])
    async with Client(stdio_client(server)) as client:
        with vigie.span("answer a question"):
            result = await client.call_tool("add", {"a": 1, "b": 2})
            print(result.content[0].text)


anyio.run(main)
vigie.shutdown()
