"""examples/flask and examples/fastapi, started as their pages say, in front of a real collector and of a real Jaeger: what arrives is one trace for a request."""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.request
from pathlib import Path

import pytest
from collector import INSTALL
from serving import free_port, serving

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
pytest.importorskip("uvicorn", reason=f"uvicorn is missing; enable with: {INSTALL}")
pytest.importorskip("sqlalchemy", reason=f"sqlalchemy is missing; enable with: {INSTALL}")
from backends import BACKENDS, backend

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bindings" / "python" / "python"
SCRIPTS = Path(sys.executable).parent
# Where the entry points of a package lie that is not installed here.
ENTRY_POINTS = """\
[opentelemetry_distro]
vigie = vigie.otel._distro:Distro

[opentelemetry_configurator]
vigie = vigie.otel._distro:Configurator
"""

FLASK_TREE = [
    ("GET", "GET /cart/<int:number>"),
    ("GET", "GET /cart/<int:number>"),
    ("GET /cart/<int:number>", ""),
    ("GET /stock/<item>", "GET"),
    ("GET /stock/<item>", "GET"),
]
FASTAPI_TREE = [
    ("GET /cart/{number}", ""),
    ("GET /cart/{number} http send", "GET /cart/{number}"),
    ("GET /cart/{number} http send", "GET /cart/{number}"),
    ("SELECT", "price"),
    ("connect", "price"),
    ("price", "GET /cart/{number}"),
]


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize(
    ("example", "command", "answer", "tree"),
    [
        (
            "flask",
            ("opentelemetry-instrument", "flask", "--app", "app", "run", "--port"),
            {"cart": 7, "stock": [{"item": "tea", "left": 3}, {"item": "milk", "left": 3}]},
            FLASK_TREE,
        ),
        ("fastapi", ("uvicorn", "app:app", "--port"), {"cart": 7, "total": 6}, FASTAPI_TREE),
    ],
)
def test_a_request_is_one_trace_where_it_arrives(
    name: str,
    example: str,
    command: tuple[str, ...],
    answer: dict[str, object],
    tree: list[tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = shutil.which(command[0], path=str(SCRIPTS))
    if program is None:
        pytest.skip(f"no {command[0]}; enable with: {INSTALL}")
    shutil.copy(ROOT / "examples" / example / "app.py", tmp_path)
    installed = tmp_path / "vigie-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: vigie\nVersion: 0\n", "utf-8")
    (installed / "entry_points.txt").write_text(ENTRY_POINTS, "utf-8")
    port = free_port()
    with backend(name, tmp_path) as (output, arrived):
        variables = {
            "OTEL_SERVICE_NAME": "shop",
            "OTEL_PYTHON_DISTRO": "vigie",
            "OTEL_PYTHON_CONFIGURATOR": "vigie",
            "VIGIE_OUTPUTS": json.dumps([output]),
            # The one command starts the other by its name.
            "PATH": os.pathsep.join((str(SCRIPTS), os.environ["PATH"])),
            "PYTHONPATH": os.pathsep.join(map(str, (tmp_path, PACKAGE))),
        }
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.chdir(tmp_path)
        with serving([program, *command[1:], str(port)], port, tmp_path) as url:
            with urllib.request.urlopen(f"{url}/cart/7") as got:
                assert json.load(got) == answer
            spans = arrived("shop", len(tree))
    names = {span["span"][1]: span["name"] for span in spans}
    assert len({span["span"][0] for span in spans}) == 1
    assert sorted((span["name"], names.get(span["parent"], "")) for span in spans) == tree
