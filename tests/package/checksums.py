"""Writes the checksums of the files in a folder as `sha256sum --check` reads them: `checksums.py FILE`, beside the others."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

target = Path(sys.argv[1])
others = sorted(file for file in target.parent.iterdir() if file.is_file() and file != target)
lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in others]
target.write_text("".join(lines), encoding="utf-8")
