"""Programs of each language that other tools read from, and the optional tools themselves."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "bindings" / "python" / "python"
NODE_PACKAGE = REPOSITORY / "bindings" / "node"
# Inside the build folder, because Node looks for packages beside and above a program.
WORKSHOP = REPOSITORY / "target" / "interop"

FULL = os.environ.get("VIGIE_FULL") == "1"


def environment() -> dict[str, str]:
    """This process's environment without settings of ours, with the package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "OTEL_"))}
    return {**kept, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}


def tool(name: str, cure: str) -> str:
    """The path of an optional program; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; enable with: {cure}")
    return found


def python_module(name: str, cure: str) -> None:
    """Skips the test where an optional package of Python is missing."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed; enable with: {cure}")


def start(language: str, source: str, folder: Path) -> subprocess.Popen[str]:
    """Starts a program that is spoken to line by line."""
    if language == "python":
        script = folder / "program.py"
        command = [sys.executable, str(script)]
    else:
        node = os.environ.get("VIGIE_NODE") or shutil.which("node")
        if node is None or not (NODE_PACKAGE / "dist").is_dir() or not list(NODE_PACKAGE.glob("*.node")):
            pytest.skip("the compiled Node package is missing; enable with: cargo xtask setup")
        link = WORKSHOP / "node_modules" / "vigie"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(NODE_PACKAGE, target_is_directory=True)
        script = WORKSHOP / f"program-{os.getpid()}.mjs"
        command = [node, str(script)]
    script.write_text(source, encoding="utf-8")
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), cwd=folder
    )


def ask(program: subprocess.Popen[str], line: str) -> str:
    """Says a line to a program and gives its answer."""
    assert program.stdin is not None and program.stdout is not None
    program.stdin.write(f"{line}\n")
    program.stdin.flush()
    return program.stdout.readline().strip()
