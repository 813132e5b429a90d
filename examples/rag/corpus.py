"""Cuts this repository's Markdown into passages that can be retrieved.

It reads files and nothing else; what happens to the passages is the index's business.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from langchain_core.documents import Document

REPOSITORY = Path(__file__).resolve().parents[2]
# Folders with Markdown that is not the repository's own, and the reference pages of single commands, whose short
# passages would stand before those that explain.
FOREIGN = frozenset({"target", "node_modules", "dist", "fixtures", "help"})
PASSAGE_CHARACTERS = 700
FENCE = re.compile(r"^```")


def passages(root: Path = REPOSITORY) -> list[Document]:
    """Every passage of every Markdown file below `root`, in a stable order."""
    found = []
    for path in _pages(root):
        for heading, text in _sections(path.read_text(encoding="utf-8")):
            metadata = {"source": path.relative_to(root).as_posix(), "heading": heading}
            found.append(Document(page_content=text, metadata=metadata))
    return found


def _pages(root: Path) -> list[Path]:
    """The Markdown files, found without walking through what was built or installed."""
    found = []
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in FOREIGN and not name.startswith(".")]
        found += [Path(folder, name) for name in files if name.endswith(".md")]
    return sorted(found)


def _sections(markdown: str) -> Iterator[tuple[str, str]]:
    """Paragraphs under their headings, joined until a passage is long enough."""
    heading, block, fenced = "", "", False
    for line in [*markdown.splitlines(), "# end"]:
        fenced ^= bool(FENCE.match(line))
        new_heading = line.startswith("#") and not fenced
        full = not line.strip() and not fenced and len(block) > PASSAGE_CHARACTERS
        if (new_heading or full) and block.strip():
            yield heading, block.strip()
        if new_heading:
            heading, block = line.lstrip("# ").strip(), ""
        elif full:
            block = ""
        else:
            block += line + "\n"
