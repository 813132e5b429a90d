"""Spans that were open when their process was killed: the next one that opens the output finds them."""

from __future__ import annotations

import http.server
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import environment, parse_file

if sys.platform == "win32":
    pytest.skip("needs SIGKILL", allow_module_level=True)

FILE = {"to": "file", "path": "lines.jsonl"}
HEAD = "import os, sys, threading, time\nimport vigie\nvigie.init(service='shop', outputs=[{output!r}])\n"


def until(what: str, holds: Callable[[], bool]) -> None:
    """Waits until it is so, however busy the machine is."""
    due = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < due, what
        time.sleep(0.02)


class Place:
    """A folder in which processes run one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, code: str, output: dict[str, Any] = FILE) -> subprocess.Popen[str]:
        """A process that runs `code` with this output."""
        return subprocess.Popen(
            [sys.executable, "-c", HEAD.format(output=output) + code],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )

    def killed(self, code: str, until_it: Callable[[], bool], output: dict[str, Any] = FILE) -> None:
        """Runs it until something holds, and kills it then."""
        with self.start(code + "\ntime.sleep(600)", output) as process:
            try:
                until("it is noted", until_it)
            finally:
                process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL

    def next(self, code: str = "", output: dict[str, Any] = FILE) -> None:
        """The process after it."""
        with self.start(code, output) as process:
            process.communicate(timeout=60)
        assert process.returncode == 0

    def noted(self) -> str:
        """What stands in the notes."""
        return "".join(path.read_text("utf-8") for path in self.folder.glob("*.open"))

    def lines(self) -> list[dict[str, Any]]:
        """What stands in the file."""
        return parse_file(self.folder / "lines.jsonl")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_request_that_was_being_answered_is_found(place: Place) -> None:
    request = """
span = vigie.span("GET /cart", kind="server", route="/cart", number=1.5, items=[1, "b"])
span.__enter__()
span.add_event("begun")
with vigie.span("query"): pass
below = vigie.start_span("below")
span.set_attribute("step", 2)
"""
    place.killed(request, lambda: '"step":2' in place.noted())
    assert [line["name"] for line in place.lines()] == ["query"]
    place.next()
    query, found = place.lines()
    assert (found["name"], found["status"], found["span_kind"]) == ("GET /cart", "error", "server")
    expected = {"vigie.interrupted": True, "route": "/cart", "number": 1.5, "items": [1, "b"], "step": 2}
    assert found["attributes"] == expected
    assert query["parent_span_id"] == found["span_id"]
    assert found["events"][0]["name"] == "begun"
    assert found["duration_ns"] >= 1e9, "it ended with the last note"
    assert place.noted() == ""
    place.next()
    assert len(place.lines()) == 2, "once"


def test_it_is_noted_while_the_interpreter_lets_nobody_run(place: Place) -> None:
    # A loop in C does not give the interpreter away.
    place.killed("span = vigie.start_span('compute')\nsum(range(10**12))", lambda: "compute" in place.noted())
    place.next()
    assert [line["name"] for line in place.lines()] == ["compute"]


def test_a_span_that_has_ended_is_noted_no_more(place: Place) -> None:
    ending = """
ending, going = vigie.start_span("ending"), vigie.start_span("going")
def end():
    while not any(name.endswith(".open") for name in os.listdir(".")): time.sleep(0.02)
    ending.end()
threading.Thread(target=end, daemon=True).start()
"""
    place.killed(ending, lambda: "going" in place.noted() and "ending" not in place.noted())
    place.next()
    found = [(line["name"], "vigie.interrupted" in line.get("attributes", {})) for line in place.lines()]
    assert found == [("ending", False), ("going", True)]


def test_nobody_takes_the_notes_of_a_process_that_lives(place: Place) -> None:
    with place.start("span = vigie.start_span('one')\ntime.sleep(600)") as process:
        until("it is noted", lambda: "one" in place.noted())
        place.next()
        assert place.lines() == []
        assert "one" in place.noted()
        process.kill()
    place.next()
    assert [line["name"] for line in place.lines()] == ["one"]


def test_a_forked_child_leaves_the_spans_of_its_parent_alone(place: Place) -> None:
    forking = """
span = vigie.start_span("parent's")
while not any(name.endswith(".open") for name in os.listdir(".")): time.sleep(0.02)
pid = os.fork()
if pid == 0:
    span.set_attribute("child", True)
    span.end()
    own = vigie.start_span("child's")
    time.sleep(600)
"""

    def both() -> bool:
        return "parent's" in place.noted() and "child's" in place.noted()

    place.killed(forking + "\nvigie.get_logger('x').info('{pid}', pid=pid)\nvigie.flush()", both)
    [line] = place.lines()
    place.next()
    names = [line["name"] for line in place.lines() if line.get("kind") == "span"]
    assert names == ["parent's"], "the child lives"
    assert "child" not in place.lines()[-1]["attributes"]
    subprocess.run(["kill", "-KILL", line["message"]], check=True)
    until("it has ended", lambda: not Path(f"/proc/{line['message']}/fd/0").exists())
    place.next()
    names = [line["name"] for line in place.lines() if line.get("kind") == "span"]
    assert names == ["parent's", "child's"]


@pytest.mark.parametrize(
    ("leave", "mark"),
    {
        "": "vigie.leaked",
        "span.end()": None,
        "sys.exit(3)": "vigie.leaked",
        "os._exit(3)": "vigie.interrupted",
        "vigie.shutdown()": "vigie.interrupted",
        "span.end(); vigie.shutdown()": None,
        "span.end(); vigie.flush(); os.kill(os.getpid(), 9)": None,
    }.items(),
)
def test_a_process_leaves_its_span_once(place: Place, leave: str, mark: str | None) -> None:
    noted = "while not any(name.endswith('.open') for name in os.listdir('.')): time.sleep(0.02)"
    with place.start(f"span = vigie.start_span('one')\n{noted}\n{leave}") as process:
        process.communicate(timeout=60)
    place.next()
    [line] = place.lines()
    assert line["name"] == "one"
    assert line.get("attributes") == ({mark: True} if mark else None)


def test_with_a_spool_the_next_process_sends_it(place: Place) -> None:
    got: list[str] = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    output = {"to": "http", "url": url, "spool": "spool", "signals": ["spans"]}

    def segments() -> list[Path]:
        return list((place.folder / "spool").glob("*.spool"))

    place.killed("span = vigie.start_span('long', a=1)", lambda: bool(segments()), output)
    with place.start("sys.stdin.read()", output) as process:
        until("it is sent", lambda: bool(got) and not segments())
        process.kill()
    server.shutdown()
    [line] = [json.loads(text) for text in "".join(got).splitlines()]
    assert (line["name"], line["attributes"]) == ("long", {"a": 1, "vigie.interrupted": True})
