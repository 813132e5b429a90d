"""The ten-line program prints the same bytes in every language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from languages import QUICKSTART, REPOSITORY, missing, run, run_source

EXPECTED = (QUICKSTART / "expected.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "file"),
    [
        ("python", "quickstart.py"),
        ("js", "quickstart.mjs"),
        ("c", "quickstart.c"),
        ("powershell", "quickstart.ps1"),
    ],
)
def test_the_program_prints_the_expected_line(language: str, file: str, tmp_path: Path) -> None:
    source = (QUICKSTART / file).read_text(encoding="utf-8")
    assert run_source(language, "quickstart", source, tmp_path) == EXPECTED


def test_the_rust_program_prints_the_expected_line() -> None:
    cargo = shutil.which("cargo")
    if cargo is None:
        missing("rust", "cargo", "install Rust from rustup.rs")
    command = [str(cargo), "run", "--quiet", "--package", "vigie-core", "--example", "quickstart"]
    assert run(command, REPOSITORY) == EXPECTED
