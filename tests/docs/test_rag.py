"""The main job: one trace through Node, Python, a tool server and PowerShell or C, whole even when a hop fails."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from languages import RELEASE, REPOSITORY, missing

RUN = REPOSITORY / "examples" / "rag" / "run.py"
SERVICES = "rag-web,rag-worker,rag-tools,rag-step"
PACKAGES = [
    "vigie",
    "langchain_core",
    "langgraph",
    "mcp",
    "qdrant_client",
    "vigie_langchain",
    "vigie_mcp",
    "vigie_qdrant",
]
QUESTION = "Which keys does a span line hold?"
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
CALL = ("rag-worker", "client", "tools/call cite")
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
    (CALL, TOOL),
    (SERVED, CALL),
    (RUN_STEP, ANSWER),
    (SCORE, RUN_STEP),
]
# LangGraph's own way to the next node, which is no part of the example.
ROUTE = "tools_condition"
DEADLINE_S = 180
Told = tuple[str, str, str]


@pytest.fixture(autouse=True)
def everything_is_there() -> None:
    """Names what is missing; a wrong result is another matter."""
    for module in PACKAGES:
        if importlib.util.find_spec(module) is None:
            missing("python", f"the Python package {module}")
    for tool in ("node", "cc"):
        if shutil.which(tool) is None:
            missing({"node": "js", "cc": "c"}[tool], tool, "install it")


def load_run() -> ModuleType:
    """The example's own program, for how it builds its steps."""
    spec = importlib.util.spec_from_file_location("rag_run", RUN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def step_of(language: str) -> list[str]:
    """The command of the step in one language, whichever `run.py` would choose."""
    run = load_run()
    if language == "c":
        command: list[str] = run.compiled_step()
    else:
        pwsh = run.find_pwsh()
        if pwsh is None:
            missing("powershell", "pwsh", "install PowerShell 7.4 or newer")
        command = run.powershell_step(pwsh)
    return command


def run_example(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the example with one question."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VIGIE_CONFIG", "OTEL_", "LANGSMITH_"))}
    command = [sys.executable, str(RUN), str(folder), QUESTION]
    return subprocess.run(
        command, env={**kept, **environment}, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )


