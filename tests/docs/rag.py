"""How the tests run examples/rag and read what it left.

What its trace should be is their business.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from languages import RELEASE, REPOSITORY, missing

EXAMPLE = REPOSITORY / "examples" / "rag"
RUN = EXAMPLE / "run.py"
SERVICES = "rag-web,rag-worker,rag-tools,rag-step"
FRAMEWORKS = ("langchain_core", "langgraph", "mcp", "qdrant_client")
PACKAGES = (*FRAMEWORKS, "vigie", "vigie_langchain", "vigie_mcp", "vigie_qdrant")
QUESTION = "Which keys does a span line hold?"
DEADLINE_S = 180


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
    everything_is_there()
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
    everything_is_there()
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
