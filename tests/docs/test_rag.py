"""The main job: one trace through Node, Python and PowerShell or C, whole even when a hop fails."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

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
    for told in ("nodejs", "python", language):
        assert f"  {told}/" in shown.stdout, f"no span of {told} in\n{shown.stdout}"


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
    failed = {str(s["name"]) for s in spans(tmp_path) if s["status"] == "error"}
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
    failed = {(str(s["service"]), str(s["name"])) for s in spans(tmp_path) if s["status"] == "error"}
    assert ("rag-step", "score answer") in failed
    shown = vigie("trace", str(tmp_path), f"--expect-services={SERVICES}")
    assert shown.returncode == 0, "the error is shown, and all hops carry the trace id"
    assert "EmptyAnswer: the answer holds no token" in shown.stdout
