"""Django and FastAPI behind Vigie's middleware in workers of gunicorn that are recycled and killed under load, at last with
their master: every request's lines are there, each with the request's own correlation id."""

from __future__ import annotations

import json
from collections import defaultdict
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from load import CLIENTS, KILLS, REQUESTS, gunicorn
from programs import python_module
from serving import until

OUTPUT = 'vigie.init(service="shop", outputs=[{"to": "file", "path": "lines.jsonl"}])'

DJANGO = f"""
import logging
import os
import random
import time

import django
import vigie
import vigie.logging
import vigie.wsgi
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

{OUTPUT}
vigie.logging.install(level="INFO")


def page(request, name):
    number = int(request.headers["X-Number"])
    logging.getLogger("shop.views").info("asked", extra={{"number": number}})
    time.sleep(random.random() / 100)
    with vigie.span("price"):
        vigie.get_logger("shop.prices").info("priced", number=number)
    vigie.event(number=number)
    return HttpResponse("ok", headers={{"X-Worker": str(os.getpid()), "X-Acknowledged": "True"}})


urlpatterns = [path("<name>", page)]
settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=["vigie.django.Middleware"], LOGGING_CONFIG=None,
)
django.setup()
from django.core.wsgi import get_wsgi_application

application = vigie.wsgi.Middleware(get_wsgi_application())
"""

FASTAPI = f"""
import asyncio
import logging
import os
import random

import vigie
import vigie.asgi
import vigie.logging
from fastapi import FastAPI, Request, Response

{OUTPUT}
vigie.logging.install(level="INFO")
app = FastAPI()


def priced(number):
    with vigie.span("price"):
        vigie.get_logger("shop.prices").info("priced", number=number)


@app.get("/{{name}}")
async def page(name, request: Request):
    number = int(request.headers["X-Number"])
    logging.getLogger("shop.views").info("asked", extra={{"number": number}})
    await asyncio.sleep(random.random() / 100)
    await asyncio.to_thread(priced, number)
    vigie.event(number=number)
    return Response("ok", headers={{"X-Worker": str(os.getpid()), "X-Acknowledged": "True"}})


application = vigie.asgi.Middleware(app)
"""

# What an answered request leaves at the least, before the answer; the event of a body that the server reads in steps comes right behind.
MESSAGES = {"asked", "priced"}


@pytest.mark.parametrize("is_killed_at_last", [True, False], ids=["killed", "ended"])
@pytest.mark.parametrize(
    ("application", "module", "options", "route", "is_event_first"),
    [
        (DJANGO, "django", ["--worker-class=gthread", "--threads=4"], "/<name>", False),
        (FASTAPI, "fastapi", ["--worker-class=uvicorn.workers.UvicornWorker"], "/{name}", True),
    ],
    ids=["django", "fastapi"],
)
def test_every_requests_lines_have_its_correlation_id(
    application: str,
    module: str,
    options: list[str],
    route: str,
    is_event_first: bool,
    is_killed_at_last: bool,
    tmp_path: Path,
) -> None:
    for name in ("gunicorn", "uvicorn", module):
        python_module(name, f"pip install {name} (tests/requirements.txt has it)")
    # Of the development warnings of others nothing is asked here.
    with gunicorn(application, tmp_path, {"PYTHONWARNINGS": "ignore"}, options) as (server, load):

        def kill(time: int) -> None:
            if is_killed_at_last and load.kills >= KILLS and load.answered >= REQUESTS // 2:
                load.kill_all(server.pid)
            elif time % 3 == 0:
                load.kill_one(server.pid)

        load.run(kill)
    assert load.kills >= KILLS and load.is_over is is_killed_at_last
    assert len(load.acknowledged) == load.answered >= REQUESTS // 2
    lines = (tmp_path / "lines.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    requests = by_number([json.loads(line) for line in lines])
    without_event = 0
    for number in load.acknowledged:
        logs, event, spans = parts(requests[number])
        assert {line["message"] for line in logs} == MESSAGES, "each of them once"
        assert len(logs) == 2
        without_event += event is None
        if event is not None:
            assert (event["http.route"], event["http.response.status_code"]) == (route, 200)
            assert {line["trace_id"] for line in logs} == {event["trace_id"]}
            assert {line["parent_span_id"] for line in spans} == {event["span_id"]}
        assert {line["request_id"] for line in (*logs, *spans)} == {logs[0]["request_id"]}
    # Those whose answer was on its way as their worker died.
    assert without_event <= (0 if is_event_first else load.kills * CLIENTS)
    assert len(requests) <= load.answered + load.failed


HANGING = f"""
import os
import time

import vigie
import vigie.wsgi

{OUTPUT}
log = vigie.get_logger("shop")


def answer(environ, start_response):
    if environ["PATH_INFO"] == "/hangs":
        log.info("asked")
        time.sleep(600)
    start_response("200 OK", [("X-Worker", str(os.getpid())), ("X-Acknowledged", "True")])
    return [b"ok"]


application = vigie.wsgi.Middleware(answer)
"""


def test_a_worker_that_is_killed_for_taking_too_long_leaves_its_request(tmp_path: Path) -> None:
    python_module("gunicorn", "pip install gunicorn (tests/requirements.txt has it)")
    with gunicorn(HANGING, tmp_path, {}, ["--workers=1", "--timeout=2"]) as (_, load):
        connection = HTTPConnection("127.0.0.1", load.port, timeout=60)
        connection.request("GET", "/hangs", headers={"X-Correlation-ID": "slow"})
        assert connection.getresponse().status == 500
        connection.close()
        assert until("a new worker", load.ask) > 0
    lines = [json.loads(line) for line in (tmp_path / "lines.jsonl").read_text("utf-8").splitlines()]
    slow = [line for line in lines if line.get("correlation_id") == "slow"]
    [asked, event, span] = slow
    assert (asked["message"], span["kind"], asked["span_id"]) == ("asked", "span", span["span_id"])
    assert (event["level"], event["message"], event["error"]["type"]) == ("ERROR", "GET /hangs", "SystemExit")
    assert event["duration_ns"] > 1_000_000_000


def by_number(lines: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """The lines of each request by the number in their correlation id, which the request itself has told, too."""
    found = defaultdict(list)
    for line in lines:
        if "correlation_id" not in line:
            assert line["logger"].startswith(("gunicorn", "uvicorn", "asyncio")), line
            continue
        number = int(line["correlation_id"].removeprefix("c-"))
        assert line.get("number", number) == number, line
        found[number].append(line)
    return found


def parts(
    lines: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, list[dict[str, Any]]]:
    """The single records of a request, its wide event, and the spans inside of the server's."""
    events = [line for line in lines if line.get("event") == "http.request"]
    assert len(events) <= 1
    spans = [line for line in lines if line.get("kind") == "span" and line["span_kind"] != "server"]
    logs = [line for line in lines if "kind" not in line and line not in events]
    return logs, events[0] if events else None, spans
