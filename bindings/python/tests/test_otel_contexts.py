"""Where the context goes behind the OpenTelemetry API: under each span stands what the official SDK puts there, whichever face
began it, and nobody complains on standard error."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import HERE, PACKAGE, environment


@pytest.mark.parametrize(("whose", "least"), [("official", 24), ("vigie", 29)])
def test_the_ways_of_a_context(whose: str, least: int) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "otel_contexts.py"), whose],
        env={**environment(), "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    ways = json.loads(done.stdout)
    assert len(ways) >= least
    assert {name: way["found"] for name, way in ways.items()} == {
        name: way["expected"] for name, way in ways.items()
    }
