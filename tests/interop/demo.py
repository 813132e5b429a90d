"""Runs examples/rag with a collector beside its files, and shows what arrived there.

    python demo.py FOLDER SERVICE[,SERVICE...]

Exit code 0 only if the example ended well and one trace holds spans of all of these services.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from collector import agent, running
from receiver import Receiver

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rag" / "run.py"
SIGNALS = ("logs", "spans", "metrics")
# Longer than the collector gathers.
QUIET_S = 1.0


def main() -> int:
    """The exit code of the process."""
    folder, wanted = Path(sys.argv[1]).resolve(), sys.argv[2].split(",")
    folder.mkdir(parents=True, exist_ok=True)
    receiver = Receiver()
    with ExitStack() as stack:
        program, url = agent(), receiver.url
        if program is None:
            print("rotel is not installed: the programs send to the receiver of the demo itself")
        else:
            print(f"the collector is {program}")
            url = stack.enter_context(running(program, receiver.url, folder))
        command = [sys.executable, str(EXAMPLE), str(folder)]
        done = subprocess.run(command, env={**os.environ, "RAG_OTLP": url}, check=False)
        services = settled(receiver)
    receiver.close()
    show_counts(services)
    has_trace = show_trace(services, wanted)
    return 0 if done.returncode == 0 and has_trace else 1


def settled(receiver: Receiver) -> dict[str, dict[str, Any]]:
    """What arrived, once nothing more comes."""
    before = -1
    while True:
        services = dict(receiver.services)
        now = sum(len(found.get(signal, ())) for found in services.values() for signal in SIGNALS)
        if now == before:
            return services
        before = now
        time.sleep(QUIET_S)


def show_counts(services: dict[str, dict[str, Any]]) -> None:
    """How many records of each signal, by service."""
    print(f"\n{'service':<14}" + "".join(f"{signal:>9}" for signal in SIGNALS))
    for name, found in sorted(services.items()):
        print(f"{name:<14}" + "".join(f"{len(found.get(signal, ())):>9}" for signal in SIGNALS))


def show_trace(services: dict[str, dict[str, Any]], wanted: list[str]) -> bool:
    """The first trace that passes through all services; False when there is none."""
    traces: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for name, found in services.items():
        for span in found.get("spans", ()):
            traces[span["span"][0]].append((name, span))
    whole = [spans for spans in traces.values() if {name for name, _ in spans} >= set(wanted)]
    if not whole:
        print(f"\nno trace passes through {', '.join(wanted)}", file=sys.stderr)
        return False
    spans = min(whole, key=lambda spans: min(span["times"] for _, span in spans))
    print(f"\ntrace {spans[0][1]['span'][0]}, {len(spans)} spans")
    known = {span["span"][1] for _, span in spans}
    below = defaultdict(list)
    for name, span in sorted(spans, key=lambda one: one[1]["times"]):
        below[span["parent"] if span["parent"] in known else ""].append((name, span))
    show_below(below, "", 1)
    return True


def show_below(below: dict[str, list[tuple[str, dict[str, Any]]]], parent: str, depth: int) -> None:
    """The children of a span, each with its own."""
    for name, span in below.get(parent, ()):
        start, end = span["times"]
        print(f"{'  ' * depth}{span['name']:<{44 - 2 * depth}} {name:<11} {(end - start) / 1e6:9.2f} ms")
        show_below(below, span["span"][1], depth + 1)


if __name__ == "__main__":
    sys.exit(main())
