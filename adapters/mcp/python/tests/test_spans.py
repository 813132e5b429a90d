"""Spans of both sides on the real SDK in one process: without a wire, and over streams in memory."""

from __future__ import annotations

import anyio
import pytest
import vigie
import vigie.testing
import vigie_mcp
from mcp.client.client import Client
from mcp.client.session import ClientSession
from mcp.shared.exceptions import MCPError
from mcp.shared.memory import create_client_server_memory_streams
from servers import named, only, server

Records = vigie.testing.Records


async def over_streams(work):
    """Runs ``work(session)`` against a server of the protocol's older versions, which begin with a handshake."""
    lowlevel = server()._lowlevel_server
    async with create_client_server_memory_streams() as (near, far), anyio.create_task_group() as group:
        group.start_soon(lowlevel.run, *far, lowlevel.create_initialization_options())
        async with ClientSession(*near) as session:
            await session.initialize()
            result = await work(session)
        group.cancel_scope.cancel()
        return result


def test_one_trace_from_the_caller_to_the_tool(records: Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            with vigie.span("agent"):
                await client.call_tool("add", {"a": 1, "b": 2})

    anyio.run(main)
    agent = only(records.spans, "agent", "internal")
    asked = only(records.spans, "tools/call add", "client")
    answered = only(records.spans, "tools/call add", "server")
    assert asked["parent_span_id"] == agent["span_id"] and answered["parent_span_id"] == asked["span_id"]
    assert agent["trace_id"] == asked["trace_id"] == answered["trace_id"]
    assert "links" not in answered, "the parent is no link too"
    inside = next(log for log in records.logs if log["logger"] == "tool")
    assert (inside["trace_id"], inside["span_id"]) == (answered["trace_id"], answered["span_id"])


def test_the_same_over_streams_where_the_sdk_writes_the_context_itself(records: Records) -> None:
    async def work(session: ClientSession) -> None:
        with vigie.span("agent"):
            await session.call_tool("add", {"a": 1, "b": 2})

    anyio.run(over_streams, work)
    asked = only(records.spans, "tools/call add", "client")
    answered = only(records.spans, "tools/call add", "server")
    assert answered["parent_span_id"] == asked["span_id"]
    assert asked["parent_span_id"] == only(records.spans, "agent", "internal")["span_id"]
    assert len(named(records.spans, "initialize", "server")) == 1


def test_attributes_are_those_of_the_conventions(records: Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            await client.call_tool("add", {"a": 1, "b": 2})
            await client.get_prompt("greet", {"name": "Ada"})
            await client.read_resource("memo://one")

    anyio.run(main)
    tool = only(records.spans, "tools/call add", "server")["attributes"]
    size = tool.pop("vigie.mcp.result.size")
    assert tool.pop("vigie.mcp.result.tokens") == -(-size // 4)
    assert tool.pop("jsonrpc.request.id").isdigit()
    assert tool == {
        "mcp.method.name": "tools/call",
        "mcp.protocol.version": "2026-07-28",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "add",
    }
    assert only(records.spans, "prompts/get greet", "client")["attributes"]["gen_ai.prompt.name"] == "greet"
    assert only(records.spans, "resources/read", "server")["attributes"]["mcp.resource.uri"] == "memo://one"


def test_a_tools_own_failure_is_a_tool_error_on_both_sides(records: Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            result = await client.call_tool("fails", {})
            assert result.is_error

    anyio.run(main)
    for kind in ("client", "server"):
        span = only(records.spans, "tools/call fails", kind)
        assert span["status"] == "error" and span["attributes"]["error.type"] == "tool_error"
    # What a tool answers is not recorded unasked, its failure neither.
    assert "database" not in "".join(records.lines)


def test_an_error_of_the_protocol_reaches_the_caller_and_the_spans(records: Records) -> None:
    async def work(session: ClientSession) -> None:
        with pytest.raises(MCPError, match="not like this"):
            await session.call_tool("refuses", {})

    anyio.run(over_streams, work)
    for kind in ("client", "server"):
        span = only(records.spans, "tools/call refuses", kind)
        assert span["status"] == "error"
        assert span["attributes"]["error.type"] == span["attributes"]["rpc.response.status_code"] == "-32042"
    assert [log["level"] for log in records.logs if "refuses" in log["message"]] == ["WARN", "WARN"]


def test_a_cancelled_call_ends_its_spans_without_an_error(records: Records) -> None:
    async def work(session: ClientSession) -> None:
        with anyio.move_on_after(0.1) as scope:
            await session.call_tool("waits", {})
        assert scope.cancelled_caught
        # The server hears of it in a message of its own.
        await session.send_ping()

    anyio.run(over_streams, work)
    for kind in ("client", "server"):
        span = only(records.spans, "tools/call waits", kind)
        assert span["status"] == "unset" and span["attributes"]["error.type"] == "cancelled"


@pytest.mark.parametrize("direct", [True, False])
def test_fifty_calls_at_once_keep_their_own_parents(records: Records, direct: bool) -> None:
    async def call(client, number: int) -> None:
        with vigie.span(f"caller {number}"):
            await client.call_tool("add", {"a": number, "b": number})

    async def all_of(client) -> None:
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(call, client, number)

    async def main() -> None:
        async with Client(server()) as client:
            await all_of(client)

    anyio.run(main) if direct else anyio.run(over_streams, all_of)
    spans = {span["span_id"]: span for span in records.spans}
    logs = [log for log in records.logs if log["logger"] == "tool"]
    assert len(logs) == 50
    for log in logs:
        answered = spans[log["span_id"]]
        asked = spans[answered["parent_span_id"]]
        caller = spans[asked["parent_span_id"]]
        assert (answered["span_kind"], asked["span_kind"]) == ("server", "client")
        assert caller["name"] == f"caller {log['a']}"


def test_the_context_of_the_caller_is_the_same_afterwards(records: Records) -> None:
    async def main() -> None:
        with vigie.span("agent") as agent:
            async with Client(server()) as client:
                for name in ("add", "fails", "nothing of this name"):
                    await client.call_tool(name, {"a": 1, "b": 1})
                    assert vigie.current_context().span_id == agent.span_id

    anyio.run(main)


def test_a_server_that_asks_another_hands_on_its_own_span(records: Records) -> None:
    """OpenTelemetry's API, without anything that records, hands on the caller's span instead: ours would lose a child."""
    inner = server()

    async def relay(a: int) -> str:
        """Asks the inner server over streams."""

        async def work(session: ClientSession) -> None:
            await session.call_tool("add", {"a": a, "b": 0})

        await over_streams(work)
        return "done"

    outer = server()
    outer.tool()(relay)
    assert inner is not outer

    async def main() -> None:
        async with Client(outer) as client:
            await client.call_tool("relay", {"a": 7})

    anyio.run(main)
    asked = only(records.spans, "tools/call add", "client")
    assert asked["parent_span_id"] == only(records.spans, "tools/call relay", "server")["span_id"]
    assert only(records.spans, "tools/call add", "server")["parent_span_id"] == asked["span_id"]


@pytest.mark.parametrize("flags", ["00", "01", "03"])
def test_a_parent_is_taken_whatever_its_flags(records: Records, flags: str) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    meta = {"traceparent": f"00-{trace}-{parent}-{flags}", "tracestate": "a=1", "baggage": "tenant=acme"}
    seen: list[vigie.Context] = []
    made = server()

    @made.tool()
    def looks() -> str:
        """Looks."""
        seen.append(vigie.current_context())
        return ""

    async def main() -> None:
        vigie_mcp.uninstrument()
        async with Client(made) as client:
            made._lowlevel_server.middleware.append(vigie_mcp.VigieMiddleware())
            vigie_mcp.v2.state.turn_on()
            await client.call_tool("looks", {}, meta=meta)

    anyio.run(main)
    assert seen[0].trace_id == trace and seen[0].baggage == {"tenant": "acme"}
    assert seen[0].sampled == (flags != "00")
    if flags != "00":
        assert only(records.spans, "tools/call looks", "server")["parent_span_id"] == parent