def vigie(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line tool."""
    command = [str(RELEASE / "vigie"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Every span or metric that was written."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [record for record in map(json.loads, lines) if record.get("kind") == kind]


def told(span: dict[str, Any]) -> Told:
    """What stands for a span in `ABOVE`."""
    return (span["service"], span["span_kind"], span["name"])


def trace_of_the_question(folder: Path) -> list[dict[str, Any]]:
    """The spans of the trace that the service began."""
    spans = records(folder, "span")
    traces = {span["trace_id"] for span in spans if told(span) == ASK}
    assert len(traces) == 1
    return [span for span in spans if span["trace_id"] in traces and span["name"] != ROUTE]


def attributes_of(spans: list[dict[str, Any]], wanted: Told) -> list[dict[str, Any]]:
    """The attributes of each such span, the oldest first."""
    found = [span for span in spans if told(span) == wanted]
    return [span["attributes"] for span in sorted(found, key=lambda span: str(span["timestamp"]))]


def holds(attributes: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether all of `wanted` is among the attributes."""
    return attributes | wanted == attributes


@pytest.mark.parametrize("language", ["c", "powershell"])
def test_one_trace_through_three_languages(language: str, tmp_path: Path) -> None:
    done = run_example(tmp_path, RAG_STEP=json.dumps(step_of(language)))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    checked = vigie("check", str(tmp_path))
    assert checked.returncode == 0, checked.stdout
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert shown.returncode == 0, shown.stdout
    assert "no error" in shown.stdout
    assert "orphan" not in shown.stdout
    for spoken in ("nodejs", "python", language):
        assert f"  {spoken}/" in shown.stdout, f"no span of {spoken} in\n{shown.stdout}"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of lines that one answered question left."""
    folder: Path = tmp_path_factory.mktemp("answered")
    done = run_example(folder, RAG_STEP=json.dumps(step_of("c")))
    assert done.returncode == 0, done.stderr
    # The quotes of the answer stand where the tool server says that they do.
    places = re.findall(r"\((\S+\.md):(\d+)\)", done.stdout)
    assert len(places) == 2, done.stdout
    for file, line in places:
        assert 0 < int(line) <= len((REPOSITORY / file).read_text("utf-8").splitlines())
    return folder


def test_each_span_stands_below_the_one_that_caused_it(answered: Path) -> None:
    spans = trace_of_the_question(answered)
    names = {span["span_id"]: told(span) for span in spans}
    found = [(told(span), names.get(span.get("parent_span_id", ""))) for span in spans]
    assert Counter(found) == Counter(ABOVE)


def test_the_model_says_what_it_was_asked_and_used(answered: Path) -> None:
    spans = trace_of_the_question(answered)
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
    metrics = [m for m in records(answered, "metric") if m["name"] == "gen_ai.client.token.usage"]
    counted = {m["attributes"]["gen_ai.token.type"]: m["sum"] for m in metrics}
    assert counted == {kind: sum(tokens) for kind, tokens in used.items()}


def test_the_retriever_and_the_tool_say_what_they_did(answered: Path) -> None:
    spans = trace_of_the_question(answered)
    (retrieval,), (query,) = attributes_of(spans, RETRIEVAL), attributes_of(spans, QUERY)
    assert holds(retrieval, {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "markdown"})
    assert retrieval["vigie.gen_ai.documents"] == query["db.response.returned_rows"] == 4
    assert holds(query, {"db.system.name": "qdrant", "db.vector.top_k": 4, "vigie.qdrant.transport": "local"})
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "cite"}
    for wanted in (TOOL, CALL, SERVED):
        assert holds(attributes_of(spans, wanted)[0], tool), wanted
    (served,) = attributes_of(spans, SERVED)
    assert holds(served, {"mcp.method.name": "tools/call", "network.transport": "pipe"})


def test_no_question_passage_or_answer_is_written(answered: Path) -> None:
    lines = "".join(path.read_text("utf-8") for path in answered.glob("*.jsonl"))
    assert QUESTION not in lines
    quote = "Log, span and metric lines share the keys that join them"
    assert quote in (REPOSITORY / "core" / "docs" / "schema.md").read_text("utf-8")
    assert quote not in lines


def test_the_step_is_powershell_where_there_is_one(tmp_path: Path) -> None:
    found = load_run().find_pwsh()
    done = run_example(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"the step behind the worker is {'step.ps1' if found else 'step.c'}")
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert f"  {'powershell' if found else 'c'}/" in shown.stdout


def test_without_powershell_the_step_is_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in (("PATH", str(tmp_path)), ("HOME", str(tmp_path)), ("VIGIE_PWSH", "")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RAG_STEP", raising=False)
    run = load_run()
    monkeypatch.setattr(run, "compiled_step", lambda: ["compiled"])
    assert run.step_command() == ["compiled"]
    assert "no PowerShell was found" in capsys.readouterr().out


def test_with_a_powershell_that_the_module_was_not_built_for_the_step_is_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("VIGIE_PWSH", str(tmp_path / "pwsh"))
    monkeypatch.delenv("RAG_STEP", raising=False)
    run = load_run()
    monkeypatch.setattr(run, "ASSEMBLY", tmp_path / "missing.dll")
    monkeypatch.setattr(run, "compiled_step", lambda: ["compiled"])
    assert run.step_command() == ["compiled"]
    assert "missing.dll is missing" in capsys.readouterr().out


def test_a_failing_hop_is_seen_and_the_trace_stays_whole(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit(3)"]
    done = run_example(tmp_path, RAG_STEP=json.dumps(failing))
    assert done.returncode == 1
    assert "exit code 3" in done.stderr
    assert vigie("check", str(tmp_path)).returncode == 0
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert shown.returncode == 1, "the step wrote nothing, so it is not part of the trace"
    assert "not part of trace" in shown.stdout
    failed = {str(s["name"]) for s in records(tmp_path, "span") if s["status"] == "error"}
    assert failed == {"POST /ask", "POST /answer", "run step"}
    assert "orphan" not in shown.stdout


@pytest.mark.parametrize("language", ["c", "powershell"])
def test_an_error_inside_the_step_stands_in_its_own_span(language: str, tmp_path: Path) -> None:
    # The step gets nothing to score.
    emptied = [
        sys.executable,
        "-c",
        f"import subprocess as s; raise SystemExit(s.run({step_of(language)!r}, input=b'').returncode)",
    ]
    done = run_example(tmp_path, RAG_STEP=json.dumps(emptied))
    assert done.returncode == 1
    failed = {
        (str(s["service"]), str(s["name"])) for s in records(tmp_path, "span") if s["status"] == "error"
    }
    assert ("rag-step", "score answer") in failed
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert shown.returncode == 0, "the error is shown, and all hops carry the trace id"
    assert "EmptyAnswer: the answer holds no token" in shown.stdout
