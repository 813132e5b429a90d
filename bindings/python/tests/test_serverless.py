"""Functions that are frozen and killed, and servers that do not answer: real processes in the place of a runtime.

Not for what is recorded of an invocation: see ``test_lambda_handler.py``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped and killed by signals")

# What a busy machine may add to a time that a process keeps.
SLACK = 2.0


class FarSide:
    """A server that keeps what it is sent, and answers with ``status`` or, while it hangs, not at all."""

    def __init__(self) -> None:
        self.status, self.hangs = 200, False
        self.requests: list[tuple[float, str, Any]] = []
        self._released = threading.Event()
        far_side = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                far_side.requests.append((time.monotonic(), self.path, body))
                if far_side.hangs:
                    far_side._released.wait(60)
                    return
                self.send_response(far_side.status)
                self.send_header("Retry-After", "1")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing to say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def logs(self) -> list[str]:
        """The bodies of all log records so far."""
        return [record["body"]["stringValue"] for record in self._items("/v1/logs", "Logs", "logRecords")]

    def spans(self) -> list[str]:
        """The names of all spans so far."""
        return [span["name"] for span in self._items("/v1/traces", "Spans", "spans")]

    def counts(self) -> list[int]:
        """The values of all points of sums so far."""
        metrics = self._items("/v1/metrics", "Metrics", "metrics")
        return [int(point["asInt"]) for metric in metrics for point in metric["sum"]["dataPoints"]]

    def _items(self, path: str, signal: str, key: str) -> list[Any]:
        found = []
        for _, where, body in list(self.requests):
            if where == path:
                for resource in body[f"resource{signal}"]:
                    for scope in resource[f"scope{signal}"]:
                        found += scope[key]
        return found


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    server = FarSide()
    yield server
    server.close()


PRELUDE = """
import asyncio, json, os, signal, sys, time
import vigie

class Context:
    aws_request_id, function_name, function_version = "r", "shop", "1"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop"
    def __init__(self, seconds):
        self.end = time.monotonic() + seconds
    def get_remaining_time_in_millis(self):
        return max(0, int((self.end - time.monotonic()) * 1000))

def answer(result):
    print(json.dumps(result), flush=True)

def freeze():
    # The runtime has the result: the environment is frozen there and then.
    os.kill(os.getpid(), signal.SIGSTOP)

vigie.init(service="shop", outputs=[{"to": "otlp", "url": sys.argv[1], "protocol": "json"}], **json.loads(sys.argv[2]))
log, orders = vigie.get_logger("shop"), vigie.counter("orders_total")
"""

HANDLERS = {
    "plain": """
@vigie.lambda_handler
def handler(event, context):
    for n in range(20):
        with vigie.span("step"):
            log.info("n {n}", n=n)
    orders.add(1)
    return {"n": event["n"]}
""",
    "async": """
@vigie.lambda_handler
async def invoked(event, context):
    for n in range(20):
        with vigie.span("step"):
            log.info("n {n}", n=n)
        await asyncio.sleep(0)
    orders.add(1)
    return {"n": event["n"]}

def handler(event, context):
    return asyncio.run(invoked(event, context))
""",
    "raising": """
@vigie.lambda_handler
def failing(event, context):
    for n in range(20):
        with vigie.span("step"):
            log.info("n {n}", n=n)
    orders.add(1)
    raise KeyError("no stock")

def handler(event, context):
    try:
        failing(event, context)
    except KeyError:
        return {"n": event["n"]}
""",
}


@contextmanager
def program(
    folder: Path, far_side: FarSide, source: str, **settings: Any
) -> Iterator[subprocess.Popen[bytes]]:
    script = folder / "program.py"
    script.write_text(PRELUDE + source, "utf-8")
    command = [sys.executable, str(script), far_side.url, json.dumps(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(), cwd=folder) as child:
        try:
            yield child
        finally:
            child.kill()


def told(child: subprocess.Popen[bytes]) -> Any:
    """The next line that the program printed."""
    assert child.stdout is not None
    return json.loads(child.stdout.readline())


def until(what: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def until_stopped(child: subprocess.Popen[bytes]) -> None:
    """Waits until the process has stopped itself."""
    assert os.WIFSTOPPED(os.waitpid(child.pid, os.WUNTRACED)[1])


@pytest.mark.parametrize("style", HANDLERS)
def test_all_that_an_invocation_recorded_has_arrived_when_it_is_frozen(
    tmp_path: Path, far_side: FarSide, style: str
) -> None:
    runtime = (
        "answer(handler({'n': 1}, Context(10))); freeze()\nanswer(handler({'n': 2}, Context(10))); freeze()\n"
    )
    with program(tmp_path, far_side, HANDLERS[style] + runtime) as child:
        for n in (1, 2):
            assert told(child) == {"n": n}
            until_stopped(child)
            assert sorted(far_side.logs()) == sorted([f"n {i}" for i in range(20)] * n)
            assert sorted(far_side.spans()) == sorted(["shop", *["step"] * 20] * n)
            assert far_side.counts()[-1] == n
            if n == 1:
                child.send_signal(signal.SIGCONT)
        child.kill()
        assert child.wait() == -signal.SIGKILL


def test_a_server_that_does_not_answer_costs_the_budget_and_no_more(
    tmp_path: Path, far_side: FarSide
) -> None:
    far_side.hangs = True
    source = """
