"""Runs: spans of a framework's callbacks, what is current in their bodies, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Iterator
from contextvars import ContextVar, copy_context
from types import SimpleNamespace
from typing import Any

import pytest
import vigie

# As frameworks have it: a config, in it a manager, in that the run.
CONFIG: ContextVar[Any] = ContextVar("framework", default=None)


@pytest.fixture
def runs() -> Iterator[vigie.Runs]:
    table = vigie.Runs()
    table.follow(CONFIG, "callbacks", "parent_run_id")
    yield table
    table.follow()


def in_body(run: object, body: Any) -> Any:
    """Runs ``body`` as a framework does that has started ``run``: in a copy of the context."""

    def within() -> Any:
        CONFIG.set({"callbacks": SimpleNamespace(parent_run_id=run)})
        return body()

    return copy_context().run(within)


def current() -> str | None:
    return vigie.current_context().span_id


def spans_by_name(records: vigie.testing.Records) -> dict[str, dict[str, Any]]:
    return {span["name"]: span for span in records.spans}


def test_run_ids_of_any_form_mean_the_same_run() -> None:
    runs = vigie.Runs()
    run = uuid.uuid4()
    with vigie.testing.capture() as records:
        runs.start(run, "run")
        for same in (run, run.int, str(run), run.hex):
            assert runs.context(same) is not None
        assert runs.context("other") is None
        runs.end(str(run))
    assert [span["name"] for span in records.spans] == ["run"]
    assert runs.stats()["open"] == 0


def test_what_is_no_run_id_is_no_run() -> None:
    runs = vigie.Runs()
    for bad in (None, 1.5, object(), -1, 1 << 128, [], b"x"):
        runs.start(bad, "run")  # type: ignore[arg-type]  # on purpose
        runs.chunk(bad)  # type: ignore[arg-type]  # on purpose
        assert runs.end(bad) is None  # type: ignore[arg-type]  # on purpose
        assert runs.context(bad) is None  # type: ignore[arg-type]  # on purpose
    assert runs.stats()["open"] == 0


@pytest.mark.parametrize("bound", ["open", "idle", "spans"])
def test_bounds_are_more_than_zero(bound: str) -> None:
    for value in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=f"{bound} must be more than 0"):
            vigie.Runs(**{bound: value})
    with pytest.raises(TypeError, match=f"{bound} must be a number, not str"):
        vigie.Runs(**{bound: "many"})  # type: ignore[arg-type]  # on purpose


def test_a_run_says_everything_it_was_told() -> None:
    runs = vigie.Runs()
    other = vigie.start_span("other")
    with vigie.testing.capture() as records:
        runs.start(
            1,
            "graph",
            kind="server",
            inherited={"conversation": "c-1"},
            logged={"run": "1"},
            links=[other],
            attributes={"a": [1, {"b": None}], "n": 1},
        )
        context = runs.start(2, "chat", parent_id=1, kind="client", logged={"run": "2"}, keep="kept")
        runs.set_attributes(2, {"late": True})
        runs.add_event(2, "retry", {"attempt": 2})
        runs.update_name(2, "chat model")
        with context:
            vigie.get_logger("l").info("inside")
        runs.chunk(2)
        runs.chunk(2)
        told = runs.end(2, attributes={"tokens": 7}, first_chunk_key="first")
        runs.end(1)
    spans = spans_by_name(records)
    graph, chat = spans["graph"], spans["chat model"]
    assert graph["span_kind"] == "server" and chat["span_kind"] == "client"
    assert chat["parent_span_id"] == graph["span_id"]
    assert graph["attributes"] == {"conversation": "c-1", "a": [1, {"b": None}], "n": 1}
    assert graph["links"][0]["span_id"] == other.span_id
    first = chat["attributes"].pop("first")
    assert chat["attributes"] == {"conversation": "c-1", "late": True, "tokens": 7}
    assert chat["events"][0]["name"] == "retry" and chat["events"][0]["attributes"] == {"attempt": 2}
    assert told is not None
    state, duration_s, chunks, first_s, interval_s, kept = told
    assert (state, chunks, first_s, kept) == ("ok", 2, first, "kept")
    assert 0 <= first <= duration_s and interval_s is not None
    log = records.logs[0]
    assert (log["span_id"], log["run"]) == (chat["span_id"], "2")
    assert runs.end(2) is None and runs.stats()["unmatched"] == 1


@pytest.mark.parametrize("state", ["error", "cancelled", "abandoned", "interrupted"])
def test_states(state: Any) -> None:
    runs = vigie.Runs()
    with vigie.testing.capture() as records:
        runs.start("r", "run")
        runs.end("r", state, error=ValueError("why"))
    (span,) = records.spans
    if state == "error":
        assert (span["status"], span["status_message"]) == ("error", "ValueError: why")
        assert span["events"][0]["attributes"]["exception.type"] == "ValueError"
    else:
        assert span["status"] == "unset" and "events" not in span
        assert span["attributes"] == {"vigie.run.state": state}


def test_the_frameworks_run_is_current_in_its_body_and_nowhere_else(runs: vigie.Runs) -> None:
    before = current()
    with vigie.testing.capture() as records:
        runs.start(1, "chain")

        def body() -> None:
            vigie.get_logger("l").info("inside")
            assert vigie.inject({})["traceparent"].split("-")[2] == current()
            with vigie.span("step"):
                pass

        assert current() == before
        in_body(1, body)
        assert current() == before
        runs.end(1)
        assert in_body(1, current) == before, "an ended run is nobody's place"
    spans = spans_by_name(records)
    assert records.logs[0]["span_id"] == spans["step"]["parent_span_id"] == spans["chain"]["span_id"]


def test_what_was_entered_in_the_body_is_nearer_than_the_run_and_what_was_entered_before_is_not(
    runs: vigie.Runs,
) -> None:
    with vigie.testing.capture() as records, vigie.span("request") as request:
        runs.start(1, "chain")
        assert current() == request.span_id

        def body() -> None:
            chain = runs.context(1)
            assert chain is not None and current() == chain.span_id
            with vigie.span("step") as step:
                assert current() == step.span_id
                with vigie.context(user_id="u"):
                    assert current() == step.span_id
                runs.start(2, "inner", parent_id=1)
                inner = runs.context(2)
                assert inner is not None and in_body(2, current) == inner.span_id
                runs.end(2)
            assert current() == chain.span_id

        in_body(1, body)
        runs.end(1)
    spans = spans_by_name(records)
    assert spans["chain"]["parent_span_id"] == request.span_id
    assert spans["step"]["parent_span_id"] == spans["chain"]["span_id"]
    assert spans["inner"]["parent_span_id"] == spans["step"]["span_id"]


def test_a_span_that_is_ended_and_left_current_in_a_body_gives_way_to_the_run(runs: vigie.Runs) -> None:
    runs.start(1, "chain")

    def body() -> None:
        chain = runs.context(1)
        assert chain is not None
        with vigie.span("outer") as outer:
            inner = vigie.span("inner").__enter__()
            inner.end()
            assert current() == outer.span_id
            outer.end()
            assert current() == chain.span_id

    in_body(1, body)
    runs.end(1)


def test_an_entered_body_is_current_until_its_first_chunk_or_its_end(runs: vigie.Runs) -> None:
    runs.start(1, "chain")

    def body() -> None:
        chain = runs.context(1)
        assert chain is not None
        for leave in (runs.chunk, runs.end):
            with vigie.span("step") as step:
                chat = runs.start(2, "chat", parent_id=1, enter=True)
                assert current() == chat.span_id
                leave(2)
                assert current() == step.span_id
                runs.end(2)
                assert current() == step.span_id
            assert current() == chain.span_id

    in_body(1, body)
    runs.end(1)


def test_an_entered_body_that_is_ended_elsewhere_counts_for_nothing(runs: vigie.Runs) -> None:
    with vigie.span("request") as request:
        for run in range(100):
            chat = runs.start(run, "chat", enter=True)
            assert current() == chat.span_id
            thread = threading.Thread(target=runs.end, args=(run,))
            thread.start()
            thread.join()
            assert current() == request.span_id
    assert current() is None


def test_tasks_have_bodies_of_their_own(runs: vigie.Runs) -> None:
    async def one(run: int) -> None:
        chat = runs.start(run, "chat", enter=True)
        await asyncio.sleep(0)
        assert current() == chat.span_id
        runs.end(run)
        await asyncio.sleep(0)
        assert current() is None

    async def all_of_them() -> None:
        await asyncio.gather(*(one(run) for run in range(20)))
        assert current() is None

    asyncio.run(all_of_them())
    assert runs.stats()["open"] == 0


def test_follow_takes_a_context_variable_and_names_only() -> None:
    runs = vigie.Runs()
    with pytest.raises(TypeError, match="variable must be a ContextVar, not dict"):
        runs.follow({})  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError, match="a step must be a str, not int"):
        runs.follow(CONFIG, 1)  # type: ignore[arg-type]  # on purpose


def test_a_table_that_is_not_followed_does_not_end_another_ones_following(runs: vigie.Runs) -> None:
    vigie.Runs().follow()
    runs.start(1, "chain")
    chain = runs.context(1)
    assert chain is not None and in_body(1, current) == chain.span_id
    runs.end(1)


@pytest.mark.parametrize("config", [{}, {"callbacks": None}, {"callbacks": []}, [], 5, {"callbacks": {}}])
def test_a_config_of_another_shape_names_no_run(runs: vigie.Runs, config: object) -> None:
    def within() -> None:
        CONFIG.set(config)
        assert current() is None

    copy_context().run(within)
