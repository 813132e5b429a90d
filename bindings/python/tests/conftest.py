"""What the tests share: a schema check of every line, and programs run in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import vigie

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# The sources of this checkout, or where the package was installed.
PACKAGE = Path(vigie.__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "core/schema/vigie.v1.schema.json").read_text("utf-8"))
# Counts of the full matrix instead of the quick ones.
FULL = os.environ.get("VIGIE_FULL") == "1"

_validator = jsonschema.Draft202012Validator(SCHEMA)


def parse(line: str | bytes) -> dict[str, Any]:
    """The line as a dict, after a check against the schema."""
    text = line.decode("utf-8") if isinstance(line, bytes) else line
    assert len(text.splitlines()) == 1, f"more than one line for some readers: {text!r}"
    parsed: dict[str, Any] = json.loads(text)
    errors = [error.message for error in _validator.iter_errors(parsed)]
    assert not errors, (errors, text)
    return parsed


def shape(line: dict[str, Any]) -> tuple[object, ...]:
    """Keys and kinds of values."""
    return tuple((key, type(value)) for key, value in line.items())


def parse_file(path: Path) -> list[dict[str, Any]]:
    """All lines of a file, each of them whole; of each shape some are checked against the schema."""
    data = path.read_bytes()
    assert not data or data.endswith(b"\n"), f"torn last line: {data[-80:]!r}"
    lines, checked = [], Counter[object]()
    for line in data.split(b"\n")[:-1]:
        parsed = json.loads(line)
        checked[shape(parsed)] += 1
        # The check takes a millisecond, and some programs write a hundred thousand equal lines.
        lines.append(parse(line) if checked[shape(parsed)] <= 100 else parsed)
    return lines


class Records:
    """A capture whose lines are all checked."""

    def __init__(self, records: vigie.testing.Records) -> None:
        self._records = records

    def all(self) -> list[dict[str, Any]]:
        return [parse(line) for line in self._records.lines]

    @property
    def logs(self) -> list[dict[str, Any]]:
        return [line for line in self.all() if "kind" not in line]

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [line for line in self.all() if line.get("kind") == "span"]

    @property
    def last(self) -> dict[str, Any]:
        return self.logs[-1]


@pytest.fixture(scope="session", autouse=True)
def configured() -> None:
    """One configuration for the tests of this process: nothing is written anywhere."""
    vigie.init(service="tests", level="trace", outputs=[{"to": "null"}])


@pytest.fixture
def records() -> Iterator[Records]:
    with vigie.testing.capture() as captured:
        yield Records(captured)


class Finished:
    """A program that ran to its end."""

    def __init__(self, done: subprocess.CompletedProcess[str], folder: Path) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self._folder = folder

    def lines(self, name: str = "out.jsonl") -> list[dict[str, Any]]:
        path = self._folder / name
        return parse_file(path) if path.exists() else []

    def ok(self) -> Finished:
        assert self.code == 0, (self.code, self.out, self.err)
        # The console's lines stand there too.
        assert all(line.startswith("{") for line in self.err.splitlines()), self.err
        return self


Run = Callable[..., Finished]


def environment() -> dict[str, str]:
    """The environment of a program: this one's, without settings of ours, with the package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "OTEL_"))}
    # From 3.12 on the interpreter warns at every fork of a process with threads, ours among them.
    quiet = "ignore:This process:DeprecationWarning"
    return {**kept, "PYTHONPATH": str(PACKAGE), "PYTHONWARNINGS": quiet}


# Puts the file output in place; `path` is in the working folder.
PRELUDE = 'import vigie\nvigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])\n'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs source text as a program of its own in a folder of its own."""

    def run_source(source: str, *, prelude: str = PRELUDE, timeout: float = 60, **env: str) -> Finished:
        script = tmp_path / "program.py"
        script.write_text(prelude + source, "utf-8")
        done = subprocess.run(
            [sys.executable, str(script)],
            cwd=tmp_path,
            env={**environment(), **env},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Finished(done, tmp_path)

    return run_source
