"""loguru, structlog, gunicorn and uvicorn as they are, on Vigie."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loguru
import pytest
import structlog
import vigie
import vigie.logging
from conftest import Records, environment, parse_file


@pytest.fixture
def log() -> Iterator[Any]:
    logger = loguru.logger
    logger.remove()
    logger.add(vigie.logging.loguru_sink, level=0, format="{message}")
    yield logger
    logger.remove()
    logger.configure(extra={})


def test_loguru(log: Any, records: Records) -> None:
    with vigie.span("checkout") as span, log.contextualize(request="r-1"):
        log.bind(user="u-7").info("{} of {total} sold", 1, total=2)
    line = records.logs[0]
    assert (line["level"], line["message"], line["logger"]) == ("INFO", "1 of 2 sold", __name__)
    assert (line["user"], line["request"], line["total"], line["span_id"]) == ("u-7", "r-1", 2, span.span_id)
    log.success("done")
    line = records.last
    assert (line["level"], line["level_name"]) == ("INFO", "SUCCESS")
    log.trace("fine")
    assert records.last["level"] == "TRACE"
    log.critical("the end")
    assert records.last["level"] == "FATAL"
    assert "level_name" not in records.last
    try:
        raise ValueError("no stock")
    except ValueError:
        log.exception("failed {braces}", braces="{}")
    line = records.last
    assert (line["message"], line["error"]["type"], line["error"]["message"]) == (
        "failed {}",
        "ValueError",
        "no stock",
    )
    assert "test_loguru" in line["error"]["stack"]


def test_loguru_with_enqueue_and_catch(records: Records) -> None:
    logger = loguru.logger
    logger.remove()
    logger.add(vigie.logging.loguru_sink, level=0, format="{message}", enqueue=True)

    @logger.catch
    def fail() -> None:
        raise ValueError("caught")

    fail()
    logger.complete()
    logger.remove()
    line = records.last
    assert (line["level"], line["error"]["message"]) == ("ERROR", "caught")


def test_loguru_through_the_handler(records: Records) -> None:
    logger = loguru.logger
    logger.remove()
    logger.add(vigie.logging.Handler(), format="{message}")
    logger.bind(user="u-7").warning("by a handler")
    logger.remove()
    line = records.last
    assert (line["level"], line["message"], line["extra"]) == ("WARN", "by a handler", {"user": "u-7"})


@pytest.fixture
def structured() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_structlog(structured: None, records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, vigie.logging.StructlogProcessor("shop.cart")]
    )
    log = structlog.get_logger().bind(user="u-7")
    structlog.contextvars.bind_contextvars(request="r-1")
    with vigie.span("checkout") as span:
        log.warning("sold {out}", sku="A1", items=[1, 2])
    line = records.logs[0]
    assert (line["level"], line["message"], line["logger"]) == ("WARN", "sold {out}", "shop.cart")
    assert (line["user"], line["request"], line["sku"], line["items"]) == ("u-7", "r-1", "A1", [1, 2])
    assert line["span_id"] == span.span_id
    assert "template" not in line
    try:
        raise ValueError("no stock")
    except ValueError:
        log.exception("failed")
    line = records.last
    assert (line["level"], line["error"]["type"]) == ("ERROR", "ValueError")
    log.error("failed", exc_info=KeyError("k"))
    assert records.last["error"]["type"] == "KeyError"
    log.info("plain", exc_info=False)
    assert "error" not in records.last
    assert capsys.readouterr().out == ""


def test_structlogs_usual_processors(structured: None, records: Records) -> None:
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        vigie.logging.StructlogProcessor(),
    ]
    structlog.configure(processors=processors)
    before = time.time()
    try:
        raise ValueError("no stock")
    except ValueError:
        structlog.get_logger().critical("failed", exc_info=True, stack_info=True)
    line = records.last
    assert (line["level"], line["logger"]) == ("FATAL", "root")
    assert (line["error"]["type"], line["error"]["message"]) == ("ValueError", "no stock")
    assert "test_structlogs_usual" in line["code.stacktrace"]
    assert not {"timestamp_", "level_", "exception"} & line.keys()
    assert abs(vigie_time(line) - before) < 60
    processors[2] = structlog.processors.TimeStamper()
    structlog.configure(processors=processors)
    structlog.get_logger().info("stamped")
    assert "timestamp_" not in records.last
    processors[2] = structlog.processors.TimeStamper(fmt="%H:%M")
    structlog.configure(processors=processors)
    structlog.get_logger().info("stamped by one's own rules")
    assert ":" in records.last["timestamp_"]


def vigie_time(line: dict[str, Any]) -> float:
    import calendar

    return calendar.timegm(time.strptime(line["timestamp"][:19], "%Y-%m-%dT%H:%M:%S"))


def test_structlog_behind_the_standard_library(structured: None, records: Records) -> None:
    import logging

    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = vigie.logging.Handler()
    logging.getLogger("behind").addHandler(handler)
    structlog.get_logger("behind").warning("sold out", sku="A1")
    logging.getLogger("behind").removeHandler(handler)
    line = records.last
    assert (line["message"], line["sku"], line["logger"]) == ("sold out", "A1", "behind")


APPLICATION = """
import logging

