"""A measuring process: its environment, and the JSON line that it ends with. Not for what it measures."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 180

Row = dict[str, object]


def last_line(command: list[str], more: dict[str, str]) -> Row:
    """The JSON line that the process prints last, run with these variables besides; an `error` row when it failed."""
    # These variables of the person's shell would configure what is measured.
    env = {key: value for key, value in os.environ.items() if not key.startswith(("VIGIE_", "OTEL_", "DD_"))}
    try:
        done = subprocess.run(command, env=env | more, capture_output=True, text=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return {"error": f"still running after {LIMIT_S} s"}
    except OSError as error:
        return {"error": str(error)}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        tail = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return {"error": f"exit code {done.returncode}: {tail[:300]}"}
    return dict(json.loads(lines[-1]))


@contextmanager
def receiver(program: Path) -> Iterator[str]:
    """The address of what takes OTLP and counts it, in a process that ends with the block."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([program, "--receive"], text=True, **pipes) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            # Its input ends, and so does it.
            process.stdin.close()
