"""What a process goes through beside its own work: signals at any moment, a lock of the interpreter that is held, a stop, the
end of descriptors, set-up and shutdown from all sides. Rows P4, P10, P18 to P20, D13 and I6 of `tests/faults`."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import FULL, Run, environment, parse_file

ENDLESS = """
import signal, sys, vigie
# Under nohup, for one, a program is started with it ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl", "delivery": "write_through"}])
log = vigie.get_logger("x")
start = int(sys.argv[1])
print("ready", flush=True)
n = start
while True:
    log.info("n", n=n)
    n += 1
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name
)
def test_a_signal_at_any_moment_loses_nothing_that_is_written_through(
    tmp_path: Path, number: signal.Signals
) -> None:
    script = tmp_path / "program.py"
    script.write_text(ENDLESS, "utf-8")
    chance = random.Random(int(number))
    returned: set[int] = set()
    for start in range(0, (200 if FULL else 8) * 1_000_000, 1_000_000):
        program = subprocess.Popen(
            [sys.executable, str(script), str(start)],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None and program.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.05))
        program.send_signal(number)
        told = program.stdout.read().split("\n")[:-1]
        # No handler of ours: it is still the signal that ended the program.
        assert program.wait(10) == -number
        returned |= set(range(start, int(told[-1]) if told else start))
    written = [line["n"] for line in parse_file(tmp_path / "out.jsonl")]
    assert len(written) == len(set(written)) and returned <= set(written), sorted(returned - set(written))[:5]
    assert len(returned) > 100


def test_a_started_program_inherits_no_descriptor(run: Run) -> None:
    done = run(
        """
import subprocess, sys
LIST = "import os; print(sorted(n for n in os.listdir('/proc/self/fd')))"
def inherited():
    return subprocess.run([sys.executable, "-c", LIST], close_fds=False, capture_output=True, text=True).stdout
before = inherited()
import vigie
vigie.init(service="t", outputs=[
    {"to": "file", "path": "out.jsonl", "rotate": {"size": "64KiB"}},
    {"to": "otlp", "url": "http://127.0.0.1:9", "spool": "spool"},
    {"to": "prometheus", "listen": "127.0.0.1:0"},
    {"to": "statsd", "address": "127.0.0.1:9"},
])
with vigie.span("s"):
    vigie.get_logger("x").info("x")
vigie.counter("n_total").add(1)
vigie.flush(timeout=0.5)
assert inherited() == before, (before, inherited())
""",
        prelude="",
    )
    assert done.code == 0, done.err


