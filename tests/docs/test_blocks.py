"""Programs in the documentation run, and print what the page says that they print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from blocks import ALL, Block
from far_side import listening
from languages import QUICKSTART, REPOSITORY, SUFFIX, run_source

# An address of a server that the page speaks of; a small one stands in for it.
FAR_SIDE = re.compile(r"http://localhost:\d+")
PROGRAMS = frozenset({*SUFFIX, "rust"})


def runnable() -> list[Block]:
    """Blocks that are whole programs."""
    return [b for b in ALL if "run" in b.words]


def received_from(program: Block) -> str:
    """The block that shows what a server gets from the program."""
    return next(
        b.text for b in ALL if b.page == program.page and b.line > program.line and "received" in b.words
    )


def printed_by(program: Block) -> str | None:
    """The output block that follows the program on its page, before which other programs may stand."""
    later = [b for b in ALL if b.page == program.page and b.line > program.line and "output" in b.words]
    return later[0].text if later else None


def test_there_are_programs_to_run() -> None:
    assert {b.language for b in runnable() if b.page == "README.md"} == PROGRAMS


def test_every_program_is_marked() -> None:
    # An example is run by the own tests of the module or the crate that it belongs to.
    marks = {"run", "fragment", "example"}
    unmarked = [b.name for b in ALL if b.language in PROGRAMS and not b.words & marks]
    assert unmarked == [], "say `run` or `fragment` behind the language"


@pytest.mark.parametrize("program", runnable(), ids=lambda b: b.name)
def test_the_program_prints_what_the_page_says(program: Block, tmp_path: Path) -> None:
    if program.language == "rust":
        # It is compiled and run as the example that it is.
        assert program.text == (QUICKSTART / "quickstart.rs").read_text(encoding="utf-8")
        return
    if FAR_SIDE.search(program.text):
        with listening() as (url, received):
            run_source(program.language, program.name, FAR_SIDE.sub(url, program.text), tmp_path)
        assert "".join(sorted(received)) == received_from(program)
        return
    printed = run_source(program.language, program.name, program.text, tmp_path)
    expected = printed_by(program)
    if expected is not None:
        assert printed == expected


def test_commands_in_the_documentation_exist() -> None:
    usage = (REPOSITORY / "tests/xtask/src/options.rs").read_text(encoding="utf-8")
    known = set(re.findall(r"^  (\w+)  ", usage, re.MULTILINE))
    used = {
        (b.name, command)
        for b in ALL
        for command in re.findall(r"cargo xtask (\w+)", b.text)
        if command not in known
    }
    assert known >= {"setup", "demo", "test"}
    assert used == set()
