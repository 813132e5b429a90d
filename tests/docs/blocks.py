"""Finds the fenced code blocks of this repository's Markdown and what their info strings ask for.

An info string is a language and words: `run` (a program that is executed), `fragment` (part of a program),
`example` (of a PowerShell command's help, or of a crate, which its own tests run), `output` (what the programs above it print), `received` (what a server
gets from the program above it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pages import REPOSITORY, pages

OPEN = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`]*)$")


@dataclass(frozen=True)
class Block:
    """One fenced block; `line` is that of its opening fence."""

    page: str
    line: int
    language: str
    words: frozenset[str]
    text: str

    @property
    def name(self) -> str:
        """A name for files and test ids."""
        return f"{self.page.replace('/', '-').removesuffix('.md')}-{self.line}"


def blocks(page: Path) -> list[Block]:
    """The blocks of one page in order."""
    found: list[Block] = []
    opened: tuple[int, str, str] | None = None
    body: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if opened is None:
            if match := OPEN.match(line):
                opened, body = (number, match["fence"], match["info"]), []
        elif line == opened[1]:
            found.append(block(page, opened[0], opened[2], body))
            opened = None
        else:
            body.append(line)
    assert opened is None, f"{page}:{opened[0]}: the block is not closed"
    return found


def block(page: Path, line: int, info: str, body: list[str]) -> Block:
    """One block from its parts."""
    language, *words = info.split() or [""]
    text = "".join(f"{part}\n" for part in body)
    return Block(page.relative_to(REPOSITORY).as_posix(), line, language, frozenset(words), text)


ALL = [found for page in pages() for found in blocks(page)]
