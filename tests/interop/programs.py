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
POWERSHELL = REPOSITORY / "powershell"
# Inside the build folder, because Node looks for packages beside and above a program.
WORKSHOP = REPOSITORY / "target" / "interop"

FULL = os.environ.get("VIGIE_FULL") == "1"


def environment() -> dict[str, str]:
    """This process's environment without settings of ours, with the package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "OTEL_"))}
    modules = {"PYTHONPATH": str(PACKAGE), "PSModulePath": str(POWERSHELL)}
    return {**kept, **modules, "PYTHONDONTWRITEBYTECODE": "1"}


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
    return started(COMMANDS[language](source, folder), folder)


def started(command: list[str], folder: Path) -> subprocess.Popen[str]:
    """Starts a command that is spoken to line by line."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), cwd=folder
    )


def run(language: str, source: str, folder: Path, *arguments: str) -> None:
    """Runs a program, which has to end well and say nothing."""
    command = [*COMMANDS[language](source, folder), *arguments]
    done = subprocess.run(
        command, env=environment(), cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done


def python_command(source: str, folder: Path) -> list[str]:
    """With the interpreter that runs the tests."""
    script = folder / "program.py"
    script.write_text(source, encoding="utf-8")
    return [sys.executable, str(script)]


def node_command(source: str, _: Path) -> list[str]:
    """In a folder in which it finds this checkout's package by its name."""
    node = os.environ.get("VIGIE_NODE") or shutil.which("node")
    if node is None or not (NODE_PACKAGE / "dist").is_dir() or not list(NODE_PACKAGE.glob("*.node")):
        pytest.skip("the compiled Node package is missing; enable with: cargo xtask setup")
    link = WORKSHOP / "node_modules" / "vigie"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(NODE_PACKAGE, target_is_directory=True)
    script = WORKSHOP / f"program-{os.getpid()}.mjs"
    script.write_text(source, encoding="utf-8")
    return [node, str(script)]


def c_command(source: str, folder: Path) -> list[str]:
    """Compiled against the static library."""
    library = REPOSITORY / "target" / "release" / "libvigie.a"
    compiler = os.environ.get("CC") or shutil.which("cc")
    if compiler is None or not library.exists():
        pytest.skip("a C compiler or libvigie.a is missing; enable with: cargo xtask setup")
    program, output = folder / "program.c", folder / "program"
    program.write_text(source, encoding="utf-8")
    flags = ["-std=c99", "-Wall", "-Werror", f"-I{REPOSITORY / 'bindings/c/include'}"]
    libraries = [str(library), "-lpthread", "-ldl", "-lm"]
    subprocess.run([compiler, *flags, str(program), *libraries, "-o", str(output)], check=True)
    return [str(output)]


def rust_example(name: str) -> list[str]:
    """An example of the core's crate, whose source stands beside this."""
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("cargo is not installed; enable with: rustup")
    manifest = str(REPOSITORY / "Cargo.toml")
    build = [
        cargo,
        "build",
        "--quiet",
        f"--manifest-path={manifest}",
        "--package=vigie-core",
        f"--example={name}",
    ]
    subprocess.run(build, check=True)
    return [str(REPOSITORY / "target" / "debug" / "examples" / name)]


def rust_command(argument: str, _: Path) -> list[str]:
    """`shop.rs`; what is text elsewhere is its argument."""
    return [*rust_example("shop"), argument]


def powershell_command(source: str, folder: Path) -> list[str]:
    """With this checkout's module."""
    own = Path.home() / ".local/share/pwsh/pwsh"
    pwsh = os.environ.get("VIGIE_PWSH") or shutil.which("pwsh") or (str(own) if own.exists() else None)
    if pwsh is None or not (POWERSHELL / "Vigie" / "Vigie.PowerShell.dll").exists():
        pytest.skip("PowerShell or the compiled module is missing; enable with: cargo xtask setup")
    script = folder / "program.ps1"
    script.write_text(source, encoding="utf-8")
    return [pwsh, "-NoProfile", "-NonInteractive", "-File", str(script)]


COMMANDS = {
    "python": python_command,
    "node": node_command,
    "c": c_command,
    "rust": rust_command,
    "powershell": powershell_command,
}


def ask(program: subprocess.Popen[str], line: str) -> str:
    """Says a line to a program and gives its answer."""
    assert program.stdin is not None and program.stdout is not None
    program.stdin.write(f"{line}\n")
    program.stdin.flush()
    return program.stdout.readline().strip()
