"""The tools of the tool server, as LangChain takes them.

It starts tools.py as a child of this process and speaks MCP with it over standard input and output; what a tool does is
the server's business.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal
from corpus import REPOSITORY
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import TextContent, Tool

PROGRAM = Path(__file__).with_name("tools.py")
CALL_DEADLINE_S = 10


@contextmanager
def tools(folder: Path) -> Iterator[list[BaseTool]]:
    """The server's tools; it ends with the block. Its lines go into `folder`."""
    program = StdioServerParameters(
        command=sys.executable, args=[str(PROGRAM), str(folder), str(REPOSITORY)], env=dict(os.environ)
    )
    # The SDK is asynchronous and the worker is not: the client lives in an event loop on a thread of its own. Whatever is
    # current where a tool is called is current there too, so a call's span finds its parent.
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(
            Client(stdio_client(program), read_timeout_seconds=CALL_DEADLINE_S)
        ) as client,
    ):
        yield [_of_langchain(portal, client, told) for told in portal.call(client.list_tools).tools]


def _of_langchain(portal: BlockingPortal, client: Client, told: Tool) -> BaseTool:
    def call(**arguments: object) -> str:
        result = portal.call(client.call_tool, told.name, arguments)
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        if result.is_error:
            raise ToolException(text)
        return text

    return StructuredTool.from_function(
        call, name=told.name, description=told.description or told.name, args_schema=told.input_schema
    )
