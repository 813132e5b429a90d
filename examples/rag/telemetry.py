"""Where the lines of the Python services, and of what they start, go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def outputs(service: str, folder: Path) -> list[dict[str, Any]]:
    """The outputs of a service: its file, and a collector where RAG_OTLP names one."""
    collector = os.environ.get("RAG_OTLP")
    file = {"to": "file", "path": str(folder / f"{service}.jsonl")}
    return [file, {"to": "otlp", "url": collector}] if collector else [file]
