"""What the adapters make of a question to examples/rag: which spans, below which, and what they say."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from languages import REPOSITORY
from rag import EXAMPLE, QUESTION, SERVICES, records, run_example, step_of, vigie

Told = tuple[str, str, str]
# What a question leaves: service, kind and name of each span and of the one above it.
ASK = ("rag-web", "server", "POST /ask")
ASK_WORKER = ("rag-web", "client", "POST /answer")
ANSWER = ("rag-worker", "server", "POST /answer")
WORKFLOW = ("rag-worker", "internal", "invoke_workflow rag")
RETRIEVE = ("rag-worker", "internal", "node retrieve")
RETRIEVAL = ("rag-worker", "client", "retrieval markdown")
QUERY = ("rag-worker", "client", "query_points markdown")
MODEL_NODE = ("rag-worker", "internal", "node answer")
CHAT = ("rag-worker", "client", "chat extractive-fake")
TOOL_NODE = ("rag-worker", "internal", "node tools")
TOOL = ("rag-worker", "internal", "execute_tool cite")
SERVED = ("rag-tools", "server", "tools/call cite")
RUN_STEP = ("rag-worker", "client", "run step")
SCORE = ("rag-step", "internal", "score answer")
ABOVE = [
    (ASK, None),
    (ASK_WORKER, ASK),
    (ANSWER, ASK_WORKER),
    (WORKFLOW, ANSWER),
    (RETRIEVE, WORKFLOW),
    (RETRIEVAL, RETRIEVE),
    (QUERY, RETRIEVAL),
    # Before the tool was called and after.
    (MODEL_NODE, WORKFLOW),
    (CHAT, MODEL_NODE),
    (MODEL_NODE, WORKFLOW),
    (CHAT, MODEL_NODE),
    (TOOL_NODE, WORKFLOW),
    (TOOL, TOOL_NODE),
    # What the agent executes stands for the call on the client's side too.
    (SERVED, TOOL),
    (RUN_STEP, ANSWER),
    (SCORE, RUN_STEP),
]
# A line of the waterfall: what stands where in the tree, how long it took, the service.
WATERFALL = re.compile(r"^ ([ │├└─]*\S.*?) +[\d.]+ (?:s|ms|µs) .* (rag-\w+) ", re.MULTILINE)
# A quote in a printed answer, its file and its line.
CITED = re.compile(r"(?:^A1 |\) )(.+?) \((\S+\.md):(\d+)(?=\))", re.MULTILINE)


class Answered(NamedTuple):
    """A question that was answered."""

    folder: Path
    printed: str

    def cited(self) -> list[tuple[str, str, str]]:
        """The quotes of the answer, each with its file and its line."""
        return CITED.findall(self.printed)


def tree(text: str) -> list[tuple[str, ...]]:
    """The spans of a waterfall in their order, each with its place and its service."""
    return WATERFALL.findall(text)


def told(span: dict[str, Any]) -> Told:
    """What stands for a span in `ABOVE`."""
    return (span["service"], span["span_kind"], span["name"])


def trace_of_the_question(folder: Path) -> list[dict[str, Any]]:
    """The spans of the trace that the service began."""
    spans = records(folder, "span")
    traces = {span["trace_id"] for span in spans if told(span) == ASK}
    assert len(traces) == 1
    return [span for span in spans if span["trace_id"] in traces]


def attributes_of(spans: list[dict[str, Any]], wanted: Told) -> list[dict[str, Any]]:
    """The attributes of each such span, the oldest first."""
    found = [span for span in spans if told(span) == wanted]
    return [span["attributes"] for span in sorted(found, key=lambda span: str(span["timestamp"]))]


def holds(attributes: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether all of `wanted` is among the attributes."""
    return attributes | wanted == attributes


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """The lines that one answered question left, and the answer."""
    folder: Path = tmp_path_factory.mktemp("answered")
    done = run_example(folder, RAG_STEP=json.dumps(step_of("c")))
    assert done.returncode == 0, done.stderr
    return Answered(folder, done.stdout)


def test_the_quotes_of_the_answer_stand_where_the_tool_says(answered: Answered) -> None:
    cited = answered.cited()
    assert len(cited) == 2, answered.printed
    for quote, file, line in cited:
        lines = (REPOSITORY / file).read_text("utf-8").splitlines()[int(line) - 1 :]
        assert quote.split()[0] in lines[0]
        assert quote in " ".join(" ".join(lines).split())


def test_each_span_stands_below_the_one_that_caused_it(answered: Answered) -> None:
    spans = trace_of_the_question(answered.folder)
    names = {span["span_id"]: told(span) for span in spans}
    found = [(told(span), names.get(span.get("parent_span_id", ""))) for span in spans]
    assert Counter(found) == Counter(ABOVE)


def test_the_model_says_what_it_was_asked_and_used(answered: Answered) -> None:
    spans = trace_of_the_question(answered.folder)
    workflow = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "rag"}
    assert holds(attributes_of(spans, WORKFLOW)[0], workflow)
    chats = attributes_of(spans, CHAT)
    models = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "vigie.example",
        "gen_ai.request.model": "extractive-fake",
        "gen_ai.response.model": "extractive-fake",
    }
    assert all(holds(attributes, models) for attributes in chats)
    assert [attributes["gen_ai.response.finish_reasons"] for attributes in chats] == [
        ["tool_calls"],
        ["stop"],
    ]
    used = {kind: [c[f"gen_ai.usage.{kind}_tokens"] for c in chats] for kind in ("input", "output")}
    assert min(used["input"] + used["output"]) > 0
    metrics = [m for m in records(answered.folder, "metric") if m["name"] == "gen_ai.client.token.usage"]
    counted = {m["attributes"]["gen_ai.token.type"]: m["sum"] for m in metrics}
    assert counted == {kind: sum(tokens) for kind, tokens in used.items()}


def test_the_retriever_and_the_tool_say_what_they_did(answered: Answered) -> None:
    spans = trace_of_the_question(answered.folder)
    (retrieval,), (query,) = attributes_of(spans, RETRIEVAL), attributes_of(spans, QUERY)
    assert holds(retrieval, {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "markdown"})
    assert retrieval["vigie.gen_ai.documents"] == query["db.response.returned_rows"] == 4
    assert holds(query, {"db.system.name": "qdrant", "db.vector.top_k": 4, "vigie.qdrant.transport": "local"})
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "cite"}
    for wanted in (TOOL, SERVED):
        assert holds(attributes_of(spans, wanted)[0], tool), wanted
        assert holds(attributes_of(spans, wanted)[0], {"mcp.method.name": "tools/call"}), wanted
    (served,) = attributes_of(spans, SERVED)
    assert holds(served, {"network.transport": "pipe"})


def test_no_question_passage_or_answer_is_written(answered: Answered) -> None:
    lines = "".join(path.read_text("utf-8") for path in answered.folder.glob("*.jsonl"))
    assert QUESTION not in lines
    for quote, _, _ in answered.cited():
        assert quote not in lines


def test_the_page_shows_the_trace_as_it_is(answered: Answered) -> None:
    shown = vigie("trace", str(answered.folder), f"--expect-services={SERVICES}").stdout
    assert len(tree(shown)) == len(ABOVE)
    assert tree((EXAMPLE / "README.md").read_text("utf-8")) == tree(shown)
