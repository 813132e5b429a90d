"""Servers on loopback for the time of a test: the built ones, free ports, and what they answer."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

sys.path.append(str(Path(__file__).parent / "servers"))
import install  # the folder of what it builds is no package

PATIENCE_S = 30
T = TypeVar("T")


def built(name: str) -> str:
    """The path of a server that `servers/install.py` builds; without it the test is skipped."""
    program = install.SERVERS[name].program(name)
    if not program.exists():
        pytest.skip(f"{name} is not built; enable with: {install.command(name)}", allow_module_level=True)
    return str(program)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serving(command: list[str], port: int, folder: Path) -> Iterator[str]:
    """The address of a server while it runs; what it says is in a file of the folder."""
    said = folder / f"{Path(command[0]).name}.log"
    with said.open("wb") as log:
        started = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        due = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert started.poll() is None and time.monotonic() < due, said.read_text()
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        # Some take their time to end well, and nothing is asked of them any more.
        started.kill()
        started.wait()


def text(address: str, **query: str) -> str:
    """What it answers to GET."""
    with urlopen(f"{address}?{urlencode(query)}", timeout=PATIENCE_S) as reply:
        body: str = reply.read().decode()
    return body


def answer(address: str, **query: str) -> Any:
    """The same, of JSON; Go writes the double that is zero below zero as if it were an integer."""
    return json.loads(
        text(address, **query), parse_int=lambda digits: -0.0 if digits == "-0" else int(digits)
    )


def until(what: str, ask: Callable[[], T | None]) -> T:
    """The first answer that is one: what was sent can be found a little later."""
    due = time.monotonic() + PATIENCE_S
    while True:
        found = ask()
        if found is not None:
            return found
        assert time.monotonic() < due, f"no {what}"
        time.sleep(0.1)
