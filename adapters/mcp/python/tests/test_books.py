"""Metrics: durations, sessions, sizes, and which tools are never called."""

from __future__ import annotations

import re
import time

import anyio
import vigie
import vigie.testing
from mcp.client.client import Client
from mcp.client.session import ClientSession
from servers import server
from test_spans import over_streams
from vigie_mcp import names

Records = vigie.testing.Records


def value(name: str, **labels: str) -> float | None:
    """The sum of the samples of this name whose labels include these; None where there is none."""
    total = None
    for line in vigie.metrics_text().splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name:
            given = dict(re.findall(r'(\w+)="([^"]*)"', found[2] or ""))
            if labels.items() <= given.items():
                total = (total or 0) + float(found[3])
    return total


def test_tools_that_nobody_calls_are_seen(records: Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            await client.list_tools()
            await client.call_tool("add", {"a": 1, "b": 1})

    anyio.run(main)
    for side in ("client", "server"):
        assert value("vigie_mcp_tools_listed", vigie_mcp_side=side) == 4
        assert value("vigie_mcp_tools_never_called", vigie_mcp_side=side) == 3
        assert value("vigie_mcp_tool_calls_total", vigie_mcp_side=side, gen_ai_tool_name="waits") == 0
        assert value("vigie_mcp_tool_definition_tokens", vigie_mcp_side=side, gen_ai_tool_name="add") > 10


def test_a_name_that_no_list_has_is_no_label(records: Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            for number in range(20):
                await client.call_tool(f"made up {number}", {})

    anyio.run(main)
    assert "made up" not in vigie.metrics_text()
    assert value("vigie_mcp_tool_calls_total", gen_ai_tool_name="_OTHER") >= 20


def test_names_and_methods_are_bounded(records: Records) -> None:
    from vigie_mcp.listed import Listed
    from vigie_mcp.outcome import of_code
    from vigie_mcp.request import Request

    side = Listed("client")
    side.tools({"name": f"t{number}"} for number in range(names.NAMES_KEPT + 50))
    assert side.called(f"t{names.NAMES_KEPT - 1}", True) == f"t{names.NAMES_KEPT - 1}"
    assert side.called(f"t{names.NAMES_KEPT}", True) == names.OTHER
    assert Request("server", "no/such", {}).method_label == names.OTHER
    for code, label in ((12345, names.OTHER), (-32602, "-32602")):
        assert set(of_code(code, None).labels().values()) == {label}


def test_durations_and_sizes_are_measured_on_both_sides(records: Records) -> None:
    def counts() -> list[float]:
        labels = {"gen_ai_tool_name": "add", "mcp_method_name": "tools/call"}
        series = [
            value("mcp_client_operation_duration_count", **labels),
            value("mcp_server_operation_duration_count", **labels),
            value("vigie_mcp_result_bytes_count", vigie_mcp_side="client", **labels),
            value("vigie_mcp_result_tokens_count", vigie_mcp_side="server", **labels),
        ]
        return [count or 0 for count in series]

    async def main() -> None:
        async with Client(server()) as client:
            await client.call_tool("add", {"a": 1, "b": 1})

    before = counts()
    anyio.run(main)
    assert [now - then for now, then in zip(counts(), before, strict=True)] == [1, 1, 1, 1]


def test_sessions_open_and_close_and_say_when_they_were_active(records: Records) -> None:
    inside: dict[str, float | None] = {}

    async def work(session: ClientSession) -> None:
        for side in ("client", "server"):
            inside[side] = value("vigie_mcp_sessions_open", vigie_mcp_side=side)
        stalest = value("vigie_mcp_session_stalest_activity", vigie_mcp_side="server")
        await anyio.sleep(0.02)
        await session.send_ping()
        assert value("vigie_mcp_session_stalest_activity", vigie_mcp_side="server") > stalest + 0.01

    anyio.run(over_streams, work)
    for side in ("client", "server"):
        assert inside[side] == 1
        assert value("vigie_mcp_sessions_open", vigie_mcp_side=side) == 0
        assert value(f"mcp_{side}_session_duration_count") >= 1


def test_the_stalest_session_is_the_one_that_was_silent_for_longest(records: Records) -> None:
    from vigie_mcp import sessions

    def stalest() -> float | None:
        return value("vigie_mcp_session_stalest_activity", vigie_mcp_side="server")

    sessions.opened("server", 1)
    time.sleep(0.01)
    sessions.opened("server", 2)
    second = sessions._open["server"][2].active
    assert stalest() < second
    sessions.active("server", 1)
    assert stalest() == second
    sessions.closed("server", 2)
    assert stalest() > second
    sessions.closed("server", 1)
