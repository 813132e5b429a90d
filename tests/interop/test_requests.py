"""The same requests to FastAPI under uvicorn, Flask under gunicorn and Express, each behind Vigie's middleware: the wide events
say the same, key for key."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from programs import NODE_PACKAGE, environment, node_command, python_module
from serving import free_port, serving

FASTAPI = """
import vigie
import vigie.asgi
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

vigie.init(service="shop", outputs=[{"to": "file", "path": "lines.jsonl"}])
app = FastAPI()
log = vigie.get_logger("shop")


@app.api_route("/cart/{number}", methods=["GET", "HEAD"])
def cart(number: int):
    log.info("inside")
    vigie.event(items=3)
    vigie.event(**{"cart.number": number, "items": 4})
    return Response("a cart", media_type="text/plain")


@app.post("/cart")
async def placed(request: Request):
    log.info("inside")
    vigie.event(read=len(await request.body()))
    return Response(status_code=201)


@app.get("/busy")
def busy():
    log.info("inside")
    return Response("busy", status_code=503, media_type="text/plain")


@app.get("/fails")
def fails():
    log.info("inside")
    raise ValueError("sold out")


@app.get("/stream")
async def stream():
    async def chunks():
        for number in range(3):
            log.info("inside")
            yield b"chunk"
    return StreamingResponse(chunks())


app = vigie.asgi.Middleware(app, context=lambda scope: {"tenant_id": "acme"}, skip=["/health*"])
"""

FLASK = """
import vigie
import vigie.wsgi
from flask import Flask, Response, request

vigie.init(service="shop", outputs=[{"to": "file", "path": "lines.jsonl"}])
app = Flask("shop")
log = vigie.get_logger("shop")


@app.get("/cart/<int:number>")
def cart(number):
    log.info("inside")
    vigie.event(items=3)
    vigie.event(**{"cart.number": number, "items": 4})
    return Response("a cart", mimetype="text/plain")


@app.post("/cart")
def placed():
    log.info("inside")
    vigie.event(read=len(request.get_data()))
    return Response(status=201)


@app.get("/busy")
def busy():
    log.info("inside")
    return Response("busy", status=503, mimetype="text/plain")


@app.get("/fails")
def fails():
    log.info("inside")
    raise ValueError("sold out")


@app.errorhandler(500)
def failed(error):
    return Response("Internal Server Error", status=500, mimetype="text/plain")


@app.errorhandler(404)
def nowhere(error):
    return Response('{"detail":"Not Found"}', status=404, mimetype="application/json")


@app.get("/stream")
def stream():
    def chunks():
        for number in range(3):
            log.info("inside")
            yield b"chunk"
    return Response(chunks())


app.wsgi_app = vigie.wsgi.Middleware(app.wsgi_app, context=lambda environ: {"tenant_id": "acme"}, skip=["/health*"])
"""

EXPRESS = """
import express from 'express'
import * as vigie from 'vigie'
import { express as served, expressErrors } from 'vigie/http'

