"""The console writes to the process's own descriptor, whatever that leads to: dup2, daemons, captures, a closed stream."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Run, environment

LINE = 'import vigie\nlog = vigie.get_logger("a")\n'

unix = pytest.mark.skipif(sys.platform == "win32", reason="descriptors are a thing of Unix")


@unix
@pytest.mark.parametrize("stream", ["stderr", "stdout"])
def test_what_dup2_puts_in_its_place_is_followed(run: Run, tmp_path: Path, stream: str) -> None:
    number = {"stdout": 1, "stderr": 2}[stream]
    done = run(
        f"""
import os
vigie.init(outputs=[{{"to": "console", "stream": "{stream}"}}])
log.info("before")
vigie.flush()
os.dup2(os.open("other", os.O_WRONLY | os.O_CREAT), {number})
log.info("behind")
vigie.shutdown()
""",
        prelude=LINE,
    ).ok()
    before = done.out if stream == "stdout" else done.err
    assert [json.loads(line)["message"] for line in before.splitlines()] == ["before"]
    behind = (tmp_path / "other").read_text("utf-8").splitlines()
    assert [json.loads(line)["message"] for line in behind] == ["behind"]


@unix
def test_the_starter_of_a_daemon_does_not_wait_for_its_end(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        LINE
        + """
import os, time
vigie.init(outputs=[{"to": "console"}])
log.info("starter")
vigie.flush()
if os.fork() == 0:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    os.close(null)
    log.info("daemon")
    time.sleep(300)
    os._exit(0)
os._exit(0)
""",
        "utf-8",
    )
    # It waits for the daemon where that keeps a duplicate of what it turned away from.
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["starter"]


@unix
@pytest.mark.parametrize("redirection", ["2>&-", ">&-", ">&- 2>&-"])
def test_a_closed_stream_is_quiet_and_its_loss_counted(tmp_path: Path, redirection: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        LINE
        + """
import json
outputs = [{"to": "console", "stream": "stdout"}, {"to": "console"}]
vigie.init(outputs=outputs)
mine = [open(f"mine{n}", "w") for n in range(3)]
log.info("one")
vigie.flush()
log.error("two")
vigie.shutdown()
with open("stats", "w") as out:
    json.dump(vigie.stats(), out)
""",
        "utf-8",
    )
    command = ["sh", "-c", f'exec "$0" "$1" {redirection}', sys.executable, str(script)]
    done = subprocess.run(
        command, env=environment(), cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    for books, closed in zip(
        json.loads((tmp_path / "stats").read_text("utf-8"))["outputs"],
        [">&-" in redirection.split(), "2>&-" in redirection],
        strict=True,
    ):
        assert books["accepted"] >= 2
        assert (books["dropped"].get("closed", 0) == books["accepted"]) == closed, books
    for number in range(3):
        assert (tmp_path / f"mine{number}").read_text("utf-8") == "", "a file of the program's own"


def test_pytest_captures_what_the_console_writes(tmp_path: Path) -> None:
    test = tmp_path / "test_captured.py"
    test.write_text(
        LINE
        + """
def test_it(capfd):
    vigie.init(outputs=[{"to": "console"}])
    log.info("seen")
    vigie.flush()
    assert '"message":"seen"' in capfd.readouterr().err
""",
        "utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    done = subprocess.run(
        command, env=environment(), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


@unix
@pytest.mark.parametrize(
    ("setting", "variables", "coloured"),
    [
        ("", {}, True),
        ("", {"NO_COLOR": "1"}, False),
        ("", {"TERM": "dumb"}, False),
        ("", {"TERM": "dumb", "CLICOLOR_FORCE": "1"}, True),
        (', "color": False', {}, False),
        (', "color": True', {"NO_COLOR": "1"}, True),
    ],
)
def test_colours(tmp_path: Path, setting: str, variables: dict[str, str], coloured: bool) -> None:
    import pty

    script = tmp_path / "program.py"
    script.write_text(
        LINE + f'vigie.init(outputs=[{{"to": "console"{setting}}}])\nlog.info("x")\nvigie.shutdown()\n',
        "utf-8",
    )
    ours, theirs = pty.openpty()
    plain = {
        name: value for name, value in environment().items() if name not in ("NO_COLOR", "CLICOLOR_FORCE")
    }
    env = {**plain, "TERM": "xterm", **variables}
    with subprocess.Popen([sys.executable, str(script)], stderr=theirs, env=env, cwd=tmp_path) as program:
        assert program.wait(60) == 0
    os.close(theirs)
    assert select.select([ours], [], [], 10)[0]
    shown = os.read(ours, 4096)
    os.close(ours)
    assert b"x" in shown
    assert (b"\x1b[" in shown) == coloured, shown


@pytest.mark.parametrize("threads", [1, 8])
def test_a_slow_reader_gets_every_line(tmp_path: Path, threads: int) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        LINE
        + f"""
import threading
vigie.init(outputs=[{{"to": "console", "stream": "stdout"}}])
def work(number):
    for n in range(100_000 // {threads}):
        log.info("burst", n=n, number=number)
threads = [threading.Thread(target=work, args=(number,)) for number in range({threads})]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
        "utf-8",
    )
    lines = 0
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment()
    ) as program:
        assert program.stdout is not None
        while step := os.read(program.stdout.fileno(), 64 * 1024):
            lines += step.count(b"\n")
            time.sleep(0.005)
        assert program.wait(60) == 0
    assert lines == 100_000


def waited_until_ended(program: subprocess.Popen[bytes], begun: float) -> float:
    """Seconds that the program's main thread waited, until it has ended and before anybody asks how.

    What it spent on a processor, or in the queue for one, is left out: a busy machine would change it.
    """
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
    took = time.monotonic() - begun
    on_processor, in_queue, _ = Path(f"/proc/{program.pid}/schedstat").read_text("ascii").split()
    return took - (int(on_processor) + int(in_queue)) / 1e9


@pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="only Linux tells how long a thread waited"
)
@pytest.mark.parametrize("stuck", [["stdout"], ["stdout", "stderr"]], ids=len)
def test_a_reader_that_stops_costs_its_patience_once(tmp_path: Path, stuck: list[str]) -> None:
    script = tmp_path / "program.py"
    # It is so long that to wait for it twice would be seen.
    stall = 3
    script.write_text(
        LINE
        + f"""
vigie.init(outputs=[{{"to": "console", "stream": stream, "stall": {stall}}} for stream in {stuck}])
for n in range(100_000):
    log.info("burst", n=n)
log.error("last")
""",
        "utf-8",
    )
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=tmp_path,
    ) as program:
        waited = waited_until_ended(program, begun)
        assert program.wait(60) == 0
        assert program.stderr is not None
        said = program.stderr.read().decode("utf-8").splitlines()
    assert waited < len(stuck) * (stall + 2)
    # Where standard error is stuck itself, nothing can be said on it.
    told = [line for line in said if line.startswith("vigie:")]
    assert len(told) == (0 if "stderr" in stuck else 2), told
