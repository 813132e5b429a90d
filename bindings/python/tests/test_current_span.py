"""The current span: which one code gets that was not given one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest
import vigie
from conftest import Records

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def use_all(span: vigie.Span) -> None:
    """Use everything that a span has."""
    span.set_attribute("a", 1)
    span.set_attributes({"b": 2})
    span.add_event("e", c=3)
    span.record_exception(ValueError("x"))
    span.set_status("error", "m")
    span.update_name("other")
    span.end()


def test_it_is_the_innermost_open_one_under_contexts_too(records: Records) -> None:
    with vigie.span("outer") as outer:
        with vigie.span("inner") as inner, vigie.context(user_id="u"):
            assert vigie.current_span() is inner
            assert inner.name == "inner"
            vigie.current_span().set_attribute("found", True)
        assert vigie.current_span() is outer
    assert [span.get("attributes") for span in records.spans] == [{"found": True}, None]


def test_one_that_was_started_is_current_only_inside_of_its_with() -> None:
    span = vigie.start_span("job")
    assert vigie.current_span() is not span
    with span:
        assert vigie.current_span() is span


def test_after_its_end_it_is_the_next_one_above() -> None:
    with vigie.span("outer") as outer, vigie.span("inner") as inner:
        inner.end()
        assert vigie.current_span() is outer
    assert not vigie.current_span().is_recording


def test_tasks_have_their_own_and_see_the_one_above() -> None:
    async def one(name: str) -> bool:
        async with vigie.span(name) as span:
            await asyncio.sleep(0)
            return vigie.current_span() is span

    async def seen() -> vigie.Span:
        return vigie.current_span()

    async def main() -> None:
        with vigie.span("outer") as outer:
            assert await asyncio.gather(*map(one, "abc")) == [True] * 3
            assert await asyncio.create_task(seen()) is outer

    asyncio.run(main())


def test_threads_have_it_where_the_context_was_carried() -> None:
    with ThreadPoolExecutor(1) as pool, vigie.span("job") as span:
        assert not pool.submit(vigie.current_span).result().is_recording
        assert pool.submit(vigie.wrap(vigie.current_span)).result() is span

        def deeper() -> vigie.Span:
            with vigie.context(user_id="u"):
                return vigie.current_span()

        assert pool.submit(vigie.wrap(deeper)).result() is span


@pytest.mark.parametrize("given", [lambda span: span.context, lambda _: vigie.current_context()])
def test_a_carried_context_has_its_span_until_that_ends_and_its_ids_after_it(
    given: Callable[[vigie.Span], vigie.Context],
) -> None:
    with vigie.span("job") as span:
        context = given(span)
    with vigie.span("open") as other:
        with other.context:
            assert vigie.current_span() is other
        with context:
            found = vigie.current_span()
            assert (found.is_recording, found.span_id) == (False, span.span_id)


def test_without_one_it_takes_everything_and_keeps_nothing(records: Records) -> None:
    none = vigie.current_span()
    assert (none.is_recording, none.trace_id, none.span_id) == (False, None, None)
    use_all(none)
    with vigie.extract({"traceparent": TRACEPARENT}):
        remote = vigie.current_span()
        assert (remote.is_recording, remote.span_id) == (False, "b7ad6b7169203331")
        with remote, vigie.span("child"):
            pass
        use_all(vigie.current_span())
    assert [(span["name"], span["parent_span_id"]) for span in records.spans] == [
        ("child", "b7ad6b7169203331")
    ]


def test_one_that_the_sampler_left_out_is_itself() -> None:
    with vigie.extract({"traceparent": TRACEPARENT[:-1] + "0"}), vigie.span("out") as span:
        assert vigie.current_span() is span
        assert not span.is_recording


@pytest.mark.parametrize("is_entered", [True, False])
def test_in_the_body_of_a_run_it_is_that_runs_which_ends_with_the_run(
    records: Records, is_entered: bool
) -> None:
    runs = vigie.Runs()
    following: ContextVar[object] = ContextVar("following", default=None)
    runs.follow(following)
    with vigie.span("outer") as outer:
        context = runs.start("r", "chat", enter=is_entered)
        following.set(None if is_entered else "r")
        found = vigie.current_span()
        assert (found.is_recording, found.name, found.span_id) == (True, "chat", context.span_id)
        use_all(found)
        assert (found.is_recording, found.name) == (True, "other")
        with vigie.span("inside") as inside:
            assert vigie.current_span() is inside
        runs.end("r")
        assert (found.is_recording, found.name) == (False, "")
        use_all(found)
        assert vigie.current_span() is outer
    runs.follow()
    run = next(span for span in records.spans if span["name"] == "other")
    assert (run["attributes"], len(run["events"]), run["status"]) == ({"a": 1, "b": 2}, 2, "error")


def test_where_a_run_has_no_span_it_takes_nothing() -> None:
    runs = vigie.Runs()
    runs.start("r", "prompt", hidden=True, enter=True)
    assert (vigie.current_span().is_recording, vigie.current_span().name) == (False, "")
    runs.end("r")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_the_one_of_its_parent() -> None:
    with vigie.span("job") as span:
        pid = os.fork()
        if pid == 0:
            os._exit(0 if vigie.current_span() is span else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
