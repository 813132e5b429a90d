"""The server that the tests ask, and what they read of the records."""

from __future__ import annotations

from typing import Any

import anyio
import vigie
from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError


def server() -> MCPServer:
    """Made after ``instrument()`` where it is to be seen."""
    made = MCPServer("calculator")

    @made.tool()
    async def add(a: int, b: int) -> int:
        """Adds."""
        vigie.get_logger("tool").info("adding", a=a)
        await anyio.sleep(0.001 * (b % 5))
        return a + b

    @made.tool()
    def fails() -> str:
        """Fails."""
        raise ValueError("the database said no")

    @made.tool()
    def refuses() -> str:
        """Answers with an error of the protocol."""
        raise MCPError(-32042, "not like this")

    @made.tool()
    async def waits() -> str:
        """Waits to be cancelled."""
        await anyio.sleep(60)
        return "never"

    @made.prompt()
    def greet(name: str) -> str:
        """Greets."""
        return f"Hello {name}"

    @made.resource("memo://one")
    def memo() -> str:
        """A memo."""
        return "written"

    return made


def named(spans: list[dict[str, Any]], name: str, kind: str) -> list[dict[str, Any]]:
    """The spans of this name and kind."""
    return [span for span in spans if span["name"] == name and span["span_kind"] == kind]


def only(spans: list[dict[str, Any]], name: str, kind: str) -> dict[str, Any]:
    """The one span of this name and kind."""
    found = named(spans, name, kind)
    assert len(found) == 1, [(span["name"], span["span_kind"]) for span in spans]
    return found[0]
