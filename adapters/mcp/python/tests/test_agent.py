"""An agent's span that is open when a request is sent: one of Vigie's own, a framework's run, or as OpenTelemetry keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import anyio
import pytest
import vigie
import vigie.testing
from mcp.client.client import Client
from opentelemetry.sdk.trace import TracerProvider
from servers import named, only, server
from vigie_mcp import names
from vigie_mcp.operation import begin
from vigie_mcp.request import Request

Records = vigie.testing.Records
tracer = TracerProvider().get_tracer("agent")


def test_an_agents_span_of_the_same_tool_is_enriched_and_not_doubled(records: Records) -> None:
    said = {names.OPERATION: names.EXECUTE_TOOL, names.TOOL: "add"}
    with tracer.start_as_current_span("execute_tool add", attributes=said) as span:
        operation = begin(Request("client", "tools/call", {"name": "add"}))
        assert operation is not None and operation.context is not None
        assert operation.context.span_id == f"{span.get_span_context().span_id:016x}"
        operation.answered({"content": []})
    assert records.spans == []
    assert span.attributes[names.METHOD] == "tools/call"  # type: ignore[attr-defined, index]  # the SDK's span shows them
    assert span.attributes[names.RESULT_SIZE] == 14  # type: ignore[attr-defined, index]  # the SDK's span shows them
    assert records.logs[0]["span_id"] == f"{span.get_span_context().span_id:016x}"


def test_any_other_span_of_it_is_the_parent(records: Records) -> None:
    with tracer.start_as_current_span("step", attributes={names.TOOL: "subtract"}) as span:
        operation = begin(Request("client", "tools/call", {"name": "add"}))
        assert operation is not None
        operation.answered({"content": []})
    ours = records.spans[0]
    assert ours["parent_span_id"] == f"{span.get_span_context().span_id:016x}"
    assert ours["trace_id"] == f"{span.get_span_context().trace_id:032x}"


@contextmanager
def run_of_a_framework(name: str) -> Iterator[None]:
    """In the body of a run, as an adapter of an agent's framework tells of it."""
    runs = vigie.Runs()
    current: ContextVar[object] = ContextVar("current", default=None)
    runs.follow(current)
    runs.start("r", name)
    current.set("r")
    yield
    runs.end("r")
    runs.follow()


@pytest.mark.parametrize("agents", [vigie.span, run_of_a_framework])
def test_an_agents_own_span_of_the_same_tool_is_enriched_and_not_doubled(records: Records, agents) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            with agents("execute_tool add"):
                await client.call_tool("add", {"a": 1, "b": 2})

    anyio.run(main)
    executed = only(records.spans, "execute_tool add", "internal")
    assert named(records.spans, "tools/call add", "client") == []
    assert executed["attributes"][names.METHOD] == "tools/call"
    assert executed["attributes"][names.RESULT_SIZE] > 0
    answered = only(records.spans, "tools/call add", "server")
    assert (answered["parent_span_id"], answered["trace_id"]) == (executed["span_id"], executed["trace_id"])
    told = next(log for log in records.logs if log["message"].startswith("client: tools/call add"))
    assert told["span_id"] == executed["span_id"]


def test_how_the_agents_own_span_ends_the_agent_says(records: Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            with vigie.span("execute_tool fails") as span:
                await client.call_tool("fails", {})
                assert span.is_recording

    anyio.run(main)
    executed = only(records.spans, "execute_tool fails", "internal")
    assert (executed["status"], executed["attributes"][names.ERROR_TYPE]) == ("unset", names.TOOL_ERROR)


@pytest.mark.parametrize("name", ["execute_tool fails", "add", "invoke_agent add"])
def test_any_other_span_of_vigies_is_the_parent(records: Records, name: str) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            with vigie.span(name):
                await client.call_tool("add", {"a": 1, "b": 2})

    anyio.run(main)
    asked = only(records.spans, "tools/call add", "client")
    assert asked["parent_span_id"] == only(records.spans, name, "internal")["span_id"]
    assert "attributes" not in only(records.spans, name, "internal")
