"""SIGKILL at random times: nothing that `flush` acknowledged is missing, nothing is broken."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from conftest import FULL, environment, parse_file

ROUNDS = 200 if FULL else 20

TORN = b'{"timestamp":"2026-01-02T03:04'

PROGRAM = """
import sys, vigie
vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])
log = vigie.get_logger("x")
start = int(sys.argv[1])
print("ready", flush=True)
n = start
while True:
    for _ in range(50):
        log.info("n", n=n, text="é" * (n % 400))
        n += 1
    if vigie.flush(timeout=5):
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()
"""


def test_killed_while_logging(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, "utf-8")
    chance = random.Random(7)
    path, acknowledged, start, torn = tmp_path / "out.jsonl", set(), 0, 0
    for round_ in range(ROUNDS):
        program = subprocess.Popen(
            [sys.executable, str(script), str(start)],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.05))
        program.send_signal(signal.SIGKILL)
        told = [int(line) for line in program.stdout.read().splitlines() if line.isdigit()]
        assert program.wait() == -signal.SIGKILL
        # A kill in the middle of a write is rare on a fast disk: every second round tears the tail itself.
        if round_ % 2 == 0 and path.exists():
            with path.open("ab") as file:
                file.write(TORN)
            torn += 1
        if told:
            acknowledged |= set(range(start, told[-1]))
        start += 1_000_000
    # The next open repairs what the last kill tore.
    subprocess.run(
        [sys.executable, "-c", PROGRAM.split("start =")[0] + "log.info('last', n=-1)\nvigie.flush()"],
        cwd=tmp_path,
        env=environment(),
        check=True,
        timeout=60,
    )
    assert torn >= ROUNDS // 3, "most rounds must have got as far as a file"
    written = [line["n"] for line in parse_file(path)]
    assert len(written) == len(set(written)), "nothing twice"
    assert acknowledged <= set(written), sorted(acknowledged - set(written))[:5]
    assert len(acknowledged) > ROUNDS * 10, "the programs must have got somewhere"
    assert json.loads(path.read_bytes().splitlines()[-1])["message"] == "last"
