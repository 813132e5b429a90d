"""Real collectors that hand on whatever they receive: rotel, and OpenTelemetry's own."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving import free_port, serving

INSTALL = f"{sys.executable} -m pip install -r tests/requirements.txt"


def agent() -> str | None:
    """The program of rotel, where the package is installed."""
    spec = importlib.util.find_spec("rotel")
    program = Path(spec.origin).parent / "rotel-agent" if spec is not None and spec.origin else None
    return str(program) if program is not None and program.exists() else None


@contextmanager
def running(program: str, onward: str, folder: Path) -> Iterator[str]:
    """The address of a rotel while it runs and sends everything to the OTLP receiver at `onward`."""
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
    with serving(command, port, folder) as url:
        yield url


@contextmanager
def opentelemetry(program: str, onward: str, folder: Path) -> Iterator[str]:
    """The same of the OpenTelemetry Collector."""
    port = free_port()
    pipeline = {"receivers": ["otlp"], "exporters": ["otlp_http"]}
    config = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
        "exporters": {"otlp_http": {"endpoint": onward}},
        "service": {"pipelines": dict.fromkeys(("logs", "traces", "metrics"), pipeline)},
    }
    with serving([program, f"--config=yaml:{json.dumps(config)}"], port, folder) as url:
        yield url
