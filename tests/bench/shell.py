"""Starts PowerShell's measurements: all cases of a round in one process, as the engine's own cost of a command is the
yardstick and differs from process to process; what happens once in a process, in fresh ones.

Not for the cases themselves (powershell/) nor for comparing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
from functools import cache
from pathlib import Path

import child
from plan import OURS, PEERS

HERE = Path(__file__).resolve().parent
MODULE = HERE.parents[1] / "powershell/Vigie/Vigie.psd1"
LEAST = (7, 4)
MISSING = "no PowerShell 7.4 or newer (VIGIE_PWSH, pwsh in PATH, ~/.local/share/pwsh/pwsh)"
# A fresh process each, in turn; the first of each kind warms the file cache and is not counted.
ONCE_A_ROUND = 7
# Workloads that are measured in a process which did other things before.
USED = {"Wspanv"}

Row = dict[str, object]


@cache
def found() -> Path | None:
    """The PowerShell of this machine, looked for where `cargo xtask` looks for it."""
    places = [os.environ.get("VIGIE_PWSH"), shutil.which("pwsh"), str(Path.home() / ".local/share/pwsh/pwsh")]
    for place in places:
        if not place or not Path(place).is_file():
            continue
        try:
            said = subprocess.run([place, "--version"], capture_output=True, text=True, timeout=60).stdout
        except (OSError, subprocess.TimeoutExpired):
            continue
        version = re.match(r"PowerShell (\d+)\.(\d+)", said)
        if version and (int(version[1]), int(version[2])) >= LEAST:
            return Path(place)
    return None


def round_of(
    workloads: list[str], samples: int, sample_ms: float, scratch: Path
) -> dict[tuple[str, str], Row]:
    """One round of all rows of these workloads, by workload and peer; `error` rows where a process failed."""
    asked = [(workload, peer) for workload in workloads for peer in [OURS, *PEERS["powershell"][workload]]]
    once = {"I1", "I2"} & set(workloads)
    rows: dict[tuple[str, str], Row] = {}
    # What happens once, all cases of a fresh process, all cases of one that did other things before.
    for part in (once, set(workloads) - once - USED, USED):
        cases = list(dict.fromkeys(case_of(*row) for row in asked if row[0] in part))
        if not cases:
            continue
        if part == once:
            measured = measure_once(ONCE_A_ROUND if samples > 3 else 3, scratch)
        else:
            measured = measure_cases(cases, samples, sample_ms, scratch, used=part == USED)
        rows |= {row: measured[case_of(*row)] for row in asked if row[0] in part}
    return rows


def case_of(workload: str, peer: str) -> str:
    """What ours measures has the workload's name, what a peer does has the peer's: it is the same in all workloads."""
    return workload if peer == OURS else peer


def measure_cases(
    cases: list[str], samples: int, sample_ms: float, scratch: Path, *, used: bool
) -> dict[str, Row]:
    """All of them in turn in one process, which does other things before when it is to be a used one."""
    numbers = ["-Samples", str(samples), "-SampleMs", str(round(sample_ms)), *(["-Used"] if used else [])]
    told = last_line("measure.ps1", ["-Case", ",".join(cases), *numbers, "-Folder", str(scratch)], {})
    for file in scratch.glob("*.jsonl"):
        file.unlink()
    return {case: told if "error" in told else told[case] for case in cases}


def measure_once(times: int, scratch: Path) -> dict[str, Row]:
    """Import of ours and of an empty module, and ours with its first record, in fresh processes by turns."""
    empty = scratch / "Empty.psm1"
    empty.write_text("")
    # The environment is what a first record reads.
    outputs = {"VIGIE_OUTPUTS": json.dumps([{"to": "file", "path": str(scratch / "first.jsonl")}])}
    taken: dict[str, list[Row]] = {"I1": [], "I2": [], "empty": []}
    for index in range(times):
        theirs = last_line("once.ps1", ["-Module", str(empty)], {})
        ours = last_line("once.ps1", ["-Module", str(MODULE), "-Record"], outputs)
        for told in (theirs, ours):
            if "error" in told:
                return dict.fromkeys(taken, told)
        if index > 0:
            taken["empty"].append(theirs["import"])
            taken["I1"].append(ours["import"])
            taken["I2"].append(ours["first"])
    return {case: summary(rows) for case, rows in taken.items()}


def summary(rows: list[Row]) -> Row:
    """Processes of one kind as one row."""
    walls, cpus = ([float(row[key]) for row in rows] for key in ("ns", "cpu_ns"))
    return {"ns_min": min(walls), "ns_median": statistics.median(walls), "cpu_ns": statistics.median(cpus)}


def last_line(script: str, args: list[str], more: dict[str, str]) -> Row:
    """The JSON line that one of our scripts ends with."""
    quiet = {"POWERSHELL_UPDATECHECK": "Off", "POWERSHELL_TELEMETRY_OPTOUT": "1", "NO_COLOR": "1"}
    options = ["-NoLogo", "-NoProfile", "-NonInteractive"]
    command = [str(found()), *options, "-File", str(HERE / "powershell" / script), *args]
    return child.last_line(command, quiet | more)
