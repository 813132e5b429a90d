"""The setting ``signals``: what ends a process by its default action writes what is queued before.

Not for what happens without the setting: see ``test_decisions.py``.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Run, environment, parse_file

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals that end a process are a thing of Unix"
)

PRELUDE = (
    'import vigie\nvigie.init(service="t", signals=True, outputs=[{"to": "file", "path": "out.jsonl"}])\n'
)
# What stands in the last buffer only a flush can bring out in time.
BURST = 'import os, signal\nfor n in range(5_000): vigie.get_logger("x").info("n", n=n)\n'
# Python looks for a signal before it sleeps and when one interrupts it. What arrives between the two waits for the end
# of the sleep, so that a program that is to be ended takes short ones.
WAIT = "while True: time.sleep(0.05)"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_writes_what_is_queued_and_ends_the_process(run: Run, number: signal.Signals) -> None:
    # SIGINT is a KeyboardInterrupt unless the program gives it the default action.
    prelude = f"import signal\nsignal.signal({int(number)}, signal.SIG_DFL)\n{PRELUDE}"
    done = run(f"{BURST}os.kill(os.getpid(), {int(number)})\nprint('went on')", prelude=prelude)
    assert (done.code, done.out, done.err) == (-number, "", "")
    assert [line["n"] for line in done.lines()] == list(range(5_000))


def test_a_program_that_waits_is_ended_from_outside(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        f"{PRELUDE}{BURST}print('ready', flush=True)\nimport time\n{WAIT}", "utf-8"
    )
    with started(tmp_path) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == -signal.SIGTERM
    assert len(parse_file(tmp_path / "out.jsonl")) == 5_000


def test_an_output_that_does_not_drain_delays_the_end_by_two_seconds_at_most(tmp_path: Path) -> None:
    console = '{"to": "console", "stream": "stdout", "stall": "60s"}'
    (tmp_path / "program.py").write_text(
        f"import vigie, sys, time\nvigie.init(signals=True, outputs=[{console}])\n{BURST}"
        "print('ready', file=sys.stderr, flush=True)\n" + WAIT,
        "utf-8",
    )
    with started(tmp_path) as program:
        assert program.stderr is not None
        assert program.stderr.readline() == b"ready\n"
        start = time.monotonic()
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == -signal.SIGTERM
        # The budget, and what a busy machine adds to it.
        assert 1.5 < time.monotonic() - start < 8


def test_a_second_signal_ends_the_process_at_once(tmp_path: Path) -> None:
    console = '{"to": "console", "stream": "stdout", "stall": "60s"}'
    (tmp_path / "program.py").write_text(
        f"import vigie, sys, threading, time, signal\nvigie.init(signals=True, outputs=[{console}])\n{BURST}"
        "def watch():\n    while signal.getsignal(signal.SIGTERM): time.sleep(0.01)\n"
        "    print('ending', file=sys.stderr, flush=True)\n"
        "threading.Thread(target=watch, daemon=True).start()\n"
        "print('ready', file=sys.stderr, flush=True)\n" + WAIT,
        "utf-8",
    )
    with started(tmp_path) as program:
        assert program.stderr is not None
        assert program.stderr.readline() == b"ready\n"
        start = time.monotonic()
        program.send_signal(signal.SIGTERM)
        assert program.stderr.readline() == b"ending\n"
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == -signal.SIGTERM
        assert time.monotonic() - start < 1.8


def started(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_handler_of_the_programs_own_is_the_one_that_runs(run: Run, place: str) -> None:
    own = "import signal\nsignal.signal(signal.SIGTERM, lambda *_: print('mine', flush=True))\n"
    parts = [own, PRELUDE] if place == "before" else [PRELUDE, own]
    done = run(
        "import os\nos.kill(os.getpid(), signal.SIGTERM)\nprint('went on')", prelude="".join(parts)
    ).ok()
    assert done.out == "mine\nwent on\n"


def test_a_handler_that_calls_the_one_before_it_is_carried_on(run: Run) -> None:
    done = run(
        f"""{BURST}
before = signal.getsignal(signal.SIGTERM)
signal.signal(signal.SIGTERM, lambda *given: (print("mine", flush=True), before(*given)))
os.kill(os.getpid(), signal.SIGTERM)
""",
        prelude=PRELUDE,
    )
    assert (done.code, done.out, len(done.lines())) == (-signal.SIGTERM, "mine\n", 5_000)


def test_what_is_ignored_or_a_keyboard_interrupt_stays_so(run: Run) -> None:
    prelude = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    run(
        """
assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
assert callable(signal.getsignal(signal.SIGTERM))
try:
    signal.raise_signal(signal.SIGINT)
    raise AssertionError("it interrupts")
except KeyboardInterrupt:
    pass
""",
        prelude=prelude + PRELUDE,
    ).ok()


def test_handlers_follow_the_setting(run: Run) -> None:
    run(
        """
import signal
file = [{"to": "file", "path": "out.jsonl"}]
default = signal.SIG_DFL
assert signal.getsignal(signal.SIGTERM) is default, "off unless asked for"
vigie.reconfigure(signals=True, outputs=file)
assert signal.getsignal(signal.SIGTERM) is not default
vigie.reconfigure(outputs=file)
assert signal.getsignal(signal.SIGTERM) is default
"""
    ).ok()


def test_first_use_installs_them_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "vigie.json").write_text(
        '{"signals": true, "outputs": [{"to": "file", "path": "out.jsonl"}]}', "utf-8"
    )
    done = run(
        f"import vigie\n{BURST}os.kill(os.getpid(), signal.SIGTERM)", prelude="", VIGIE_CONFIG="vigie.json"
    )
    assert (done.code, len(done.lines())) == (-signal.SIGTERM, 5_000)


def test_another_thread_installs_none(run: Run) -> None:
    run(
        """
import signal, threading
def work():
    vigie.init(signals=True, outputs=[{"to": "file", "path": "out.jsonl"}])
    vigie.get_logger("x").info("a")
thread = threading.Thread(target=work)
thread.start()
thread.join()
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
""",
        prelude="import vigie\n",
    ).ok()


def test_a_forked_child_ends_by_itself_alone(run: Run) -> None:
    done = run(
        """
import os, signal, time
log = vigie.get_logger("x")
log.info("before")
ours, theirs = os.pipe()
pid = os.fork()
if pid == 0:
    log.info("child")
    vigie.counter("work_total").add(3)
    os.write(theirs, b"x")
    while True: time.sleep(0.05)
assert os.read(ours, 1) == b"x"
os.kill(pid, signal.SIGTERM)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGTERM
log.info("after")
""",
        prelude=PRELUDE,
    ).ok()
    lines = done.lines()
    assert sorted(line["message"] for line in lines if "kind" not in line) == ["after", "before", "child"]
    assert [line["value"] for line in lines if line.get("kind") == "metric"] == [3]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_terminated_children_of_multiprocessing(run: Run, method: str) -> None:
    done = run(
        f"""
import multiprocessing, time

def work(ready):
    vigie.counter("work_total").add(7)
    ready.set()
    while True: time.sleep(0.05)

if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    ready = [context.Event() for _ in range(3)]
    children = [context.Process(target=work, args=(event,)) for event in ready]
    for child in children: child.start()
    for event in ready: assert event.wait(60)
    for child in children: child.terminate()
    for child in children: child.join()
    assert [child.exitcode for child in children] == [-15] * 3
""",
        prelude=PRELUDE,
        timeout=120,
    ).ok()
    assert [line["value"] for line in done.lines() if line.get("kind") == "metric"] == [7] * 3
