"""Texts that try to pass for a line, a point or a datagram of their own, through every output. Row X5 of `tests/faults`."""

from __future__ import annotations

import http.server
import itertools
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FULL, Run

BREAKS = [
    "\n",
    "\r",
    "\r\n",
    "\u2028",
    "\u2029",
    "\u0085",
    "\x0b",
    "\x0c",
    "\x00",
    "\x1b[2K\r",
    "\x1e",
    "\\n",
    '"',
    '\\"',
    "\\",
]
FORGERIES = [
    '{"timestamp":"2026-01-02T03:04:05.000006Z","level":"INFO","message":"FORGED"}',
    "2026-01-02T03:04:05.000006Z INFO FORGED",
    "FORGED,a=b value=1 1767323045000006000",
    "FORGED:1|c",
    'FORGED{a="b"} 1',
    "# EOF",
]
CORPUS = [
    before + forgery + after
    for before, after in itertools.product(BREAKS, ["", "\n"])
    for forgery in FORGERIES
]
TEXTS = CORPUS if FULL else CORPUS[::5]

PROGRAM = f"""
import json, vigie
texts = json.loads({json.dumps(json.dumps(TEXTS))})
for text in texts:
    log = vigie.get_logger("x")
    log.info(text)
    log.info("value {{text}}", text=text)
    log.info("key", **{{text: 1}})
    log.info("nested", a={{text: [text]}})
    log.info("event", event=text)
    vigie.get_logger(text).info("logger")
    with vigie.context(**{{text: text, "user_id": text}}):
        log.info("context")
    try:
        raise type("FORGED", (ValueError,), {{}})(text)
    except ValueError as error:
        log.error("error", exc_info=error)
    with vigie.span(text, **{{text: text}}) as span:
        span.add_event(text, **{{text: text}})
        span.set_status("error", text)
    vigie.counter("n_total").add(1, **{{"a": text, text: "b"}})
LOGS = 8 * len(texts)
"""


def test_of_files_and_the_exposition_each_line_is_one_record(run: Run) -> None:
    done = run(
        PROGRAM
        + """
vigie.shutdown(timeout=10)
print(LOGS)
"""
    )
    assert done.code == 0, done.err
    lines = done.lines()
    assert sum("kind" not in line for line in lines) == int(done.out) == 8 * len(TEXTS)
    assert sum(line.get("kind") == "span" for line in lines) == len(TEXTS)
    assert not any(line.get("message") == "FORGED" for line in lines)


def test_of_the_exposition_each_line_is_a_series_or_a_comment(run: Run, tmp_path: Path) -> None:
    done = run(PROGRAM + 'open("exposition", "w", newline="").write(vigie.metrics_text())')
    assert done.code == 0, done.err
    lines = (tmp_path / "exposition").read_bytes().decode("utf-8").split("\n")
    ours = re.compile(r"# (HELP|TYPE|UNIT) n|n_total|# EOF$|$")
    assert all(ours.match(line) for line in lines), [line for line in lines if not ours.match(line)][:3]
    assert sum(line == "# EOF" for line in lines) <= 1


@pytest.mark.parametrize("form", ["json", "human"])
def test_on_the_console_nothing_begins_a_line_but_records(run: Run, form: str) -> None:
    console = json.dumps({"to": "console", "format": form, "color": False})
    prelude = f"import json, vigie\nvigie.init(service='t', outputs=[json.loads({console!r})])\n"
    done = run(PROGRAM + "vigie.shutdown(timeout=10)\n", prelude=prelude)
    assert done.code == 0
    # What the terminal and readers that split at Unicode's line ends would take for a line.
    lines = done.err.splitlines()
    assert not any(re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", line) for line in lines)
    if form == "json":
        assert len([json.loads(line) for line in lines]) == 8 * len(TEXTS)
    else:
        begun = [line for line in lines if not line.startswith((" ", "\t"))]
        assert len(begun) == 8 * len(TEXTS), [line for line in begun if "FORGED" in line[:40]][:3]


class _Influx(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def influx() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Influx)
    server.bodies = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


def test_of_influxdbs_lines_each_is_a_point_of_ours(
    run: Run, influx: http.server.ThreadingHTTPServer
) -> None:
    output = {"to": "influx", "url": f"http://127.0.0.1:{influx.server_address[1]}/write?db=t"}
    prelude = f"import vigie\nvigie.init(service='t', outputs=[{output!r}])\n"
    done = run(PROGRAM + "vigie.shutdown(timeout=10)\n", prelude=prelude)
    assert done.code == 0, done.err
    body = b"".join(influx.bodies).decode("utf-8")  # type: ignore[attr-defined]
    lines = [line for line in body.split("\n") if line]
    assert lines and all(line.startswith("n_total") for line in lines), [
        line for line in lines if line[:1] != "n"
    ][:3]
    assert "\r" not in body and "\x00" not in body


def test_of_statsds_lines_each_is_a_measurement_of_ours(run: Run) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        receiver.settimeout(0.3)
        output = {"to": "statsd", "address": f"127.0.0.1:{receiver.getsockname()[1]}"}
        prelude = f"import vigie\nvigie.init(service='t', outputs=[{output!r}])\n"
        done = run(PROGRAM + "vigie.shutdown(timeout=10)\n", prelude=prelude)
        assert done.code == 0, done.err
        lines: list[bytes] = []
        while True:
            try:
                lines += receiver.recv(65536).split(b"\n")
            except TimeoutError:
                break
    assert lines and all(line == b"" or line.startswith(b"n_total") for line in lines), lines[:3]
