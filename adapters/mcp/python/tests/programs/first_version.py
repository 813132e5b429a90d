"""A client and a server of the SDK's first version. Prints what was recorded, as JSON."""

import json

import anyio
import vigie
import vigie.testing
import vigie_mcp

vigie.init(service="first", level="debug", outputs=[{"to": "memory"}])
assert vigie_mcp.instrument()

from mcp.server.fastmcp import FastMCP  # noqa: E402  # loaded behind the hooks
from mcp.shared.exceptions import McpError  # noqa: E402  # loaded behind the hooks
from mcp.shared.memory import create_connected_server_and_client_session  # noqa: E402  # loaded behind the hooks
from mcp.shared.session import BaseSession, RequestResponder  # noqa: E402  # loaded behind the hooks

HOOKED = [(RequestResponder, "__enter__"), (RequestResponder, "respond"), (RequestResponder, "__exit__")]
HOOKED += [(BaseSession, "send_request"), (BaseSession, "__aenter__"), (BaseSession, "__aexit__")]
server = FastMCP("calculator")


@server.tool()
async def add(a: int, b: int) -> int:
    """Adds."""
    vigie.get_logger("tool").info("adding", a=a)
    await anyio.sleep(0.001 * (b % 5))
    return a + b


@server.tool()
def fails() -> str:
    """Fails."""
    raise ValueError("the database said no")


@server.tool()
async def waits() -> str:
    """Waits to be cancelled."""
    await anyio.sleep(60)
    return "never"


async def call(session, number: int) -> None:
    with vigie.span(f"caller {number}"):
        result = await session.call_tool("add", {"a": number, "b": number})
        assert result.content[0].text == str(number * 2)


async def main() -> dict[str, object]:
    inside = {}
    async with create_connected_server_and_client_session(server._mcp_server) as session:
        listed = await session.list_tools()
        assert [tool.name for tool in listed.tools] == ["add", "fails", "waits"]
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(call, session, number)
        assert (await session.call_tool("fails", {})).isError
        try:
            await session.get_prompt("no such prompt")
        except McpError as error:
            inside["code"] = error.error.code
        await session.send_ping()
        inside["metrics"] = vigie.metrics_text()
    return inside


with vigie.testing.capture() as records:
    inside = anyio.run(main)
ours = [vars(owner)[name] for owner, name in HOOKED]
vigie_mcp.uninstrument()
given_back = [vars(owner)[name] is hook.__wrapped__ for (owner, name), hook in zip(HOOKED, ours, strict=True)]
print(
    json.dumps(
        {
            "spans": records.spans,
            "logs": records.logs,
            "inside": inside,
            "after": vigie.metrics_text(),
            "given_back": given_back,
        }
    )
)
