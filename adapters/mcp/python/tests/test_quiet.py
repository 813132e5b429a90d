"""Nothing of the adapter reaches the program: what is set up, what is taken back, and what fails in between."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import anyio
import pytest
import vigie
import vigie.testing
import vigie_mcp
from mcp.client.client import Client
from mcp.client.session import ClientSession
from servers import named, only, server
from test_books import value
from test_spans import over_streams

Records = vigie.testing.Records
dispatcher = import_module("mcp.shared.jsonrpc_dispatcher")
direct = import_module("mcp.shared.direct_dispatcher")
lowlevel = import_module("mcp.server.lowlevel.server")


def hooked() -> list[Any]:
    return [
        lowlevel.Server.__init__,
        dispatcher.JSONRPCDispatcher.send_raw_request,
        dispatcher.JSONRPCDispatcher.run,
        dispatcher.inject_trace_context,
        direct.DirectDispatcher.send_raw_request,
        direct.DirectDispatcher.run,
    ]


def test_the_originals_come_back_however_often_it_was_called() -> None:
    before = hooked()
    vigie_mcp.uninstrument()
    assert vigie_mcp.instrument() and vigie_mcp.instrument()
    ours = hooked()
    assert all(new is not old for new, old in zip(ours, before, strict=True))
    vigie_mcp.uninstrument()
    vigie_mcp.uninstrument()
    assert hooked() == before
    assert vigie_mcp.instrument()
    assert hooked() != before


def test_a_wrapper_that_came_after_ours_is_left_and_ours_does_nothing_in_it(records: Records) -> None:
    ours = dispatcher.JSONRPCDispatcher.run

    async def theirs(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await ours(self, *args, **kwargs)

    dispatcher.JSONRPCDispatcher.run = theirs
    try:
        vigie_mcp.uninstrument()
        assert dispatcher.JSONRPCDispatcher.run is theirs
        before = value("mcp_client_session_duration_count")

        async def work(session: ClientSession) -> None:
            await session.call_tool("add", {"a": 1, "b": 1})

        anyio.run(over_streams, work)
        assert records.spans == [] and value("mcp_client_session_duration_count") == before
        # A hook that is put in around theirs does not bring the old one to life again.
        vigie_mcp.instrument()
        anyio.run(over_streams, work)
        vigie_mcp.uninstrument()
        assert value("mcp_client_session_duration_count") == (before or 0) + 1
    finally:
        dispatcher.JSONRPCDispatcher.run = getattr(ours, "__wrapped__")  # noqa: B009


def test_a_middleware_that_is_there_twice_records_once(records: Records) -> None:
    made = server()
    made.middleware.append(vigie_mcp.VigieMiddleware())

    async def main() -> None:
        async with Client(made) as client:
            await client.call_tool("add", {"a": 1, "b": 1})

    anyio.run(main)
    only(records.spans, "tools/call add", "server")


def test_a_server_from_before_takes_the_middleware() -> None:
    made = server()
    vigie_mcp.instrument()
    made.middleware.append(vigie_mcp.VigieMiddleware())

    async def main() -> None:
        async with Client(made) as client:
            await client.call_tool("add", {"a": 1, "b": 1})

    with vigie.testing.capture() as records:
        anyio.run(main)
    only(records.spans, "tools/call add", "server")


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("ours")


@pytest.mark.parametrize(
    "place",
    [
        "vigie_mcp.request.Request.attributes",
        "vigie_mcp.operation.Operation._end",
        "vigie_mcp.operation.Operation._enter",
        "vigie_mcp.operation.otel.span_of",
        "vigie_mcp.carrier.vigie.inject",
        "vigie_mcp.carrier.vigie.context_from",
        "vigie_mcp.sessions._activity",
        "vigie_mcp.v2._transport",
        "vigie_mcp.operation._measure",
        "vigie_mcp.operation.vigie.start_span",
        "vigie_mcp.operation.size_of",
        "vigie_mcp.v2.VigieMiddleware.__init__",
    ],
)
@pytest.mark.parametrize("way", ["direct", "streams"])
def test_what_fails_in_the_adapter_is_counted_and_the_answer_is_the_same(
    records: Records, monkeypatch: pytest.MonkeyPatch, place: str, way: str
) -> None:
    monkeypatch.setattr(place, broken)
    before = value("vigie_mcp_adapter_faults_total") or 0

    async def work(session: Any) -> list[Any]:
        added = await session.call_tool("add", {"a": 1, "b": 2})
        failed = await session.call_tool("fails", {})
        return [added.content[0].text, added.is_error, failed.is_error]

    async def main() -> list[Any]:
        async with Client(server()) as client:
            return await work(client)

    answered = anyio.run(main) if way == "direct" else anyio.run(over_streams, work)
    assert answered == ["3", False, True]
    assert value("vigie_mcp_adapter_faults_total") > before
    assert vigie.current_context().span_id is None, "the context is left whatever fails"


def test_a_fault_is_told_once(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie_mcp.operation._measure", broken)
    monkeypatch.setattr("vigie_mcp.faults._told", set())

    async def main() -> None:
        async with Client(server()) as client:
            for _ in range(3):
                await client.call_tool("add", {"a": 1, "b": 2})

    anyio.run(main)
    told = [log for log in records.logs if log["message"].startswith("the MCP adapter failed")]
    assert len(told) == 1 and told[0]["error"]["type"] == "RuntimeError"


def test_an_sdk_that_is_not_as_known_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hooked()
    monkeypatch.delattr(direct.DirectDispatcher, "run")
    assert not vigie_mcp.instrument()
    monkeypatch.undo()
    assert hooked() == before


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"capture": "everything"}, "capture is 'everything', which is none of off, metadata, full"),
        ({"capture_bytes": 0}, "capture_bytes is 0, which is no whole number above 0"),
        ({"capture_bytes": True}, "capture_bytes is True"),
    ],
)
def test_a_choice_that_is_not_accepted_is_named(choices: dict[str, Any], told: str) -> None:
    before = hooked()
    with pytest.raises(ValueError, match=told):
        vigie_mcp.instrument(**choices)
    assert hooked() == before


@pytest.mark.parametrize("capture", ["off", "metadata", "full"])
def test_what_is_asked_is_recorded_only_where_it_is_chosen(capture: Any) -> None:
    vigie_mcp.instrument(capture=capture, capture_bytes=20)
    made = server()

    @made.tool()
    def keeps(note: str, password: str) -> str:
        """Keeps."""
        return note.upper()

    async def main() -> None:
        async with Client(made) as client:
            await client.call_tool("keeps", {"note": "n" * 40, "password": "p4ss"})

    with vigie.testing.capture() as records:
        anyio.run(main)
    vigie_mcp.instrument()
    everything = "".join(records.lines)
    assert "p4ss" not in everything
    assert ("nnnn" in everything) == (capture == "full") == ("NNNN" in everything)
    for span in named(records.spans, "tools/call keeps", "server"):
        attributes = span["attributes"]
        expected = None if capture == "off" else ["note", "password"]
        assert attributes.get("vigie.mcp.arguments.names") == expected
        if capture == "full":
            assert attributes["gen_ai.tool.call.arguments"]["note"] == "n" * 16 + "…"


def test_every_entry_from_the_sdk_is_quiet() -> None:
    """The functions that the SDK calls do nothing themselves but call the original and what is quiet."""
    from vigie_mcp import carrier, operation, otel, sessions, v1, v2

    guarded: list[Callable[..., Any]] = [
        operation.begin,
        operation.Operation.adopt,
        operation.Operation._leave,
        otel.records,
        otel.span_of,
        otel.current,
        carrier.context_in,
        carrier.write_into,
        sessions.opened,
        sessions.active,
        sessions.touched,
        sessions.closed,
        v2._begin,
        v2._append,
        v2._begin_sending,
        v2._inject,
        v2._side,
        v1._begin,
        v1._answered,
        v1._left,
        v1._begin_sending,
        v1._stateless,
    ]
    assert all(hasattr(function, "__wrapped__") for function in guarded)
