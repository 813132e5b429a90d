"""Spans: parents, events, links, status, times, the decorator."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest
import vigie
from conftest import Records


def by_name(records: Records) -> dict[str, dict[str, Any]]:
    return {span["name"]: span for span in records.spans}


def test_nesting_and_ids(records: Records) -> None:
    with vigie.span("outer") as outer:
        with vigie.span("inner") as inner:
            vigie.get_logger("x").info("inside")
        assert vigie.current_context().span_id == outer.span_id
    assert vigie.current_context().span_id is None
    spans = by_name(records)
    assert spans["inner"]["trace_id"] == spans["outer"]["trace_id"] == outer.trace_id
    assert spans["inner"]["parent_span_id"] == spans["outer"]["span_id"] == outer.span_id
    assert "parent_span_id" not in spans["outer"]
    assert (records.last["trace_id"], records.last["span_id"]) == (inner.trace_id, inner.span_id)


def test_everything_a_span_takes(records: Records) -> None:
    other = vigie.start_span("other")
    with vigie.span("all", kind="server", links=[other, (other.context, {"why": "batch"})], first=1) as span:
        assert span.is_recording
        span.set_attribute("a.b", [1, {"c": 2}])
        span.set_attribute("a.b", 3)
        span.set_attributes({"x": 1, "y": "z"})
        span.add_event("plain")
        span.add_event("timed", timestamp=1_700_000_000_000_000_000, sku="A1")
        span.record_exception(ValueError("why"), n=1)
        span.add_link(other, late=True)
        span.set_status("error", "broke")
        span.update_name("renamed")
    assert not span.is_recording
    line = by_name(records)["renamed"]
    assert line["span_kind"] == "server"
    assert line["attributes"] == {"first": 1, "a.b": 3, "x": 1, "y": "z"}
    assert [event["name"] for event in line["events"]] == ["plain", "timed", "exception"]
    assert line["events"][1]["timestamp"] == "2023-11-14T22:13:20.000000Z"
    assert line["events"][2]["attributes"]["exception.type"] == "ValueError"
    assert line["events"][2]["attributes"]["n"] == 1
    assert [link.get("attributes", {}) for link in line["links"]] == [{}, {"why": "batch"}, {"late": True}]
    assert (line["status"], line["status_message"]) == ("error", "broke")
    other.end()


def test_explicit_times_and_parent(records: Records) -> None:
    parent = vigie.context_from({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    span = vigie.start_span("job", parent=parent, start_time=1_700_000_000_000_000_000, kind="Consumer")
    assert vigie.current_context().span_id is None, "start_span does not make current"
    span.end(end_time=1_700_000_001_500_000_000)
    span.end()
    (line,) = records.spans
    assert line["timestamp"] == "2023-11-14T22:13:20.000000Z"
    assert line["duration_ns"] == 1_500_000_000
    assert (line["trace_id"], line["parent_span_id"]) == (
        "0af7651916cd43dd8448eb211c80319c",
        "b7ad6b7169203331",
    )
    assert line["span_kind"] == "consumer"


def test_exceptions_set_the_status(records: Records) -> None:
    with pytest.raises(ValueError, match="why"), vigie.span("failing"):
        raise ValueError("why")
    line = by_name(records)["failing"]
    assert (line["status"], line["status_message"]) == ("error", "ValueError: why")
    assert line["events"][0]["attributes"]["exception.stacktrace"].startswith("Traceback")


@pytest.mark.parametrize("leaving", [GeneratorExit, KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_ways_of_leaving_are_no_failures(records: Records, leaving: type[BaseException]) -> None:
    with pytest.raises(leaving), vigie.span("left"):
        raise leaving
    assert by_name(records)["left"]["status"] == "unset"


def test_after_the_end_nothing_happens(records: Records) -> None:
    with vigie.span("done") as span:
        pass
    span.set_attribute("late", 1)
    span.add_event("late")
    span.set_status("error")
    span.end()
    (line,) = records.spans
    assert "attributes" not in line or line["attributes"] == {}


def test_a_span_that_is_dropped_open_is_counted(records: Records) -> None:
    before = vigie.stats()["leaked_spans"]
    vigie.start_span("leaked")
    assert vigie.stats()["leaked_spans"] == before + 1
    assert by_name(records)["leaked"]["attributes"] == {"vigie.leaked": True}


def test_entering_twice_and_leaving_out_of_order(records: Records) -> None:
    def misuse() -> None:
        first, second = vigie.span("first"), vigie.span("second")
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        second.__exit__(None, None, None)
        second.__exit__(None, None, None)

    contextvars.copy_context().run(misuse)
    assert {span["name"] for span in records.spans} == {"first", "second"}
    reset = vigie.context()
    with reset, reset:
        pass


def test_async_with(records: Records) -> None:
    async def main() -> None:
        async with vigie.span("async") as span, vigie.context(user_id="u"):
            await asyncio.sleep(0)
            assert vigie.current_context().span_id == span.span_id
            vigie.get_logger("x").info("hi")
        with pytest.raises(ValueError, match="x"):
            async with vigie.span("fails"):
                raise ValueError("x")

    asyncio.run(main())
    assert records.last["user_id"] == "u"
    assert by_name(records)["fails"]["status"] == "error"


@vigie.traced
def plain(a: int, b: int = 2) -> int:
    """Adds."""
    assert vigie.current_context().span_id
    return a + b


@vigie.traced("named", kind="client", team="a")
def named() -> str | None:
    return vigie.current_context().span_id


@vigie.traced()
async def coroutine(n: int) -> int:
    await asyncio.sleep(0)
    assert vigie.current_context().span_id
    return n


@vigie.traced
def generator(n: int) -> Generator[str | None, Any, str]:
    got = []
    for _ in range(n):
        got.append((yield vigie.current_context().span_id))
    return repr(got)


@vigie.traced
async def async_generator(n: int) -> AsyncGenerator[str | None, Any]:
    for _ in range(n):
        await asyncio.sleep(0)
        yield vigie.current_context().span_id


class Shop:
    @vigie.traced
    def method(self) -> str:
        return "m"

    @vigie.traced
    @staticmethod
    def static() -> str:
        return "s"

    @vigie.traced
    @classmethod
    def of_class(cls) -> str:
        return cls.__name__


def test_traced_functions(records: Records) -> None:
    assert (plain(1), plain(1, b=5), plain.__name__, plain.__doc__) == (3, 6, "plain", "Adds.")
    named()
    assert (Shop().method(), Shop.static(), Shop.of_class()) == ("m", "s", "Shop")
    assert asyncio.run(coroutine(5)) == 5
    spans = by_name(records)
    assert set(spans) == {"plain", "named", "Shop.method", "Shop.static", "Shop.of_class", "coroutine"}
    assert (spans["named"]["span_kind"], spans["named"]["attributes"]) == ("client", {"team": "a"})


def test_traced_generators(records: Records) -> None:
    steps = generator(2)
    assert records.spans == [], "nothing runs before the first step"
    first = next(steps)
    assert first is not None
    assert vigie.current_context().span_id is None, "not current between the steps"
    assert steps.send("sent") == first
    with pytest.raises(StopIteration) as stopped:
        steps.send("again")
    assert stopped.value.value == "['sent', 'again']"
    assert by_name(records)["generator"]["span_id"] == first


def test_traced_generators_closed_and_thrown_into(records: Records) -> None:
    closed = generator(2)
    next(closed)
    closed.close()
    assert records.spans[-1]["status"] == "unset"
    thrown = generator(2)
    next(thrown)
    with pytest.raises(ValueError, match="in"):
        thrown.throw(ValueError("in"))
    assert records.spans[-1]["status"] == "error"


def test_traced_async_generators(records: Records) -> None:
    async def main() -> None:
        seen = [step async for step in async_generator(3)]
        assert len(set(seen)) == 1
        assert seen[0] is not None
        steps = async_generator(3)
        await steps.__anext__()
        await steps.aclose()
        assert vigie.current_context().span_id is None

    asyncio.run(main())
    assert [span["name"] for span in records.spans] == ["async_generator", "async_generator"]


def test_traced_keeps_kinds() -> None:
    import inspect

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(async_generator)
    assert str(inspect.signature(plain)) == "(a: 'int', b: 'int' = 2) -> 'int'"


def test_duration_is_measured(records: Records) -> None:
    with vigie.span("slow"):
        time.sleep(0.01)
    assert 10_000_000 <= by_name(records)["slow"]["duration_ns"] < 5_000_000_000