def app(environ, start_response):
    logging.getLogger("app").warning("asked for %s", environ["PATH_INFO"])
    start_response("201 Created", [("Content-Length", "2")])
    return [b"ok"]

async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    logging.getLogger("app").warning("asked for %s", scope["path"])
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
"""
UVICORN = """
import sys, vigie, vigie.logging, uvicorn
vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])
vigie.logging.install(level="INFO")
uvicorn.run("application:asgi", port=int(sys.argv[1]), log_config=None)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve_one(command: list[str], port: int, folder: Path) -> list[dict[str, Any]]:
    """Start a server, ask it once, end it; the lines that it left."""
    (folder / "application.py").write_text(APPLICATION, "utf-8")
    output = {"to": "file", "path": str(folder / "out.jsonl")}
    settings = {**environment(), "VIGIE_OUTPUTS": json.dumps([output])}
    settings["PYTHONPATH"] += os.pathsep + str(folder)
    server = subprocess.Popen(
        command, cwd=folder, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                client.request("GET", "/cart?item=1", headers={"User-Agent": "tests"})
                assert client.getresponse().read() == b"ok"
                break
            time.sleep(0.1)
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=30)
    finally:
        server.kill()
    assert said == "", said
    return parse_file(folder / "out.jsonl")


def of_http(line: dict[str, Any]) -> dict[str, Any]:
    wanted = ("http.request.method", "url.path", "url.query", "http.response.status_code", "client.address")
    return {key: line[key] for key in wanted}


EXPECTED = {
    "http.request.method": "GET",
    "url.path": "/cart",
    "url.query": "item=1",
    "http.response.status_code": 201,
    "client.address": "127.0.0.1",
}


def test_gunicorn(tmp_path: Path) -> None:
    port = free_port()
    options = ["--logger-class", "vigie.logging.gunicorn.Logger", "--access-logfile", "-", "-w", "1"]
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *options, "application:app"]
    (tmp_path / "application.py").write_text(APPLICATION, "utf-8")
    lines = serve_one([*command[:-1], "start:app"], port, started(tmp_path, "app"))
    (access,) = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert of_http(access) == EXPECTED
    assert (access["user_agent.original"], access["http.response.body.size"]) == ("tests", 2)
    assert access["duration_ms"] > 0
    assert '"GET /cart?item=1 HTTP/1.1" 201 2' in access["message"]
    assert any(line["logger"] == "gunicorn.error" and "Listening at" in line["message"] for line in lines)
    assert any(line["logger"] == "app" and line["message"] == "asked for /cart" for line in lines)


def started(folder: Path, name: str) -> Path:
    """A module that puts Vigie behind the root logger and has the application."""
    start = f"import vigie.logging\nvigie.logging.install()\nfrom application import {name}\n"
    (folder / "start.py").write_text(start, "utf-8")
    return folder


def test_uvicorn(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "serve.py").write_text(UVICORN, "utf-8")
    lines = serve_one([sys.executable, "serve.py", str(port)], port, tmp_path)
    (access,) = [line for line in lines if line["logger"] == "uvicorn.access"]
    assert of_http(access) == EXPECTED
    assert any(line["logger"] == "uvicorn.error" for line in lines)
    assert any(line["logger"] == "app" and line["message"] == "asked for /cart" for line in lines)
