"""Instrumentations for OpenTelemetry, as they are published, on Vigie: over real sockets, and without a change to the program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, PACKAGE, Run, environment, parse_file

SERVED = """
import logging, threading
import requests
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)

def served(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
"""


def tree(lines: list[dict[str, Any]]) -> dict[str, str | None]:
    """The name of each span's parent."""
    spans = {line["span_id"]: line for line in lines if line.get("kind") == "span"}
    above = {line["name"]: spans.get(line.get("parent_span_id", "")) for line in spans.values()}
    return {name: parent and parent["name"] for name, parent in above.items()}


def test_flask_and_requests(run: Run) -> None:
    done = run(
        SERVED
        + """
import vigie.otel
vigie.otel.install()
import flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
RequestsInstrumentor().instrument()

app = flask.Flask("shop")
FlaskInstrumentor().instrument_app(app)

@app.get("/cart/<number>")
def cart(number):
    with vigie.span("stock"):
        vigie.get_logger("shop").info("looked up {number}", number=number)
    return {"ok": True}

with vigie.span("job"):
    assert requests.get(served(app) + "/cart/7", headers={"x": "y"}).json() == {"ok": True}
"""
    ).ok()
    lines = done.lines()
    assert tree(lines) == {
        "job": None,
        "GET": "job",
        "GET /cart/<number>": "GET",
        "stock": "GET /cart/<number>",
    }
    spans = {line["name"]: line for line in lines if line.get("kind") == "span"}
    assert len({line["trace_id"] for line in spans.values()}) == 1
    [log] = [line for line in lines if "kind" not in line]
    assert log["span_id"] == spans["stock"]["span_id"]
    assert spans["GET /cart/<number>"]["span_kind"] == "server"
    assert spans["GET /cart/<number>"]["attributes"]["http.route"] == "/cart/<number>"
    assert spans["GET"]["scope"] == "opentelemetry.instrumentation.requests"
    metrics = {line["name"] for line in lines if line.get("kind") == "metric"}
    assert {"http.server.duration", "http.client.duration"} <= metrics


def test_fastapi_and_httpx(run: Run) -> None:
    done = run(
        """
import asyncio, vigie.otel
vigie.otel.install()
import fastapi, httpx
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
HTTPXClientInstrumentor().instrument()

app = fastapi.FastAPI()

@app.get("/cart/{number}")
async def cart(number: int):
    await asyncio.sleep(0.001)
    vigie.get_logger("shop").info("cart", number=number)
    return {"number": number}

@app.get("/fails")
async def fails():
    raise ValueError("no")

FastAPIInstrumentor.instrument_app(app)

async def main():
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        with vigie.span("job"):
            answers = await asyncio.gather(*(client.get(f"/cart/{n}") for n in range(20)))
            assert [answer.json()["number"] for answer in answers] == list(range(20))
            assert (await client.get("/fails")).status_code == 500

asyncio.run(main())
"""
    ).ok()
    lines = done.lines()
    spans = {line["span_id"]: line for line in lines if line.get("kind") == "span"}
    assert len({line["trace_id"] for line in spans.values()}) == 1
    logs = [line for line in lines if "kind" not in line and "number" in line]
    names = ("GET /cart/{number}", "GET /fails")
    servers = {line["span_id"]: line for line in spans.values() if line["name"] in names}
    assert len(servers) == 21
    assert len(logs) == 20 and len({log["span_id"] for log in logs}) == 20
    for log in logs:
        target = servers[log["span_id"]]["attributes"]["http.url"]
        assert target.endswith(f"/{log['number']}")
    [failed] = [line for line in servers.values() if line["name"] == "GET /fails"]
    assert (failed["status"], failed["events"][0]["attributes"]["exception.type"]) == ("error", "ValueError")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="reads the project's TOML")
def test_without_a_change_to_the_program(tmp_path: Path) -> None:
    import tomllib

    # What an installed package tells of itself: here the package lies in a checkout.
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    told = tmp_path / "vigie-0.0.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: vigie\nVersion: 0.0.0\n", "utf-8")
    groups = project["entry-points"]
    text = "".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in names.items())
        for group, names in groups.items()
    )
    (told / "entry_points.txt").write_text(text, "utf-8")
    (tmp_path / "program.py").write_text(
        SERVED
        + """
import flask
app = flask.Flask("shop")
app.get("/")(lambda: "ok")
assert requests.get(served(app)).text == "ok"
""",
        "utf-8",
    )
    command = shutil.which("opentelemetry-instrument", path=str(Path(sys.executable).parent))
    assert command is not None
    variables = {
        "OTEL_PYTHON_DISTRO": "vigie",
        "OTEL_PYTHON_CONFIGURATOR": "vigie",
        "OTEL_SERVICE_NAME": "shop",
        "VIGIE_OUTPUTS": '[{"to": "file", "path": "out.jsonl"}]',
        "PYTHONPATH": f"{tmp_path}:{PACKAGE}",
    }
    done = subprocess.run(
        [command, sys.executable, "program.py"],
        cwd=tmp_path,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = parse_file(tmp_path / "out.jsonl")
    assert tree(lines) == {"GET": None, "GET /": "GET"}
    assert {line["service"] for line in lines} == {"shop"}
