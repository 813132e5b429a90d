"""The transport that a client's messages go by, and its session's id: the SDK knows both where HTTP is spoken, and neither
where a request is sent, so that they are kept by the stream between the two.

Not for servers: the message that they answer says it.
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import Any, NamedTuple

from . import names
from .faults import quiet
from .patch import replace
from .state import Switch

# By the stream that a client writes to, which lives for as long as the function that reads its other end.
_transports: dict[int, Any] = {}


class Way(NamedTuple):
    """What is known of the way of a message."""

    session_id: str | None = None
    transport: str | None = None


@quiet(None)
def install(switch: Switch) -> None:
    """Puts the hook in, which every version of the SDK has the place for."""
    transport = import_module("mcp.client.streamable_http").StreamableHTTPTransport
    replace(transport, "post_writer", _posting, switch)


def _posting(original: Any, switch: Switch) -> Any:
    @wraps(original)
    async def post_writer(
        self: Any, client: Any, reader: Any, writer: Any, stream: Any, *args: Any, **kwargs: Any
    ) -> Any:
        if switch.on:
            _transports[id(stream)] = self
        try:
            return await original(self, client, reader, writer, stream, *args, **kwargs)
        finally:
            _transports.pop(id(stream), None)

    return post_writer


@quiet(Way())
def of(stream: Any) -> Way:
    """What is known of the messages that are written to a stream; nothing where it is not one of HTTP."""
    transport = _transports.get(id(stream))
    return Way() if transport is None else Way(getattr(transport, "session_id", None), names.TCP)
