"""Disks that fail: full, limited, read-only, forbidden, with errors at the system call. Rows D2 to D4 of `tests/faults`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import FULL, environment, parse_file

# What the programs share: records until something holds, and what the books say.
PRELUDE = """
import json, os, resource, sys, time, vigie
def books():
    (output,) = vigie.stats()["outputs"]
    return output
def told(**more):
    output = books()
    lost = sum(output["dropped"].values())
    assert output["accepted"] == output["delivered"] + lost + output["queued"] + output["spooled"], output
    print(json.dumps({"delivered": output["delivered"], "dropped": output["dropped"], "lost": lost, **more}))
"""


def play(command: list[str], folder: Path, source: str) -> tuple[dict[str, Any], str]:
    """Runs a program under `command`: what it told in its last line, and what it wrote to standard error."""
    script = folder / "program.py"
    script.write_text(PRELUDE + source, "utf-8")
    done = subprocess.run(
        [*command, sys.executable, str(script)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told, done.stderr


def mounting(options: str, place: Path, then: str = "") -> list[str]:
    """The start of a command with a file system of its own in `place`, which ends with the command."""
    place.mkdir()
    shell = f'mount -t tmpfs -o {options} none "{place}" && {then} exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", shell, "sh"]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], check=False).returncode != 0:
        pytest.skip("nobody may mount a file system here: run it where `unshare --user --mount` works")
    return command


FILL = """
place = sys.argv[0].replace("program.py", "disk/")
open(place + "ballast", "wb").write(b"x" * 32768)
vigie.init(service="t", outputs=[{"to": "file", "path": place + "out.jsonl"}])
log = vigie.get_logger("x")
n = 0
while not books()["dropped"]:
    for _ in range(20):
        log.info("n", n=n, text="x" * (n % 900))
        n += 1
    vigie.flush(timeout=5)
"""


def test_a_full_disk_costs_what_does_not_fit_and_no_half_line(tmp_path: Path) -> None:
    command = mounting("size=64k", tmp_path / "disk")
    told, errors = play(
        command,
        tmp_path,
        FILL
        + """
full = n
assert open(place + "out.jsonl", "rb").read().endswith(b"\\n")
os.unlink(place + "ballast")
begun, before = time.monotonic(), books()["delivered"]
while books()["delivered"] == before:
    log.info("n", n=n)
    n += 1
    vigie.flush(timeout=5)
recovery_s = time.monotonic() - begun
vigie.shutdown()
data = open(place + "out.jsonl", "rb").read()
lines = [json.loads(line) for line in data.splitlines()]
numbers = [line["n"] for line in lines if line["logger"] == "x"]
assert data.endswith(b"\\n") and numbers == sorted(set(numbers)), numbers
told(recovery_s=recovery_s, full=full, records=n, here=len(lines), own=len(lines) - len(numbers))
""",
    )
    assert told["here"] == told["delivered"], told
    assert told["delivered"] + told["lost"] == told["records"] + told["own"], told
    assert told["lost"] > 0 and told["full"] > 20, told
    assert told["recovery_s"] <= 1, told
    # One line when it begins to lose, one when that is over.
    assert 1 <= len(errors.splitlines()) <= 2, errors


def test_a_limit_of_the_files_size_costs_what_is_beyond_it(tmp_path: Path) -> None:
    told, _ = play(
        [],
        tmp_path,
        """
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])
log = vigie.get_logger("x")
for n in range(1000):
    log.info("n", n=n)
    if n % 10 == 0:
        vigie.flush(timeout=5)
