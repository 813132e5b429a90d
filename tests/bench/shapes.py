"""The cost of ours against one property of the input at a time, as a table, and the steps in it.

Started by `cargo xtask bench --shapes`. Not for comparing with peers (run.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import install

HERE = Path(__file__).resolve().parent
# So much more than what the values before let expect is a step, so much more than the value before too.
MORE_THAN_EXPECTED = 1.5
MORE_THAN_BEFORE = 1.25
# From the first value to the second nothing is known of the slope yet.
FIRST = 2.0

Point = tuple[int, float]


def measured(command: list[str]) -> dict[str, list[Point]]:
    """What the program measures: for each property its values in rising order, with ns of CPU."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("VIGIE_", "OTEL_"))}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, list[Point]] = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        found.setdefault(row["property"], []).append((row["at"], row["ns"]))
    return found


def steps(points: list[Point]) -> list[int]:
    """The values at which an operation costs more than its property explains.

    Expected is the cost at the value before and the steepest slope so far; a step itself counts as one, so that
    what follows it at the same slope is none.
    """
    found = []
    slope = 0.0
    for index in range(1, len(points)):
        (before, cost_before), (at, cost) = points[index - 1], points[index]
        expected = cost_before + slope * (at - before)
        bound = cost_before * FIRST if index == 1 else expected * MORE_THAN_EXPECTED
        if cost > bound and cost > cost_before * MORE_THAN_BEFORE:
            found.append(at)
        slope = max(slope, (cost - cost_before) / (at - before))
    return found


def show(lang: str, table: dict[str, list[Point]]) -> None:
    """The table of one language."""
    print(f"\n{lang}: ns of CPU for one operation of ours, least of several samples\n")
    width = max(len(name) for name in table)
    for name, points in table.items():
        row = "  ".join(f"{at}: {cost:.0f}" for at, cost in points)
        print(f"{name.ljust(width)}  {row}")
    for name, points in table.items():
        costs = dict(points)
        for at in steps(points):
            before = max(value for value, _ in points if value < at)
            print(f"step: {name}, from {before} to {at}: {costs[before]:.0f} to {costs[at]:.0f}")


def main(langs: list[str], built: Path, offline: bool) -> int:
    """Measure, print."""
    if "python" in langs:
        install.python_peers(offline)
    commands = {
        "rust": [str(built / "measured/vigie-bench"), "--shapes"],
        "python": [str(install.PYTHON), str(HERE / "python/shapes.py")],
        "node": ["node", str(HERE / "node/shapes.mjs")],
    }
    for lang, command in commands.items():
        if lang in langs:
            print(f"[bench] shapes: {lang}", file=sys.stderr, flush=True)
            show(lang, measured(command))
    return 0
