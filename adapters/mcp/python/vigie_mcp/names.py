"""The names that are recorded: the same as ``adapters/mcp/names.json``, which a test compares.

Not for what is done with them.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

# Attributes: the semantic conventions for the Model Context Protocol, and our own below ``vigie.mcp``.
METHOD: Final = "mcp.method.name"
PROTOCOL_VERSION: Final = "mcp.protocol.version"
SESSION_ID: Final = "mcp.session.id"
RESOURCE_URI: Final = "mcp.resource.uri"
REQUEST_ID: Final = "jsonrpc.request.id"
OPERATION: Final = "gen_ai.operation.name"
TOOL: Final = "gen_ai.tool.name"
PROMPT: Final = "gen_ai.prompt.name"
ARGUMENTS: Final = "gen_ai.tool.call.arguments"
RESULT: Final = "gen_ai.tool.call.result"
STATUS_CODE: Final = "rpc.response.status_code"
ERROR_TYPE: Final = "error.type"
TRANSPORT: Final = "network.transport"
PROTOCOL: Final = "network.protocol.name"
SIDE: Final = "vigie.mcp.side"
ENTRY: Final = "vigie.mcp.entry"
RESULT_SIZE: Final = "vigie.mcp.result.size"
RESULT_TOKENS: Final = "vigie.mcp.result.tokens"
ARGUMENT_NAMES: Final = "vigie.mcp.arguments.names"
ARGUMENT_SIZE: Final = "vigie.mcp.arguments.size"

# Values.
CLIENT: Final = "client"
SERVER: Final = "server"
EXECUTE_TOOL: Final = "execute_tool"
TOOL_ERROR: Final = "tool_error"
CANCELLED: Final = "cancelled"
TIMEOUT: Final = "timeout"
OTHER: Final = "_OTHER"
PIPE: Final = "pipe"
TCP: Final = "tcp"
HTTP: Final = "http"
LOGGER: Final = "vigie.mcp"
PROTOCOL_VERSION_META: Final = "io.modelcontextprotocol/protocolVersion"

Side = Literal["client", "server"]

# Upper bounds of the histograms: seconds are those of the conventions.
SECONDS: Final[tuple[float, ...]] = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)
BYTES: Final[tuple[float, ...]] = (256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216)
TOKENS: Final[tuple[float, ...]] = (64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304)

# What a message carries of a trace, what a method may be as a label, and which codes may be one.
CARRIED: Final = ("traceparent", "tracestate", "baggage")
METHODS: Final = (
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "completion/complete",
    "logging/setLevel",
    "sampling/createMessage",
    "elicitation/create",
    "roots/list",
    "tasks/get",
    "tasks/result",
    "tasks/list",
    "tasks/cancel",
)
CODES: Final = (
    -32700,
    -32600,
    -32601,
    -32602,
    -32603,
    -32000,
    -32001,
    -32002,
    -32003,
    -32022,
    -32042,
    0,
    408,
)

# Limits.
NAMES_KEPT: Final = 256
BYTES_PER_TOKEN: Final = 4
CAPTURE_BYTES: Final = 4096


class Metric(NamedTuple):
    """An instrument as it is made."""

    name: str
    kind: Literal["counter", "up_down_counter", "gauge", "histogram"]
    unit: str
    description: str
    buckets: tuple[float, ...] | None = None


SERVER_OPERATION: Final = Metric(
    "mcp.server.operation.duration",
    "histogram",
    "s",
    "How long a request took, seen by the side that answered it",
    SECONDS,
)
CLIENT_OPERATION: Final = Metric(
    "mcp.client.operation.duration",
    "histogram",
    "s",
    "How long a request took, seen by the side that asked",
    SECONDS,
)
SERVER_SESSION: Final = Metric(
    "mcp.server.session.duration", "histogram", "s", "How long a session lasted, seen by the server", SECONDS
)
CLIENT_SESSION: Final = Metric(
    "mcp.client.session.duration", "histogram", "s", "How long a session lasted, seen by the client", SECONDS
)
SESSIONS_OPEN: Final = Metric(
    "vigie.mcp.sessions.open", "up_down_counter", "{session}", "Sessions that are open now"
)
LAST_ACTIVITY: Final = Metric(
    "vigie.mcp.session.last_activity",
    "gauge",
    "s",
    "When a message was last seen in any session, in seconds since 1970",
)
STALEST_ACTIVITY: Final = Metric(
    "vigie.mcp.session.stalest_activity",
    "gauge",
    "s",
    "When the open session that has been silent for longest had its last message, in seconds since 1970",
)
RESULT_BYTES: Final = Metric(
    "vigie.mcp.result.bytes", "histogram", "By", "Size of a result as JSON, without what escaping adds", BYTES
)
RESULT_TOKEN_COUNT: Final = Metric(
    "vigie.mcp.result.tokens",
    "histogram",
    "{token}",
    "Tokens of a result, estimated as a quarter of its bytes",
    TOKENS,
)
TOOL_CALLS: Final = Metric(
    "vigie.mcp.tool.calls", "counter", "{call}", "Calls of each listed tool; 0 for one that was never called"
)
TOOLS_LISTED: Final = Metric(
    "vigie.mcp.tools.listed", "gauge", "{tool}", "Tools that were listed since the start"
)
TOOLS_NEVER_CALLED: Final = Metric(
    "vigie.mcp.tools.never_called",
    "gauge",
    "{tool}",
    "Tools that were listed and never called since the start",
)
DEFINITION_TOKENS: Final = Metric(
    "vigie.mcp.tool.definition.tokens",
    "gauge",
    "{token}",
    "Tokens that the definition of a tool costs in every list, estimated",
)
FAULTS: Final = Metric(
    "vigie.mcp.adapter.faults",
    "counter",
    "{fault}",
    "Failures of the adapter itself, which the program did not notice",
)
