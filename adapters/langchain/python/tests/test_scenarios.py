"""The sixteen scenarios: one trace each, right parents, right states, the caller's context as it was, nothing printed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import vigie
from scenarios import SCENARIOS, Place
from vigie.testing import Records

WORKFLOW = "invoke_workflow RunnableSequence"
CHAT = "chat fake-chat-1"
SIMPLE = {f"{CHAT} < {WORKFLOW}": 1, f"{WORKFLOW} < app": 1}

# What each makes: spans with their parents, and how often.
TREES: dict[str, dict[str, int]] = {
    "chain": SIMPLE,
    "tool": {"execute_tool add < app": 1},
    "retriever": {f"pick < {WORKFLOW}": 1, f"retrieval shelf < {WORKFLOW}": 1, f"{WORKFLOW} < app": 1},
    "stream": SIMPLE,
    "stream closed early": {f"{CHAT} < {WORKFLOW} (abandoned)": 1, f"{WORKFLOW} < app (abandoned)": 1},
    "batch with threads": {f"{CHAT} < {WORKFLOW}": 4, f"body < {WORKFLOW}": 4, f"{WORKFLOW} < app": 4},
    "async": SIMPLE,
    "gather": {f"{CHAT} < {WORKFLOW}": 3, f"{WORKFLOW} < app": 3},
    "cancel": {f"{CHAT} < {WORKFLOW} (cancelled)": 1, f"{WORKFLOW} < app (cancelled)": 1},
    "error": {f"{CHAT} < {WORKFLOW} (error)": 1, f"{WORKFLOW} < app (error)": 1},
    "retry": {
        f"{CHAT} < Chat (error)": 2,
        f"{CHAT} < Chat": 1,
        f"Chat < {WORKFLOW}": 1,
        f"{WORKFLOW} < app": 1,
    },
    "LangGraph agent": {
        f"{CHAT} < node model": 2,
        "node model < invoke_agent adder": 2,
        "execute_tool add < node tools": 1,
        "node tools < invoke_agent adder": 1,
        "invoke_agent adder < app": 1,
    },
    "nested graph": {
        f"{CHAT} < RunnableSequence": 1,
        "RunnableSequence < node work": 1,
        "node work < inner": 1,
        "inner < node work": 1,
        "node work < invoke_workflow outer": 1,
        "invoke_workflow outer < app": 1,
    },
    "interrupt and resume": {
        "node work < invoke_workflow asking (interrupted)": 1,
        "invoke_workflow asking < app (interrupted)": 1,
        "node work < invoke_workflow asking": 1,
        "invoke_workflow asking < app": 1,
    },
    "HTTP call in the model's body": {**SIMPLE, f"GET /chat < {CHAT}": 1},
    "two graphs at once": {
        f"{CHAT} < RunnableSequence": 2,
        "RunnableSequence < node work": 2,
        "node work < invoke_workflow graph": 2,
        "invoke_workflow graph < app": 2,
    },
}


def tree(spans: list[dict[str, Any]]) -> dict[str, int]:
    """Each span but the outermost with its parent and, unless all went well, how it ended."""
    names = {span["span_id"]: span["name"] for span in spans}
    seen: Counter[str] = Counter()
    for span in spans:
        if "parent_span_id" in span:
            state = span.get("attributes", {}).get("vigie.run.state")
            state = state or ("error" if span["status"] == "error" else None)
            seen[
                f"{span['name']} < {names.get(span['parent_span_id'])}" + (f" ({state})" if state else "")
            ] += 1
    return dict(seen)


def run(name: str) -> Place:
    place = Place(
        config={},
        http=lambda: vigie.span("GET /chat", kind="client"),
        current=lambda: vigie.current_context().span_id,
    )
    with vigie.span("app") as app:
        SCENARIOS[name](place)
        assert vigie.current_context().span_id == app.span_id, "the caller's context has changed"
        place.seen["app"] = app.span_id
    assert vigie.current_context().span_id is None
    return place


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str, records: Records, capfd: pytest.CaptureFixture[str]) -> None:
    place = run(name)
    assert tree(records.spans) == TREES[name]
    assert len({span["trace_id"] for span in records.spans}) == 1
    assert capfd.readouterr() == ("", "")
    # While a stream is read the caller is where it was, and each body is in a run of its own.
    assert place.seen.get("between", place.seen["app"]) == place.seen["app"]
    assert len(place.seen.get("bodies", "four")) == 4


def test_the_same_without_a_span_around_it(records: Records) -> None:
    SCENARIOS["chain"](Place({}, lambda: vigie.span("x"), lambda: None))
    names = {span["span_id"]: span["name"] for span in records.spans}
    assert sorted(names.values()) == [CHAT, WORKFLOW]
    assert [span["name"] for span in records.spans if "parent_span_id" not in span] == [WORKFLOW]
