"""examples/express, started as its page says, behind a real collector: what arrives is one trace for a request."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from collector import INSTALL, agent, running

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
from receiver import Receiver

ROOT = Path(__file__).resolve().parents[2]
NODE_PACKAGE = ROOT / "bindings" / "node"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The example in a folder where its packages are installed."""
    modules = tmp_path / "node_modules"
    modules.mkdir()
    (modules / "vigie").symlink_to(NODE_PACKAGE)
    for name in ("express", "@opentelemetry"):
        (modules / name).symlink_to(NODE_PACKAGE / "node_modules" / name)
    return Path(shutil.copy(ROOT / "examples" / "express" / "app.mjs", tmp_path))


def test_a_request_is_one_trace_at_the_collector(program: Path, tmp_path: Path) -> None:
    rotel, node = agent(), shutil.which("node")
    if rotel is None or node is None or not (NODE_PACKAGE / "dist").is_dir():
        pytest.skip(f"no rotel ({INSTALL}), no node or no compiled package")
    with closing(Receiver()) as receiver, running(rotel, receiver.url, tmp_path) as collector:
        variables = {
            "OTEL_SERVICE_NAME": "shop",
            "OTEL_NODE_ENABLED_INSTRUMENTATIONS": "http,express",
            "VIGIE_OUTPUTS": json.dumps([{"to": "otlp", "url": collector}]),
            "PORT": "0",
        }
        command = [node, "--import", "vigie/register", str(program)]
        with subprocess.Popen(
            command, cwd=tmp_path, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            with urllib.request.urlopen(server.stdout.readline().strip()) as answer:
                assert json.load(answer)["stock"][1] == {"item": "milk", "left": 3}
            server.terminate()
        assert server.returncode == 0
        spans = receiver.wait("shop", {"spans": 8})["spans"]
    names = {span["span"][1]: span["name"] for span in spans}
    tree = sorted((span["name"], names.get(span["parent"], "")) for span in spans)
    assert len({span["span"][0] for span in spans}) == 1
    assert tree == [
        ("GET", "request handler"),
        ("GET", "request handler"),
        ("GET /cart/:id", ""),
        ("GET /stock/:item", "GET"),
        ("GET /stock/:item", "GET"),
        ("request handler", "GET /cart/:id"),
        ("request handler", "GET /stock/:item"),
        ("request handler", "GET /stock/:item"),
    ]