vigie.init({ service: 'shop', outputs: [{ to: 'file', path: process.argv[3] }] })
const app = express()
const log = vigie.getLogger('shop')
app.disable('x-powered-by')
app.use(served({ context: () => ({ tenant_id: 'acme' }), skip: ['/health*'] }))
app.get('/cart/:number', (request, response) => {
  log.info('inside')
  vigie.event({ items: 3 })
  vigie.event({ 'cart.number': Number(request.params.number), items: 4 })
  response.type('text').send('a cart')
})
app.post('/cart', express.raw({ type: () => true }), (request, response) => {
  log.info('inside')
  vigie.event({ read: request.body.length })
  response.status(201).end()
})
app.get('/busy', (_request, response) => {
  log.info('inside')
  response.status(503).type('text').send('busy')
})
app.get('/fails', () => {
  log.info('inside')
  throw new TypeError('sold out')
})
app.get('/stream', (_request, response) => {
  for (let number = 0; number < 3; number += 1) {
    log.info('inside')
    response.write('chunk')
  }
  response.end()
})
app.use((_request, response) => response.status(404).type('json').send('{"detail":"Not Found"}'))
app.use(expressErrors())
app.use((_error, _request, response, _next) => response.status(500).type('text').send('Internal Server Error'))
app.listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
"""

# Method, target, body, and the headers beside.
REQUESTS: list[tuple[str, str, bytes | None, dict[str, str]]] = [
    ("GET", "/cart/7?token=secret", None, {"X-Request-ID": "r-1", "X-Correlation-ID": "c-1"}),
    ("GET", "/cart/8", None, {}),
    ("HEAD", "/cart/9", None, {"X-Correlation-ID": "x" * 129}),
    ("POST", "/cart", b"12345", {"X-Request-ID": "caf\xe9"}),
    ("POST", "/cart", b"", {}),
    ("GET", "/busy", None, {}),
    ("GET", "/fails", None, {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}),
    ("GET", "/stream", None, {}),
    ("GET", "/nowhere", None, {}),
    ("GET", "/health/ready", None, {}),
]
MADE = ("timestamp", "pid", "host", "trace_id", "span_id", "duration_ns", "request_id", "correlation_id")


def ask(port: int) -> list[dict[str, str]]:
    """Sends all requests; gives the ids of each answer."""
    ids = []
    for method, target, body, headers in REQUESTS:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, target, body, {"User-Agent": "tests/1", **headers})
        reply = connection.getresponse()
        reply.read()
        ids.append({name: reply.headers[name] for name in ("X-Request-ID", "X-Correlation-ID")})
        connection.close()
    return ids


def uvicorn(folder: Path, port: int) -> list[str]:
    python_module("uvicorn", "pip install uvicorn (tests/requirements.txt has it)")
    (folder / "shop.py").write_text(FASTAPI, encoding="utf-8")
    return [sys.executable, "-m", "uvicorn", "shop:app", "--port", str(port), "--log-level", "critical"]


def gunicorn(folder: Path, port: int) -> list[str]:
    python_module("gunicorn", "pip install gunicorn (tests/requirements.txt has it)")
    (folder / "shop.py").write_text(FLASK, encoding="utf-8")
    return [sys.executable, "-m", "gunicorn", "--threads=2", f"--bind=127.0.0.1:{port}", "shop:app"]


def express(folder: Path, port: int) -> list[str]:
    if not list((NODE_PACKAGE / "dist").glob("**/http.*js")):
        pytest.skip("the Node package has no vigie/http; enable with: cargo xtask setup")
    node, _ = node_command("", folder)
    modules = folder / "node_modules"
    modules.mkdir()
    (modules / "vigie").symlink_to(NODE_PACKAGE)
    (modules / "express").symlink_to(NODE_PACKAGE / "node_modules" / "express")
    (folder / "shop.mjs").write_text(EXPRESS, encoding="utf-8")
    return [node, str(folder / "shop.mjs"), str(port), str(folder / "lines.jsonl")]


def lines_of(
    server: Callable[[Path, int], list[str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """What a server answers, and the lines that it has written then."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    port = free_port()
    command = server(folder, port)
    with serving(command, port, folder):
        ids = ask(port)
        due = [number for number, request in enumerate(REQUESTS) if request[1] != "/health/ready"]
        path = folder / "lines.jsonl"

        def written() -> list[dict[str, Any]] | None:
            lines = (
                [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
            )
            events = [line for line in lines if line.get("event") == "http.request"]
            return lines if len(events) == len(due) else None

        from serving import until

        return ids, until("wide events", written)


@pytest.fixture(scope="module", params=[uvicorn, gunicorn, express], ids=["fastapi", "flask", "express"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield lines_of(request.param, folder, monkeypatch)
    shutil.rmtree(folder)


def event(method: str, path: str, status: int, route: str | None, size: int, **parts: Any) -> dict[str, Any]:
    """The wide event of a request, in the order of its keys."""
    failed = status >= 500
    told = {
        "level": "ERROR" if failed else "INFO",
        "message": f"{method} {path} {status}",
        "logger": "vigie.http",
        "service": "shop",
        "tenant_id": "acme",
        "event": "http.request",
        "category": "web",
        "outcome": "failure" if failed else "success",
        "http.request.method": method,
        "http.route": route,
        "url.path": path,
        "http.response.status_code": status,
        "client.address": "127.0.0.1",
        "user_agent.original": "tests/1",
        "http.request.body.size": parts.pop("sent", None),
        "http.response.body.size": size,
        **parts,
    }
    return {key: value for key, value in told.items() if value is not None}


EXPECTED = [
    event("GET", "/cart/7", 200, "/cart/{number}", 6, items=4, **{"cart.number": 7}),
    event("GET", "/cart/8", 200, "/cart/{number}", 6, items=4, **{"cart.number": 8}),
    event("HEAD", "/cart/9", 200, "/cart/{number}", 0, items=4, **{"cart.number": 9}),
    event("POST", "/cart", 201, "/cart", 0, sent=5, read=5),
    event("POST", "/cart", 201, "/cart", 0, sent=0, read=0),
    event("GET", "/busy", 503, "/busy", 4),
    event("GET", "/fails", 500, "/fails", 21),
    event("GET", "/stream", 200, "/stream", 15),
    event("GET", "/nowhere", 404, None, 22),
]


def test_the_wide_events_are_the_same_everywhere(served: Any) -> None:
    _, lines = served
    events = [line for line in lines if line.get("event") == "http.request"]
    found = []
    for line in events:
        assert isinstance(line["duration_ns"], int) and line["duration_ns"] > 0
        error = line.pop("error", None)
        assert (error and error["message"]) == ("sold out" if line["url.path"] == "/fails" else None)
        route = line.get("http.route", "").replace("<int:number>", "{number}").replace(":number", "{number}")
        kept = {key: value for key, value in line.items() if key not in MADE}
        found.append([(key, route if key == "http.route" else value) for key, value in kept.items()])
    assert found == [list(one.items()) for one in EXPECTED]
    assert not any("secret" in json.dumps(line) for line in lines)


def test_the_ids_stand_on_the_answers_and_on_all_lines(served: Any) -> None:
    ids, lines = served
    asked = [(one["X-Request-ID"], one["X-Correlation-ID"]) for one in ids]
    assert asked[0] == ("r-1", "c-1")
    for request_id, correlation_id in asked[1:]:
        assert len(request_id) == 32 and int(request_id, 16) and correlation_id == request_id
    assert len({request_id for request_id, _ in asked}) == len(REQUESTS)
    by_request = {
        request_id: [line for line in lines if line["request_id"] == request_id] for request_id, _ in asked
    }
    assert sum(map(len, by_request.values())) == len(lines)
    for (request_id, correlation_id), (_, target, _, _) in zip(asked, REQUESTS, strict=True):
        own = by_request[request_id]
        assert {line["correlation_id"] for line in own} <= {correlation_id}
        logs = [line for line in own if line.get("message") == "inside"]
        assert len(logs) == {"/stream": 3, "/nowhere": 0, "/health/ready": 0}.get(target, 1)
        spans = [line for line in own if line.get("kind") == "span"]
        assert len(spans) == (0 if target == "/health/ready" else 1), "a request to be skipped has none"
        for line in own:
            place = spans[0]["trace_id"], spans[0]["span_id"]
            assert (line["trace_id"], line["span_id"]) == place


def test_the_spans_have_the_routes_names(served: Any) -> None:
    _, lines = served
    spans = [line for line in lines if line.get("kind") == "span"]
    names = {
        span["name"].replace("<int:number>", "{number}").replace(":number", "{number}") for span in spans
    }
    assert names == {
        *(f"{method} /cart/{{number}}" for method in ("GET", "HEAD")),
        *("POST /cart", "GET /busy", "GET /fails", "GET /stream", "GET"),
    }
    for span in spans:
        assert span["span_kind"] == "server"
        status = span["attributes"]["http.response.status_code"]
        assert span["status"] == ("error" if status >= 500 else "unset")
        first = list(span["attributes"])[:4]
        assert first == ["http.request.method", "url.path", "url.scheme", "server.address"]
    [continued] = [span for span in spans if span["name"] == "GET /fails"]
    assert (continued["trace_id"], continued["parent_span_id"]) == (
        "0af7651916cd43dd8448eb211c80319c",
        "b7ad6b7169203331",
    )
