"""The main job: one trace through Node, Python and C, whole even when a hop fails."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from languages import RELEASE, REPOSITORY, missing

RUN = REPOSITORY / "examples" / "rag" / "run.py"
SERVICES = "rag-web,rag-worker,rag-step"
DEADLINE_S = 180


@pytest.fixture(autouse=True)
def everything_is_there() -> None:
    """Names what is missing; a wrong result is another matter."""
    for module in ("vigie", "langchain_core", "qdrant_client"):
        if importlib.util.find_spec(module) is None:
            missing("python", f"the Python package {module}")
    for tool in ("node", "cc"):
        if shutil.which(tool) is None:
            missing({"node": "js", "cc": "c"}[tool], tool, "install it")


def run_example(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the example with one question."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VIGIE_CONFIG", "OTEL_", "LANGSMITH_"))}
    command = [sys.executable, str(RUN), str(folder), "Which keys does a span line hold?"]
    return subprocess.run(
        command, env={**kept, **environment}, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )


def vigie(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line tool."""
    command = [str(RELEASE / "vigie"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def spans(folder: Path) -> list[dict[str, object]]:
    """Every span that was written."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [record for record in map(json.loads, lines) if record.get("kind") == "span"]


def test_one_trace_through_three_languages(tmp_path: Path) -> None:
    done = run_example(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    checked = vigie("check", str(tmp_path))
    assert checked.returncode == 0, checked.stdout
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert shown.returncode == 0, shown.stdout
    assert "no error" in shown.stdout
    assert "orphan" not in shown.stdout
    for language in ("nodejs/", "python/", "c/"):
        assert f"  {language}" in shown.stdout, f"no span of {language} in\n{shown.stdout}"


def test_a_failing_hop_is_seen_and_the_trace_stays_whole(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit(3)"]
    done = run_example(tmp_path, RAG_STEP=json.dumps(failing))
    assert done.returncode == 1
    assert "exit code 3" in done.stderr
    assert vigie("check", str(tmp_path)).returncode == 0
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert shown.returncode == 1, "the step wrote nothing, so it is not part of the trace"
    assert "not part of trace" in shown.stdout
    failed = {str(s["name"]) for s in spans(tmp_path) if s["status"] == "error"}
    assert failed == {"POST /ask", "POST /answer", "run step"}
    assert "orphan" not in shown.stdout


def test_an_error_inside_the_step_stands_in_its_own_span(tmp_path: Path) -> None:
    compiled = REPOSITORY / "target" / "examples" / "rag-step"
    assert run_example(tmp_path / "first").returncode == 0, "compiles the step"
    # The step gets nothing to score.
    emptied = [
        sys.executable,
        "-c",
        f"import subprocess as s; raise SystemExit(s.run([{str(compiled)!r}], input=b'').returncode)",
    ]
    done = run_example(tmp_path / "second", RAG_STEP=json.dumps(emptied))
    assert done.returncode == 1
    failed = {
        (str(s["service"]), str(s["name"])) for s in spans(tmp_path / "second") if s["status"] == "error"
    }
    assert ("rag-step", "score answer") in failed
    shown = vigie("trace", str(tmp_path / "second"), f"--expect-services={SERVICES}")
    assert shown.returncode == 0, "the error is shown, and all hops carry the trace id"
    assert "EmptyAnswer: the answer holds no token" in shown.stdout
