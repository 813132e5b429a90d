"""The catalogue of metrics names all that Vigie and its adapters make, and nothing else.

It knows where names stand in the sources; that they are recorded is the business of each one's own tests.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from languages import REPOSITORY

CATALOGUE = REPOSITORY / "core/docs/metrics.md"
# A name as instruments of this repository have it: words joined by dots, the first of them a domain's.
NAME = re.compile(r"`((?:vigie|mcp|n8n|gen_ai|db|http)\.[a-z0-9_.]+)`")
# Tables say what a metric is called in their first column, prose which names change.
FIRST = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)
LATEST = re.compile(r"^With `OTEL_SEMCONV.*?\n\n", re.MULTILINE | re.DOTALL)


def text(path: str) -> str:
    """A file of the repository."""
    return (REPOSITORY / path).read_text(encoding="utf-8")


def in_json(path: str, *keys: str) -> set[str]:
    """Names in a table of an adapter; where a convention changed there are two."""
    table: dict[str, Any] = json.loads(text(path))
    found: set[str] = set()
    for key in keys:
        for metric in table[key].values():
            name = metric["name"]
            found |= set(name.values()) if isinstance(name, dict) else {name}
    return found


def in_source(path: str, pattern: str) -> set[str]:
    """Names in a source; none is a pattern that has aged."""
    found = set(re.findall(pattern, text(path)))
    assert found, f"{path}: nothing is found by {pattern}"
    return found


def made() -> set[str]:
    """What the sources make."""
    exporter = "adapters/qdrant/python/vigie_qdrant/exporter/gauges.py"
    channels = Path("bindings/node/lib/diagnostics")
    return {
        *in_source("core/src/api/meter/own.rs", r'"(vigie\.output\.[a-z_]+)"'),
        *in_source(str(channels / "http_server.ts"), r"seconds\('([a-z.]+)'"),
        *in_source(str(channels / "client_span.ts"), r"'([a-z.]+\.duration)':"),
        *in_json("adapters/langchain/semantics.json", "metrics", "counters", "own"),
        *in_json("adapters/mcp/names.json", "metrics"),
        *in_json("adapters/qdrant/operations.json", "metrics"),
        *in_source(exporter, r'"(vigie\.qdrant\.[a-z_.]+)"'),
        *(f"vigie.qdrant.{name}" for name in in_source(exporter, r'(?m)^    "([a-z_.]+)": \(')),
        *in_source("adapters/n8n/hook/lib/metrics.ts", r"'((?:n8n|vigie\.n8n)\.[a-z_.]+)', \{ unit"),
    }


def test_the_catalogue_is_what_the_sources_make() -> None:
    page = CATALOGUE.read_text(encoding="utf-8")
    listed = {name for part in [*FIRST.findall(page), *LATEST.findall(page)] for name in NAME.findall(part)}
    assert listed == made()
