"""What the decisions promise of a Python process and no vector can show: consoles, signals, the environment.

Not for bytes: the conformance vectors show those.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run, environment, parse

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_signals_are_left_alone(run: Run) -> None:
    run(
        """
import signal
names = [s for s in signal.Signals if s not in (signal.SIGKILL, signal.SIGSTOP)]
before = {s: signal.getsignal(s) for s in names}
vigie.get_logger("x").info("a")
assert {s: signal.getsignal(s) for s in names} == before
vigie.shutdown()
assert {s: signal.getsignal(s) for s in names} == before
"""
    ).ok()


def test_a_default_signal_still_ends_the_process(run: Run) -> None:
    done = run(
        'import os, signal\nvigie.get_logger("x").info("a")\nvigie.flush()\nos.kill(os.getpid(), signal.SIGTERM)'
    )
    assert done.code == -15
    assert len(done.lines()) == 1


def test_an_error_is_in_the_file_when_the_call_returns(run: Run) -> None:
    run(
        """
log = vigie.get_logger("x")
for n in range(1, 11):
    log.info("before")
    log.error("bad")
    assert len(open("out.jsonl").readlines()) == 2 * n
"""
    ).ok()


EVERYTHING = """
import vigie
vigie.get_logger("x").debug("too little")
vigie.get_logger("x").info("enough {a}", a="\\x1b[31m\\u202e\\n")
vigie.start_span("s").end()
vigie.counter("c_total").add(1)
vigie.shutdown()
"""


def test_the_console_has_json_where_it_is_no_terminal(run: Run) -> None:
    done = run(EVERYTHING, prelude="").ok()
    assert done.out == "", "standard output belongs to the program"
    [line] = done.err.splitlines()
    assert parse(line)["level"] == "INFO"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are a thing of Unix")
def test_the_console_has_text_for_people_on_a_terminal(tmp_path: Path) -> None:
    import pty

    script = tmp_path / "program.py"
    script.write_text(EVERYTHING, "utf-8")
    ours, theirs = pty.openpty()
    env = {**environment(), "TERM": "xterm"}
    with subprocess.Popen([sys.executable, str(script)], stderr=theirs, env=env, cwd=tmp_path) as program:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                read = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side is closed.
                break
            if not read:
                break
            shown += read
        assert program.wait(30) == 0
    os.close(ours)
    text = shown.decode("utf-8")
    assert "enough" in text and "too little" not in text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text.splitlines()[0])
    assert len(text.strip().splitlines()) == 1, "a line break in data is none on the terminal"
    assert "\x1b[31m" + "\u202e" not in text and "\u202e" not in text


def test_the_environment_is_read_at_first_use_and_carries_a_trace(run: Run) -> None:
    done = run(
        f"""
import vigie, os
log = vigie.get_logger("x")
os.environ["TRACEPARENT"] = "{TRACEPARENT}"
os.environ["BAGGAGE"] = "k=v"
os.environ["VIGIE_OUTPUTS"] = '[{{"to": "file", "path": "out.jsonl"}}]'
log.info("in")
assert vigie.inject() == {{"traceparent": "{TRACEPARENT}", "baggage": "k=v"}}, vigie.inject()
vigie.shutdown()
""",
        prelude="",
    ).ok()
    assert done.lines()[0]["trace_id"] == TRACEPARENT[3:35]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "vigie.json",
            '{"service": "from-file", "level": "warn", "outputs": [{"to": "file", "path": "out.jsonl"}]}',
        ),
        (
            "vigie.toml",
            'service = "from-file"\nlevel = "warn"\n[[outputs]]\nto = "file"\npath = "out.jsonl"\n',
        ),
    ],
)
def test_a_configuration_file(run: Run, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    done = run(
        'import vigie\nvigie.get_logger("x").info("no")\nvigie.get_logger("x").warn("yes")\nvigie.shutdown()',
        prelude="",
        VIGIE_CONFIG=name,
        VIGIE_VERSION="9",
    ).ok()
    [line] = done.lines()
    assert (line["service"], line["version"], line["message"]) == ("from-file", "9", "yes")


def test_the_first_init_replaces_what_first_use_read(run: Run) -> None:
    done = run(
        """
import vigie
log = vigie.get_logger("x")
log.info("by the environment")
vigie.init(service="by-init", outputs=[{"to": "file", "path": "second.jsonl"}])
log.info("by init")
vigie.init(service="by-init", outputs=[{"to": "file", "path": "second.jsonl"}])
try:
    vigie.init(service="another", outputs=[{"to": "file", "path": "second.jsonl"}])
except vigie.ConfigError as error:
    assert [problem[0] for problem in error.problems] == ["service"], error.problems
else:
    raise AssertionError("other settings are an error")
vigie.shutdown()
""",
        prelude="",
        VIGIE_OUTPUTS='[{"to": "file", "path": "first.jsonl"}]',
    ).ok()
    assert [line["message"] for line in done.lines("first.jsonl")] == ["by the environment"]
    assert [line["message"] for line in done.lines("second.jsonl")] == ["by init"]
