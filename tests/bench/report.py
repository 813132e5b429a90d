"""Prints what was measured as one table a language, the gates beneath it, and stores both as JSON.

Not for measuring.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path

import shell
from plan import GATES, OURS, WORKLOADS, Gate

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "target/bench"

Row = dict[str, object]
Results = dict[tuple[str, str, str], Row]
MEASURES = {
    "ns_min": "wall",
    "cpu_ns": "CPU",
    "thread_cpu_ns": "CPU of the thread that records",
    "p999_ns": "p99.9",
}


def finish(results: Results, rounds: int) -> int:
    """Print, store, and say by the exit code whether all could be measured. A missed gate is no failure:
    a busy machine misses some; the table says which.
    """
    for lang in dict.fromkeys(lang for lang, _, _ in results):
        print(f"\n{lang}: ns per operation, lowest and median wall time, CPU time over all threads")
        print("ratio = the peer's time divided by ours, by wall and by CPU\n")
        for line in table(lang, results):
            print(line)
    verdicts = [verdict for gate in GATES if (verdict := judge(gate, results))]
    if verdicts:
        print()
    for verdict in verdicts:
        print(f"{verdict['result']:4}  {verdict['gate']}: {verdict['found']}")
    failed = [
        f"{' '.join(row)}: {measured['error']}" for row, measured in results.items() if "error" in measured
    ]
    for failure in failed:
        print(f"not measured: {failure}")
    store(results, verdicts, rounds)
    return 1 if failed else 0


def table(lang: str, results: Results) -> list[str]:
    """One line a workload and peer."""
    # In PowerShell there is one thread.
    own = lang != "powershell"
    head = ["workload", "peer", "min", "median", "cpu", *(["own cpu"] if own else []), "ratio", "cpu ratio"]
    head += ["own ratio"] if own else []
    lines = [head]
    for (row_lang, workload, peer), row in results.items():
        if row_lang != lang:
            continue
        if "error" in row:
            lines.append([workload, peer, "-"] + [""] * (len(head) - 3))
            continue
        ours = results.get((lang, workload, OURS), {})
        keys = ["ns_min", "cpu_ns", *(["thread_cpu_ns"] if own else [])]
        ratios = ["" if peer == OURS else ratio(row, ours, key) for key in keys]
        times = [number(row.get(key)) for key in ("ns_min", "ns_median", *keys[1:])]
        lines.append([workload if peer == OURS else "", peer, *times, *ratios])
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return [
        "  ".join(aligned(cell, width, at) for at, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]


def aligned(cell: str, width: int, column: int) -> str:
    """Words to the left, numbers to the right."""
    return cell.ljust(width) if column < 2 else cell.rjust(width)


def number(value: object) -> str:
    """Nanoseconds with as many digits as mean something."""
    if not isinstance(value, int | float) or value != value:
        return ""
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}".replace(",", " ")


def quotient(row: Row, ours: Row, key: str) -> float | None:
    """The peer's time divided by ours."""
    theirs, own = row.get(key), ours.get(key)
    if isinstance(theirs, int | float) and isinstance(own, int | float) and own > 0:
        return theirs / own
    return None


def ratio(row: Row, ours: Row, key: str) -> str:
    """The same as text."""
    value = quotient(row, ours, key)
    return "" if value is None else f"{value:.2f}x" if value < 10 else f"{value:.0f}x"


