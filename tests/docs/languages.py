"""How a program of each language is made to run against this checkout.

It knows compilers and paths; what a program should print is its tests' business.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
QUICKSTART = REPOSITORY / "examples" / "quickstart"
TESTING = QUICKSTART / "testing.json"
RELEASE = REPOSITORY / "target" / "release"
# Inside the build folder, because Node looks for packages beside and above a program.
WORKSHOP = REPOSITORY / "target" / "docs"
SETUP = "cargo xtask setup"
DEADLINE_S = 240
SUFFIX = {"python": ".py", "js": ".mjs", "c": ".c", "powershell": ".ps1"}


def missing(language: str, what: str, cure: str = SETUP) -> None:
    """Skips the test, or fails it where VIGIE_REQUIRE says that the language must be there."""
    required = os.environ.get("VIGIE_REQUIRE", "").split(",")
    name = {"js": "node"}.get(language, language)
    if name in required:
        pytest.fail(f"{what} is missing: {cure}")
    pytest.skip(f"{what} is missing: {cure}")


def environment() -> dict[str, str]:
    """This process's environment without what would change a program's output; time and ids are fixed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VIGIE_", "OTEL_"))}
    kept.pop("TRACEPARENT", None)
    modules = {"PSModulePath": str(REPOSITORY / "powershell")}
    return {**kept, **modules, "VIGIE_CONFIG": str(TESTING), "PYTHONDONTWRITEBYTECODE": "1"}


def run(command: list[str], folder: Path) -> str:
    """What a program prints, the console's lines on standard error last; it has to end well and complain of nothing."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
    assert all(line.startswith("{") for line in done.stderr.splitlines()), done.stderr
    return done.stdout + done.stderr


def run_source(language: str, name: str, source: str, folder: Path) -> str:
    """Runs the text of a program and returns what it printed."""
    program = (node_workshop() if language == "js" else folder) / f"{name}{SUFFIX[language]}"
    program.write_text(source, encoding="utf-8")
    command = COMMANDS[language](program)
    return run(command, folder)


def python_command(program: Path) -> list[str]:
    """The interpreter that runs the tests."""
    if importlib.util.find_spec("vigie") is None or importlib.util.find_spec("vigie._native") is None:
        missing("python", "the package vigie")
    return [sys.executable, str(program)]


def node_workshop() -> Path:
    """A folder in which a program finds this checkout's package by its public name, and the OpenTelemetry API."""
    package = REPOSITORY / "bindings" / "node"
    if not (package / "dist").is_dir() or not list(package.glob("*.node")):
        missing("js", "the compiled Node package")
    modules = WORKSHOP / "node_modules"
    modules.mkdir(parents=True, exist_ok=True)
    beside = ("@opentelemetry", "pino", "winston", "express")
    for name, target in (("vigie", package), *((name, package / "node_modules" / name) for name in beside)):
        if not (modules / name).exists():
            (modules / name).symlink_to(target, target_is_directory=True)
    return WORKSHOP


def node_command(program: Path) -> list[str]:
    """Node from the path, or the one that VIGIE_NODE names."""
    node = os.environ.get("VIGIE_NODE") or shutil.which("node")
    if node is None:
        missing("js", "node", "install Node 20 or newer")
    return [str(node), str(program)]


def c_command(program: Path) -> list[str]:
    """Compiles with the static library, every warning an error."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    library = RELEASE / "libvigie.a"
    if compiler is None:
        missing("c", "a C compiler", "install one (Debian: apt install gcc libc6-dev)")
    if not library.exists():
        missing("c", str(library))
    output = program.with_suffix("")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{REPOSITORY / 'bindings/c/include'}"]
    libraries = [str(library), "-lpthread", "-ldl", "-lm"]
    built = subprocess.run(
        [str(compiler), *flags, str(program), *libraries, "-o", str(output)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return [str(output)]


def powershell_command(program: Path) -> list[str]:
    """PowerShell 7 from the path, or the one that VIGIE_PWSH names."""
    own = Path.home() / ".local/share/pwsh/pwsh"
    pwsh = os.environ.get("VIGIE_PWSH") or shutil.which("pwsh") or (str(own) if own.exists() else None)
    if pwsh is None:
        missing("powershell", "pwsh", "install PowerShell 7.4 or newer")
    if not (REPOSITORY / "powershell/Vigie/Vigie.PowerShell.dll").exists():
        missing("powershell", "the compiled module of powershell")
    return [str(pwsh), "-NoProfile", "-NonInteractive", "-File", str(program)]


COMMANDS = {"python": python_command, "js": node_command, "c": c_command, "powershell": powershell_command}
