"""Where the Markdown pages of this repository are. It needs the standard library alone: the site is made with it, too."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOREIGN = frozenset({"target", "node_modules", "dist", "fixtures"})


def pages() -> list[Path]:
    """Every Markdown page of the repository, once: two packages that share a page have links to it."""
    found = []
    for folder, below, files in os.walk(REPOSITORY):
        below[:] = [name for name in below if name not in FOREIGN and not name.startswith(".")]
        found += [Path(folder, name) for name in files if name.endswith(".md")]
    return sorted(page for page in found if not page.is_symlink())
