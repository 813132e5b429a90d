"""A real collector, rotel, that hands on whatever it receives."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALL = f"{sys.executable} -m pip install -r tests/requirements.txt"


def agent() -> str | None:
    """Its program, where the package is installed."""
    spec = importlib.util.find_spec("rotel")
    program = Path(spec.origin).parent / "rotel-agent" if spec is not None and spec.origin else None
    return str(program) if program is not None and program.exists() else None


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(program: str, onward: str, folder: Path) -> Iterator[str]:
    """Its address while it runs and sends everything to the OTLP receiver at `onward`."""
    port = free_port()
    settings = {
        "otlp-http-endpoint": f"127.0.0.1:{port}",
        "otlp-grpc-endpoint": f"127.0.0.1:{free_port()}",
        "exporter": "otlp",
        "otlp-exporter-endpoint": onward,
        "otlp-exporter-protocol": "http",
        "batch-timeout": "50ms",
    }
    command = [program, "start", *(f"--{key}={value}" for key, value in settings.items())]
    with (folder / "rotel.log").open("wb") as said:
        started = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
    try:
        due = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert started.poll() is None and time.monotonic() < due, (folder / "rotel.log").read_text()
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        started.terminate()
        started.wait(timeout=30)
