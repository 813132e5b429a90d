"""Client and server in processes of their own: over standard input and output, over HTTP, and beside OpenTelemetry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
import vigie
import vigie.testing
from mcp.client.client import Client
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from servers import named, only
from test_books import value

Records = vigie.testing.Records
PROGRAMS = Path(__file__).parent / "programs"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def lines_of(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def spans_of(file: Path) -> list[dict]:
    return [line for line in lines_of(file) if line.get("kind") == "span"]


def test_standard_output_is_the_protocols(tmp_path: Path) -> None:
    messages = [
        {
            "id": 0,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "t", "version": "1"},
            },
        },
        {"method": "notifications/initialized"},
        {"id": 1, "method": "tools/list"},
        {"id": 2, "method": "tools/call", "params": {"name": "add", "arguments": {"a": 1, "b": 2}}},
        {"id": 3, "method": "tools/call", "params": {"name": "fails", "arguments": {}}},
        {"id": 4, "method": "tools/call", "params": {"name": "refuses", "arguments": {}}},
        {"id": 5, "method": "no/such/method"},
    ]
    with subprocess.Popen(
        [sys.executable, PROGRAMS / "stdio_server.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    ) as running:
        assert running.stdin is not None and running.stdout is not None and running.stderr is not None
        answers = []
        for message in messages:
            running.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            running.stdin.flush()
            if "id" in message:
                answers.append(json.loads(running.stdout.readline()))
        running.stdin.close()
        answers.extend(json.loads(line) for line in running.stdout)
        said = running.stderr.read()
    assert [answer["id"] for answer in answers] == [0, 1, 2, 3, 4, 5]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    # The same on standard error, so that it was there to be written: spans, the tool's own lines and ours.
    for text in ('"kind":"span"', '"kind":"metric"', "adding", "server: tools/call add was answered"):
        assert text in said, said


def test_one_trace_over_standard_input_and_output(records: Records, tmp_path: Path) -> None:
    file = tmp_path / "server.jsonl"
    program = StdioServerParameters(
        command=sys.executable, args=[str(PROGRAMS / "stdio_server.py"), str(file)], env=ENVIRONMENT
    )

    async def main() -> None:
        with open(os.devnull, "w") as nothing:
            async with Client(stdio_client(program, errlog=nothing)) as client:
                with vigie.span("agent"):
                    await client.call_tool("add", {"a": 1, "b": 2})

    anyio.run(main)
    asked = only(records.spans, "tools/call add", "client")
    answered = only(spans_of(file), "tools/call add", "server")
    assert answered["trace_id"] == asked["trace_id"] and answered["parent_span_id"] == asked["span_id"]
    assert answered["attributes"]["network.transport"] == "pipe"
    assert answered["attributes"]["gen_ai.tool.call.arguments"] == {"a": 1, "b": 2}
    inside = next(line for line in lines_of(file) if line.get("logger") == "tool")
    assert inside["span_id"] == answered["span_id"]


def serving(ask, file: Path, *words: str) -> None:
    """Runs ``ask(url)`` while a server runs, which has written all that it recorded when this returns."""
    command = [sys.executable, PROGRAMS / "http_server.py", file, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True) as running:
        assert running.stdout is not None
        try:
            anyio.run(ask, f"http://127.0.0.1:{int(running.stdout.readline())}/mcp")
        finally:
            running.terminate()


async def with_a_handshake(url: str) -> None:
    async with streamable_http_client(url) as streams, ClientSession(*streams[:2]) as session:
        await session.initialize()
        await session.call_tool("add", {"a": 1, "b": 2})


@pytest.mark.parametrize("words", [(), ("stateless",)])
def test_a_server_without_sessions_counts_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "server.jsonl"
    serving(with_a_handshake, file, *words)
    measured = {line["name"] for line in lines_of(file) if line.get("kind") == "metric"}
    assert "mcp.server.operation.duration" in measured
    assert ("mcp.server.session.duration" in measured) == (words == ())


@pytest.mark.parametrize("handshake", [True, False])
def test_over_http_the_request_is_linked_and_the_message_is_the_parent(
    records: Records, tmp_path: Path, handshake: bool
) -> None:
    file = tmp_path / "server.jsonl"

    async def ask(url: str) -> None:
        if handshake:
            await with_a_handshake(url)
        else:
            async with Client(url) as client:
                await client.call_tool("add", {"a": 1, "b": 2})

    serving(ask, file)
    asked = only(records.spans, "tools/call add", "client")
    spans = spans_of(file)
    answered = only(spans, "tools/call add", "server")
    assert answered["trace_id"] == asked["trace_id"] and answered["parent_span_id"] == asked["span_id"]
    around = {span["span_id"]: span for span in named(spans, "POST /mcp", "server")}
    assert [link["span_id"] in around for link in answered["links"]] == [True]
    attributes = answered["attributes"]
    assert (attributes["network.transport"], attributes["network.protocol.name"]) == ("tcp", "http")
    assert ("mcp.session.id" in attributes) == handshake, "only the older versions have sessions over HTTP"
    asking = asked["attributes"]
    for name in ("network.transport", "network.protocol.name", "mcp.session.id"):
        assert asking.get(name) == attributes.get(name), name


def test_beside_opentelemetry_there_is_no_second_span() -> None:
    printed = subprocess.run(
        [sys.executable, PROGRAMS / "with_opentelemetry.py"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert printed.returncode == 0, printed.stderr
    assert "ended span" not in printed.stderr
    seen = json.loads(printed.stdout)
    assert seen["ours"] == []
    theirs = {span["span_id"]: span for span in seen["theirs"]}
    calls = [span for span in theirs.values() if span["name"].endswith("tools/call add")]
    assert sorted(span["kind"] for span in calls) == ["CLIENT", "SERVER", "SERVER"]
    for span in calls:
        attributes = span["attributes"]
        # A client's span has ended before the answer is here.
        assert ("vigie.mcp.result.tokens" in attributes) == (span["kind"] == "SERVER")
        assert attributes["gen_ai.tool.name"] == "add"
        assert json.loads(attributes["gen_ai.tool.call.arguments"])["b"] == 2
    # What is logged inside, by the tool and by the adapter on both sides, belongs to the SDK's spans.
    assert [log["span_id"] in theirs for log in seen["logs"] if log["logger"] == "tool"] == [True, True]
    told = [log for log in seen["logs"] if log["message"].endswith("tools/call add was answered")]
    on_a_span = [log for log in told if theirs.get(log.get("span_id"), {}).get("name", "").endswith("add")]
    # In process the SDK makes no span of a client.
    assert len(told) == 4 and len(on_a_span) >= 3
    assert "mcp_server_operation_duration_count" in seen["metrics"]


def test_the_books_of_a_session_that_ends_are_closed(records: Records, tmp_path: Path) -> None:
    program = StdioServerParameters(
        command=sys.executable, args=[str(PROGRAMS / "stdio_server.py")], env=ENVIRONMENT
    )

    async def main() -> None:
        with open(os.devnull, "w") as nothing:
            async with stdio_client(program, errlog=nothing) as streams, ClientSession(*streams) as session:
                await session.initialize()
                assert value("vigie_mcp_sessions_open", vigie_mcp_side="client") == 1

    anyio.run(main)
    assert value("vigie_mcp_sessions_open", vigie_mcp_side="client") == 0
