"""`vigie search` beside jq and beside ripgrep with jq behind it, over one file of lines.

Started by `cargo xtask bench --search`. Each query is put to all of them in turn; what they print has to be the same
number of lines. A peer that is not installed is left out. Non-zero when something differs; a missed gate is no
failure, as everywhere here.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
# How many times as fast ours has to be.
TIMES = {"jq": 3.0, "rg+jq": 1.0}
# Memory for the whole file may be so much more than for a sixteenth of it.
FLAT_MIB = 4


class Query(NamedTuple):
    """One question in three languages: ours; what ripgrep sorts out, as far as it can; jq."""

    name: str
    ours: str
    rg: list[str]
    jq: str


QUERIES = (
    Query("one user", "user_id=u-4711", ["-F", '"user_id":"u-4711"'], 'select(.user_id=="u-4711")'),
    Query(
        "level",
        "level>=error",
        ['"level":"(ERROR|FATAL)"'],
        'select(.level=="ERROR" or .level=="FATAL")',
    ),
    Query(
        "text and service",
        'message~"timed out" service=shop-1',
        ["-F", "timed out"],
        'select(.service=="shop-1" and ((.message // "") | contains("timed out")))',
    ),
    Query(
        "number", "duration_ns>=990000000", ['"duration_ns":99\\d{7}'], "select(.duration_ns >= 990000000)"
    ),
)


class Taken(NamedTuple):
    """What one run took: wall time and CPU time of all its processes in seconds, memory of the largest in MiB."""

    wall: float
    cpu: float
    memory: float
    lines: int


def records(seed: int) -> Iterator[bytes]:
    """Lines as programs write them: logs and spans in a ratio of two to one, one log in a hundred an error."""
    chance = random.Random(seed)
    stamp = 1_796_000_000_000_000
    while True:
        stamp += chance.randrange(2000)
        seconds, micros = divmod(stamp, 1_000_000)
        day = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        head = f'{{"timestamp":"{day}.{micros:06}Z",'
        ids = f'"trace_id":"{chance.getrandbits(128):032x}","span_id":"{chance.getrandbits(64):016x}"'
        service = f'"service":"shop-{chance.randrange(8)}","version":"1.4.2","environment":"production"'
        service += f',"host":"web-{chance.randrange(40)}","pid":{chance.randrange(30_000)}'
        user = f'"user_id":"u-{chance.randrange(50_000)}"'
        if chance.random() < 1 / 3:
            line = (
                f'{head}"kind":"span","name":"GET /cart/{{id}}",{service},{ids},{user},"span_kind":"server",'
                f'"duration_ns":{chance.randrange(1_000_000_000)},"status":"unset","scope":"shop.http","attributes":'
                f'{{"http.request.method":"GET","http.route":"/cart/{{id}}"}}}}'
            )
        else:
            roll = chance.random()
            level = "ERROR" if roll < 0.01 else "WARN" if roll < 0.05 else "INFO" if roll < 0.6 else "DEBUG"
            what = "timed out" if level == "ERROR" else "took a while" if level == "WARN" else "is done"
            order = chance.randrange(1_000_000)
            line = (
                f'{head}"level":"{level}","message":"order {order} of the shop {what}","logger":"shop.orders",'
                f'{service},{ids},{user},"template":"order {{order_id}} of the shop {what}","order_id":{order},'
                f'"amount":{chance.random() * 100:.2f}}}'
            )
        yield line.encode() + b"\n"


def make(path: Path, size: int) -> None:
    """A file of that size: the lines of its first eighth come again and again."""
    parts = bytearray()
    for line in records(17):
        parts += line
        if len(parts) >= size // 8:
            break
    with path.open("wb") as file:
        for _ in range(8):
            file.write(parts)


def peak(process: int) -> float:
    """The most memory that a process has had since it began, in MiB; what the system tells when it has ended counts the
    process that started it, too.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def run(commands: list[list[str]], folder: Path) -> Taken:
    """Runs a pipe of commands, and measures it."""
    out = folder / "out"
    begun, before = time.perf_counter(), os.times()
    with out.open("wb") as file:
        processes = []
        source = None
        for command in commands:
            last = command is commands[-1]
            process = subprocess.Popen(command, stdin=source, stdout=file if last else subprocess.PIPE)
            if source is not None:
                source.close()
            source = process.stdout
            processes.append(process)
        memory = 0.0
        while any(process.poll() is None for process in processes):
            memory = max(memory, *(peak(process.pid) for process in processes))
            time.sleep(0.005)
    wall, after = time.perf_counter() - begun, os.times()
    if processes[-1].returncode not in (0, 1):
        raise SystemExit(f"{commands[-1][0]} ended with {processes[-1].returncode}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    with out.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(MIB), b""))
    return Taken(wall, cpu, memory, lines)


def contestants(query: Query, vigie: str, file: Path) -> dict[str, list[list[str]]]:
    """Who is measured, as far as it is installed."""
    found = {"vigie": [[vigie, "search", query.ours, str(file)]]}
    if jq := shutil.which("jq"):
        if rg := shutil.which("rg"):
            found["rg+jq"] = [[rg, "--no-filename", *query.rg, str(file)], [jq, "-c", query.jq]]
        found["jq"] = [[jq, "-c", query.jq, str(file)]]
    return found


def least(runs: list[Taken]) -> Taken:
    """The least of each figure but memory, of which it is the most."""
    return Taken(
        min(one.wall for one in runs),
        min(one.cpu for one in runs),
        max(one.memory for one in runs),
        runs[0].lines,
    )


def main(vigie: Path, quick: bool) -> int:
    """Measures and prints."""
    size = (64 if quick else 1024) * MIB
    rounds = {"vigie": 3, "rg+jq": 3, "jq": 1}
    failed = 0
    with tempfile.TemporaryDirectory(prefix="vigie-search-", dir=ROOT / "target") as name:
        folder = Path(name)
        small, file = folder / "small.jsonl", folder / "lines.jsonl"
        make(small, size // 16)
        make(file, size)
        print(
            f"{size // MIB} MiB; the least of three runs in turn (jq one); seconds of wall and of CPU of all processes,"
        )
        print("memory of the largest process in MiB, and how many times as long as ours it takes\n")
        print(f"{'query':18}{'lines':>8}  {'':8}{'wall':>8}{'CPU':>8}{'MiB':>8}   times")
        for query in QUERIES:
            everyone = contestants(query, str(vigie), file)
            # Everybody finds the file in memory.
            subprocess.run(["cat", file], stdout=subprocess.DEVNULL, check=True)
            runs: dict[str, list[Taken]] = {who: [] for who in everyone}
            for number in range(3):
                for who, commands in everyone.items():
                    if number < rounds[who]:
                        runs[who].append(run(commands, folder))
            taken = {who: least(all_of_it) for who, all_of_it in runs.items()}
            alone = run([[str(vigie), "search", query.ours, str(small)]], folder)
            failed += report(query, taken, alone)
    return 1 if failed else 0


def report(query: Query, taken: dict[str, Taken], small: Taken) -> int:
    """Prints a query's rows; how many results are wrong."""
    ours, wrong = taken["vigie"], 0
    for who, one in taken.items():
        title = f"{query.name:18}{ours.lines:>8}" if who == "vigie" else " " * 26
        line = f"{title}  {who:8}{one.wall:8.2f}{one.cpu:8.2f}{one.memory:8.1f}"
        if who != "vigie":
            times = one.wall / ours.wall
            verdict = "ok" if times >= TIMES[who] else "MISS"
            line += f"   {times:.1f} ({one.cpu / ours.cpu:.1f} by CPU), {TIMES[who]:.0f} is wanted: {verdict}"
        if one.lines != ours.lines:
            line, wrong = f"{line}   {one.lines} LINES", wrong + 1
        print(line, flush=True)
    flat = ours.memory - small.memory <= FLAT_MIB
    print(f"{'':28}memory for a sixteenth of the file {small.memory:.1f} MiB: {'flat' if flat else 'MISS'}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(ROOT / "target/measured/vigie", "--quick" in sys.argv))
