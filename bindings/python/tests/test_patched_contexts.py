"""Where the context goes when gevent or eventlet has made greenlets of threads: the right one or none, and nobody complains."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
from conftest import HERE, PACKAGE, environment


@pytest.mark.parametrize("library", ["gevent", "eventlet"])
def test_the_ways_of_a_context(library: str) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is missing (tests/requirements.txt has it)")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            # That eventlet is going to end is its own matter.
            env={**environment(), "PYTHONPATH": str(PACKAGE), "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    done = run(str(HERE / "patched_contexts.py"), library)
    # Eventlet may complain of what it finds in the interpreter before anything of ours is there.
    bare = run("-c", "import eventlet\neventlet.monkey_patch()").stderr if library == "eventlet" else ""
    assert (done.stderr, done.returncode) == (bare, 0)
    ways = json.loads(done.stdout)
    assert len(ways) == 9
    assert {name: way["found"] for name, way in ways.items()} == {
        name: way["expected"] for name, way in ways.items()
    }