def test_lines_are_written_while_the_interpreter_is_held(tmp_path: Path) -> None:
    held_s = 10 if FULL else 1.5
    script = tmp_path / "program.py"
    script.write_text(
        f"""
import ctypes, sys, vigie
vigie.init(service="t", outputs=[{{"to": "file", "path": "out.jsonl"}}])
log = vigie.get_logger("x")
for n in range(10_000):
    log.info("n", n=n)
print("recorded", flush=True)
# A call through PyDLL keeps the interpreter's lock.
ctypes.PyDLL(None).usleep({int(held_s * 1e6)})
print("released", flush=True)
""",
        "utf-8",
    )
    program = subprocess.Popen(
        [sys.executable, str(script)], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None and program.stdout.readline() == "recorded\n"
    until, lines = time.monotonic() + held_s * 0.8, 0
    while lines < 10_000 and time.monotonic() < until:
        lines = (tmp_path / "out.jsonl").read_bytes().count(b"\n")
        time.sleep(0.01)
    assert lines == 10_000, "the thread that writes waits for nobody"
    assert program.poll() is None
    assert program.stdout.readline() == "released\n" and program.wait(10) == 0


def test_set_up_recording_flush_and_shutdown_from_all_sides(run: Run) -> None:
    rounds = 10_000 if FULL else 400
    done = run(
        f"""
import random, threading, vigie
ROUNDS, THREADS = {rounds}, 8
def init():
    vigie.init(service="t", outputs=[{{"to": "file", "path": "out.jsonl"}}, {{"to": "memory"}}])
init()
recorded = [0] * THREADS
def work(thread):
    chance, log = random.Random(thread), vigie.get_logger("x")
    for n in range(ROUNDS // THREADS):
        what = chance.randrange(8)
        if what == 0:
            init()
        elif what == 1:
            vigie.shutdown(timeout=1)
        elif what == 2:
            vigie.flush(timeout=1)
        elif what == 3:
            vigie.stats()
        else:
            with vigie.span("s"):
                log.info("n", thread=thread, n=n)
            recorded[thread] += 1
threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
for thread in threads: thread.start()
for thread in threads: thread.join({300 if FULL else 60})
assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
vigie.shutdown(timeout=5)
for output in vigie.stats()["outputs"]:
    lost = sum(output["dropped"].values())
    assert output["accepted"] == output["delivered"] + lost + output["queued"] + output["spooled"], output
print(sum(recorded))
""",
        prelude="",
        timeout=600,
    )
    assert done.code == 0, done.err
    logs = [line for line in done.lines() if line.get("logger") == "x"]
    seen = [(line["thread"], line["n"]) for line in logs]
    assert len(seen) == len(set(seen)) and 0 < len(seen) <= int(done.out)


SERVER = """
import http.server, sys, threading, time
class Refuses(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        print(time.monotonic(), flush=True)
        self.send_response(503)
        self.end_headers()
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def test_a_stop_and_its_end_bring_no_burst_of_attempts(tmp_path: Path) -> None:
    stopped_s = 60 if FULL else 4
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    program = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"""
import time, vigie
vigie.init(service="t", outputs=[{{"to": "otlp", "url": "http://127.0.0.1:{port}", "signals": ["logs"]}}])
log = vigie.get_logger("x")
while True:
    log.info("n")
    time.sleep(0.05)
""",
        ],
        env=environment(),
    )
    try:
        for _ in range(2):
            server.stdout.readline()
        program.send_signal(signal.SIGSTOP)
        time.sleep(stopped_s)
        program.send_signal(signal.SIGCONT)
        woken = time.monotonic()
        time.sleep(0.9)
    finally:
        program.kill()
        server.kill()
    attempts = [float(line) for line in server.stdout.read().split()]
    # The pauses between attempts are a second and more by now; what was due during the stop is one attempt.
    assert sum(woken <= attempt for attempt in attempts) <= 1, (woken, attempts)


def test_records_beget_no_records(run: Run) -> None:
    done = run(
        f"""
import json, logging, time, vigie, vigie.logging
vigie.init(service="t", level="debug", outputs=[
    {{"to": "file", "path": "out.jsonl"}},
    {{"to": "otlp", "url": "http://127.0.0.1:9", "signals": ["logs"]}},
])
vigie.logging.install()
logging.getLogger().setLevel(logging.DEBUG)
until, n = time.monotonic() + {30 if FULL else 3}, 0
while time.monotonic() < until:
    logging.getLogger("x").debug("n %d", n)
    n += 1
    time.sleep(0.01)
print(n, vigie.stats()["outputs"][1]["failed_attempts"])
""",
        prelude="",
    )
    assert done.code == 0, done.err
    records, attempts = map(int, done.out.split())
    lines = done.lines()
    assert [line["logger"] for line in lines if line["logger"] != "vigie"] == ["x"] * records
    # Vigie tells of its own losses, and of nothing else.
    assert len(lines) - records <= 2 and attempts > 0


def test_without_descriptors_what_is_open_goes_on(run: Run, tmp_path: Path) -> None:
    done = run(
        """
import os, resource, time
log = vigie.get_logger("x")
def record(part):
    for n in range(1000):
        log.info("n", part=part, n=n)
    assert vigie.flush(timeout=5)
record("before")
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
record("without")
os.rename("out.jsonl", "moved.jsonl")
time.sleep(1.2)
# The path cannot be opened now, so that the renamed file gets them.
record("renamed")
for descriptor in held:
    os.close(descriptor)
time.sleep(1.2)
record("after")
(books,) = vigie.stats()["outputs"]
assert books["accepted"] == books["delivered"] == 4000, books
"""
    )
    assert done.code == 0, done.err
    assert [line["part"] for line in done.lines("moved.jsonl")] == ["before"] * 1000 + ["without"] * 1000 + [
        "renamed"
    ] * 1000
    assert [line["part"] for line in done.lines()] == ["after"] * 1000