def judge(gate: Gate, results: Results) -> Row | None:
    """A gate's verdict; None when its workload was not asked for."""
    # Without a peer the distance is to nothing.
    nothing: Row = dict.fromkeys(gate.measures, 0.0)
    peer = results.get((gate.lang, gate.workload, gate.peer)) if gate.peer else nothing
    ours = results.get((gate.lang, gate.workload, OURS))
    if peer is None or ours is None:
        return None
    head = f"{gate.lang} {gate.workload} ({WORKLOADS[gate.workload]})"
    if gate.beyond is not None:
        base = results.get((gate.lang, gate.workload, gate.beyond))
        if base is None:
            return None
        peer, ours = (less(row, base, gate.measures) for row in (peer, ours))
        head += f" beyond {gate.beyond}"
    if gate.within_ns is not None:
        return judge_distance(gate, gate.within_ns, head, peer, ours)
    by = " and ".join(MEASURES[key] for key in gate.measures)
    if gate.like is not None:
        return judge_likeness(
            gate, gate.like, f"{head} keeps 2/3 of the lead over {gate.peer} in {gate.like} by {by}", results
        )
    if gate.at_most is not None:
        text = f"{head} takes <= {gate.at_most:g} of {gate.peer} by {by}"
        peer, ours = ours, peer
    else:
        text = f"{head} >= {gate.times:g}x {gate.peer} by {by}"
    quotients = [quotient(peer, ours, key) for key in gate.measures]
    known = [value for value in quotients if value is not None]
    if len(known) < len(quotients) or (gate.times is None and gate.at_most is None):
        return {"gate": text, "result": "NONE", "found": "not measured"}
    # Each by its measure: on a busy machine wall time says less than CPU time.
    digits, unit = (2, "x") if gate.at_most is None else (3, "")
    found = ", ".join(
        f"{MEASURES[key]} {value:.{digits}f}{unit}" for key, value in zip(gate.measures, known, strict=True)
    )
    kept = max(known) <= gate.at_most if gate.at_most is not None else min(known) >= (gate.times or 0)
    return {"gate": text, "result": "PASS" if kept else "MISS", "found": found}


def less(row: Row, base: Row, measures: tuple[str, ...]) -> Row:
    """What a row takes more than another one."""
    pairs = {key: (row.get(key), base.get(key)) for key in measures}
    return {
        key: own - other
        for key, (own, other) in pairs.items()
        if isinstance(own, int | float) and isinstance(other, int | float)
    }


def judge_likeness(gate: Gate, like: str, text: str, results: Results) -> Row | None:
    """The verdict of a gate that asks for two thirds of the lead in another workload; None when that was not measured."""
    leads = []
    for workload in (gate.workload, like):
        peer, ours = (
            results.get((gate.lang, workload, str(gate.peer))),
            results.get((gate.lang, workload, OURS)),
        )
        if peer is None or ours is None:
            return None
        leads.append([quotient(peer, ours, key) for key in gate.measures])
    kept, found = True, []
    for key, lead, other in zip(gate.measures, *leads, strict=True):
        if lead is None or other is None:
            return {"gate": text, "result": "NONE", "found": "not measured"}
        kept = kept and lead >= other * 2 / 3
        found.append(f"{MEASURES[key]} {lead:.2f}x of {other:.2f}x")
    return {"gate": text, "result": "PASS" if kept else "MISS", "found": ", ".join(found)}


def judge_distance(gate: Gate, within: float, head: str, peer: Row, ours: Row) -> Row:
    """The verdict of a gate that allows so many ns more than the peer takes."""
    (measure,) = gate.measures
    theirs, own = peer.get(measure), ours.get(measure)
    text = f"{head} within {number(within)} ns" + (f" of {gate.peer}" if gate.peer else "")
    if not isinstance(theirs, float | int) or not isinstance(own, float | int):
        return {"gate": text, "result": "NONE", "found": "not measured"}
    found = number(own) + (f" against {number(theirs)}" if gate.peer else "")
    return {"gate": text, "result": "PASS" if own <= theirs + within else "MISS", "found": found}


def store(results: Results, verdicts: list[Row], rounds: int) -> None:
    """Under target/bench, by time and as latest.json."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [
        {"lang": lang, "workload": workload, "peer": peer, **row}
        for (lang, workload, peer), row in results.items()
    ]
    document = {"machine": machine(), "rounds": rounds, "rows": rows, "gates": verdicts}
    text = json.dumps(document, indent=1) + "\n"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    for name in (f"{now}.json", "latest.json"):
        (FOLDER / name).write_text(text)
    print(f"\nstored in target/bench/{now}.json")


def machine() -> Row:
    """What the numbers were made on."""
    return {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "node": version("node"),
        "rustc": version("rustc"),
        "pwsh": version(str(shell.found() or "pwsh")),
        "python_peers": [
            line
            for line in (HERE / "python/requirements.txt").read_text().splitlines()
            if not line.startswith("#")
        ],
        "node_peers": json.loads((HERE / "node/package.json").read_text())["dependencies"],
    }


def version(program: str) -> str:
    """What the program says of itself."""
    try:
        return subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=30
        ).stdout.strip()
    except OSError:
        return "none"