def timed(call):
    start = time.monotonic()
    call()
    answer(time.monotonic() - start)

@vigie.lambda_handler(budget=0.3)
def short(event, context):
    log.info("short")

@vigie.lambda_handler
def usual(event, context):
    log.info("usual")

@vigie.lambda_handler(budget=60)
async def patient(event, context):
    log.info("patient")

timed(lambda: short({}, Context(60)))
timed(lambda: usual({}, Context(1.0)))
timed(lambda: usual({}, None))
timed(lambda: asyncio.run(patient({}, Context(1.0))))
timed(lambda: answer(vigie.flush(timeout=0.2)))
"""
    with program(tmp_path, far_side, source) as child:
        # The budget; the time that is left, less a tenth of a second; two seconds where nobody says what is left.
        for expected in (0.3, 0.9, 2.0, 0.9):
            assert expected - 0.05 <= told(child) < expected + SLACK
        assert told(child) is False, "a flush says that not everything arrived"
        assert told(child) < 0.2 + SLACK


def test_a_timeout_is_told_before_the_runtime_kills(tmp_path: Path, far_side: FarSide) -> None:
    source = """
@vigie.lambda_handler
def handler(event, context):
    log.info("begun")
    answer("begun")
    time.sleep(60)

handler({}, Context(1.5))
"""
    with program(tmp_path, far_side, source) as child:
        assert told(child) == "begun"
        time.sleep(1.5)
        child.kill()
        child.wait()
    logs = far_side.logs()
    assert logs[0] == "begun" and logs[1].startswith("the invocation still runs and has "), logs
    [span] = far_side._items("/v1/traces", "Spans", "spans")
    assert span["status"] == {"message": "the invocation was about to time out", "code": 2}
    assert {"key": "vigie.interrupted", "value": {"boolValue": True}} in span["attributes"]


def test_after_a_freeze_each_output_tries_once_and_then_waits_as_it_was_asked(
    tmp_path: Path, far_side: FarSide
) -> None:
    far_side.status = 503
    source = "log.info('kept'); orders.add(1); vigie.flush(0.1); answer('on'); time.sleep(60)\n"
    with program(tmp_path, far_side, source, metrics={"every": "100ms"}) as child:
        assert told(child) == "on"
        until(lambda: {path for _, path, _ in far_side.requests} == {"/v1/logs", "/v1/metrics"})
        child.send_signal(signal.SIGSTOP)
        until_stopped(child)
        time.sleep(3)
        continued = time.monotonic()
        child.send_signal(signal.SIGCONT)
        time.sleep(0.9)
        soon = [path for at, path, _ in list(far_side.requests) if continued <= at < continued + 0.9]
        assert sorted(soon) == ["/v1/logs", "/v1/metrics"]
        far_side.status = 200
        until(lambda: far_side.logs()[-1:] == ["kept"] and len(far_side.counts()) > 0)


def test_the_time_of_a_freeze_counts(tmp_path: Path, far_side: FarSide) -> None:
    far_side.hangs = True
    source = "log.info('kept'); answer('on'); answer(vigie.flush(2.0))\n"
    with program(tmp_path, far_side, source) as child:
        assert told(child) == "on"
        until(lambda: len(far_side.requests) == 1)
        child.send_signal(signal.SIGSTOP)
        until_stopped(child)
        time.sleep(2.5)
        continued = time.monotonic()
        child.send_signal(signal.SIGCONT)
        assert told(child) is False
        assert time.monotonic() - continued < 1.0


def test_the_end_of_an_environment_takes_less_than_half_a_second(tmp_path: Path, far_side: FarSide) -> None:
    source = (
        HANDLERS["plain"]
        + "answer(handler({'n': 1}, Context(10)))\nlog.info('behind')\nfreeze()\ntime.sleep(60)\n"
    )
    with program(tmp_path, far_side, source, signals=True) as child:
        assert told(child) == {"n": 1}
        until_stopped(child)
        start = time.monotonic()
        child.send_signal(signal.SIGTERM)
        child.send_signal(signal.SIGCONT)
        assert child.wait(20) == -signal.SIGTERM
        assert time.monotonic() - start < 0.5
    assert far_side.logs()[-1] == "behind"
