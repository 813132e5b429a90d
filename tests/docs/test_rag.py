"""The main job: one trace through Node, Python, a tool server and PowerShell or C, whole even when a hop fails."""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from rag import EXAMPLE, QUESTION, SERVICES, load_run, records, run_example, step_of, vigie


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


def test_a_tool_server_that_is_gone_is_seen_and_the_worker_goes_on(tmp_path: Path) -> None:
    environment = {**os.environ, "RAG_STEP": json.dumps(step_of("c"))}
    command = [sys.executable, str(EXAMPLE / "worker.py"), str(tmp_path)]
    worker = load_run().Child("worker", command, environment, [])
    body = json.dumps({"question": QUESTION}).encode()
    asked = urllib.request.Request(f"{worker.url()}/answer", data=body)
    with urllib.request.urlopen(asked, timeout=30) as reply:
        assert reply.status == 200
    started = (tmp_path / "rag-tools.jsonl").read_text("utf-8").splitlines()[0]
    os.kill(json.loads(started)["pid"], signal.SIGKILL)
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(asked, timeout=30)
    assert b"Connection closed" in failed.value.read()
    assert worker.stop()
    names = [str(s["name"]) for s in records(tmp_path, "span") if s["status"] == "error"]
    above = ["execute_tool cite", "node tools", "invoke_workflow rag", "POST /answer"]
    assert names == above
    assert vigie("check", str(tmp_path)).returncode == 0


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
