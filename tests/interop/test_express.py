"""examples/express, started as its page says, in front of a real collector and of a real Jaeger: what arrives is one trace for a request."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
from collector import INSTALL

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
from backends import BACKENDS, backend

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


@pytest.mark.parametrize("name", BACKENDS)
def test_a_request_is_one_trace_where_it_arrives(name: str, program: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (NODE_PACKAGE / "dist").is_dir():
        pytest.skip("no node or no compiled package; enable with: cargo xtask setup")
    with backend(name, tmp_path) as (output, arrived):
        variables = {
            "OTEL_SERVICE_NAME": "shop",
            "OTEL_NODE_ENABLED_INSTRUMENTATIONS": "http,express",
            "VIGIE_OUTPUTS": json.dumps([output]),
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
        spans = arrived("shop", 8)
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
