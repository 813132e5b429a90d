"""Instructions of one operation of the Rust workloads, by callgrind: what a busy machine does not move.

Usage: instructions.py BINARY [BINARY ...] [--workload W,W] [--peer P]
Each binary is a build of `vigie-bench`; give two of them to compare two states of the code.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

COUNTS = (2_000, 12_000)
WORKLOADS = "L1,L0,S1,S2,M1,M1b,M2,M2b,P1"


def instructions(binary: str, workload: str, peer: str, count: int) -> int:
    """All instructions of a process that runs `count` operations, over all its threads."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={folder}/out",
            str(Path(binary).resolve()),
        ]
        command += ["--workload", workload, "--peer", peer, "--count", str(count)]
        # Some workloads write a file where they are.
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise SystemExit(f"valgrind says nothing of instructions: {done.stderr}")
    return int(found.group(1))


def per_operation(binary: str, workload: str, peer: str) -> float:
    """Instructions of one operation: what start-up takes stands in both counts."""
    few, many = (instructions(binary, workload, peer, count) for count in COUNTS)
    return (many - few) / (COUNTS[1] - COUNTS[0])


def main(arguments: list[str]) -> None:
    """Prints a row for each workload, a column for each binary, and the ratio of the last to the first."""
    options = {"--workload": WORKLOADS, "--peer": "vigie"}
    binaries = []
    rest = iter(arguments)
    for argument in rest:
        if argument in options:
            options[argument] = next(rest)
        else:
            binaries.append(argument)
    if not binaries:
        raise SystemExit(__doc__)
    for workload in options["--workload"].split(","):
        row = [per_operation(binary, workload, options["--peer"]) for binary in binaries]
        columns = "  ".join(f"{value:9.1f}" for value in row)
        print(f"{workload:4}  {columns}  {row[-1] / row[0]:6.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