vigie.shutdown()
told(records=1000)
""",
    )
    lines = parse_file(tmp_path / "out.jsonl")
    assert len(lines) == told["delivered"] and told["delivered"] + told["lost"] == told["records"], told
    assert list(told["dropped"]) == ["io"] and told["delivered"] > 50, told


# EROFS is what a disk that became read-only answers.
ERRORS = ["EIO", "EDQUOT", "ENOSPC", "EROFS"]


@pytest.mark.parametrize("error", [*ERRORS, "EINTR"])
def test_errors_of_the_system_call_are_counted_or_overcome(tmp_path: Path, error: str) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed; enable with: apt-get install strace")
    path, trace = tmp_path / "out.jsonl", tmp_path / "trace"
    path.touch()
    # Every third write to this file fails, beginning with the second.
    rule = f"inject=write,writev,pwrite64:error={error}:when=2+3"
    traced = ["-e", "trace=write,writev,pwrite64", "-e", rule]
    command = ["strace", "-f", "-qq", "-o", str(trace), "-P", str(path), *traced]
    trial = ["strace", "-qq", "-o", os.devnull, "true"]
    if subprocess.run(trial, check=False, capture_output=True).returncode != 0:
        pytest.skip("strace may not trace here")
    rounds = 300 if FULL else 30
    told, _ = play(
        command,
        tmp_path,
        f"""
vigie.init(service="t", outputs=[{{"to": "file", "path": {str(path)!r}}}])
log = vigie.get_logger("x")
for n in range({rounds}):
    log.info("n", n=n)
    vigie.flush(timeout=5)
failed = books()["failed_attempts"]
vigie.shutdown()
told(failed=failed)
""",
    )
    injected = len(re.findall(r"\(INJECTED\)", trace.read_text("utf-8")))
    lines = parse_file(path)
    own = [line for line in lines if line["logger"] == "vigie"]
    assert injected >= rounds // 4, trace.read_text("utf-8")[-500:]
    assert len(lines) == told["delivered"], told
    numbers = [line["n"] for line in lines if line["logger"] == "x"]
    if error == "EINTR":
        assert numbers == list(range(rounds)) and told["lost"] == 0, told
    else:
        assert told["lost"] > 0 and len(lines) + told["lost"] == rounds + len(own), told
        assert list(told["dropped"]) == ["io"], told
        assert told["failed"] >= told["lost"], told


def as_nobody(folder: Path) -> list[str]:
    """The start of a command without a superuser's powers."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed; enable with: apt-get install util-linux")
    for above in [folder, *folder.parents]:
        if above.stat().st_mode & 0o005 != 0o005 and above.stat().st_uid == 0 and "pytest" in str(above):
            above.chmod(above.stat().st_mode | 0o055)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


REFUSED = """
try:
    vigie.init(service="t", outputs=[{{"to": "file", "path": {path!r}}}])
except ValueError as error:
    print(json.dumps({{"error": str(error)}}))
else:
    print(json.dumps({{"error": None}}))
"""


@pytest.mark.parametrize("kind", ["folder", "no_permission", "below_a_file", "read_only"])
def test_a_path_that_cannot_be_written_is_an_error_at_set_up(tmp_path: Path, kind: str) -> None:
    command: list[str] = []
    if kind == "folder":
        path = tmp_path / "folder"
        path.mkdir()
    elif kind == "no_permission":
        path = tmp_path / "closed" / "out.jsonl"
        path.parent.mkdir(mode=0o555)
        command = as_nobody(tmp_path)
    elif kind == "below_a_file":
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "out.jsonl"
    else:
        command = mounting("size=64k", tmp_path / "disk", f'mount -o remount,ro "{tmp_path}/disk" &&')
        path = tmp_path / "disk" / "out.jsonl"
    told, errors = play(command, tmp_path, REFUSED.format(path=str(path)))
    assert told["error"] is not None and str(path) in told["error"], told
    assert errors == ""


def test_a_fifo_without_a_reader_does_not_hold_up_the_program(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    told, _ = play(
        [],
        tmp_path,
        """
begun = time.monotonic()
try:
    vigie.init(service="t", outputs=[{"to": "file", "path": "fifo"}])
    log = vigie.get_logger("x")
    for n in range(100):
        log.info("n", n=n)
    vigie.shutdown(timeout=5)
    result = "opened"
except ValueError as error:
    result = str(error)
print(json.dumps({"result": result, "took_s": time.monotonic() - begun}))
""",
    )
    assert told["took_s"] < 5, told
