"""Vigie beside its peers on the same scenarios, in processes of the same run; prints the tables of the README.

``python compare.py`` in an environment with ``requirements.txt``; ``python compare.py --overhead`` for times alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
PATHS = [HERE, HERE.parent, HERE.parent / "tests", ROOT / "bindings" / "python" / "python"]

# Of each scenario: how many runs stand right below the application's span, and the model calls below each of them.
SHAPES = {
    "chain": [1],
    "tool": [0],
    "retriever": [0],
    "stream": [1],
    "stream closed early": [1],
    "batch with threads": [1, 1, 1, 1],
    "async": [1],
    "gather": [1, 1, 1],
    "cancel": [1],
    "error": [1],
    "retry": [3],
    "LangGraph agent": [2],
    "nested graph": [1],
    "interrupt and resume": [0, 0],
    "HTTP call in the model's body": [1],
    "two graphs at once": [1, 1],
}
ROUNDS = 3
CALLS = 40


def is_model(span: dict[str, Any]) -> bool:
    kind = span["attributes"].get("openinference.span.kind")
    return kind == "LLM" or span["name"].startswith("chat ") or span["name"].endswith(".chat")


def flaws(name: str, spans: list[dict[str, Any]], app: object) -> list[str]:
    """What is wrong with the spans of a scenario."""
    found = []
    by_id = {span["id"]: span for span in spans}
    if (traces := len({span["trace"] for span in spans})) != 1:
        found.append(f"{traces} traces")
    below: Counter[object] = Counter()
    tops = [span["id"] for span in spans if span["parent"] == app]
    for model in filter(is_model, spans):
        at = model
        while at["parent"] != app and at["parent"] in by_id:
            at = by_id[at["parent"]]
        below[at["id"]] += 1
    shape = [below[top] for top in tops if not by_id[top]["name"].startswith("GET ")]
    if sorted(shape) != sorted(SHAPES[name]):
        found.append(f"model calls below the runs of the application: {shape}, not {SHAPES[name]}")
    for request in (span for span in spans if span["name"].startswith("GET ")):
        above = by_id.get(request["parent"])
        if above is None or not is_model(above):
            found.append(f"the request's parent is {above['name'] if above else 'no span'}")
    if name in ("cancel", "interrupt and resume", "stream closed early"):
        states = {(s["status"], s["attributes"].get("vigie.run.state")) for s in spans if s["id"] != app}
        if name == "interrupt and resume" and any(status == "error" for status, _ in states):
            found.append("the interrupt is an error")
        if name != "interrupt and resume" and all(
            state is None and status != "error" for status, state in states
        ):
            found.append("looks like success")
        if name == "cancel" and any(status == "error" for status, _ in states):
            found.append("the cancellation is an error")
    return found


def scenarios(tool: str) -> dict[str, list[str]]:
    """In a process with this tool: the flaws of each scenario."""
    from scenarios import SCENARIOS, Place
    from tools import TOOLS

    at = TOOLS[tool](False)
    result = {}
    left_before = 0
    for name, run in SCENARIOS.items():
        saved = os.dup(2)
        with tempfile.TemporaryFile() as printed:
            os.dup2(printed.fileno(), 2)
            with at.span("app"):
                app = at.current()
                run(Place({}, lambda: at.span("GET /chat"), at.current))
                stays = at.current() == app
            os.dup2(saved, 2)
            os.close(saved)
            printed.seek(0)
            lines = printed.read().decode(errors="replace").splitlines()
        found = flaws(name, at.spans(), app)
        if not stays:
            found.append("another span stays current in the caller")
        if lines:
            found.append(f"{len(lines)} lines on standard error")
        if (left := at.open()) > left_before:
            found.append(f"{left - left_before} span never ended")
        left_before = left
        result[name] = found
    return result


def overhead(tool: str) -> dict[str, float]:
    """In a process with this tool: milliseconds of processor time for one call of each kind, the best of some blocks."""
    from models import Chat
    from scenarios import INPUT, simple
    from tools import TOOLS

    TOOLS[tool](True)
    chain, stream = simple(), simple(Chat(chunks=100))

    async def acalls(count: int) -> None:
        for _ in range(count):
            await chain.ainvoke(INPUT)

    def invoke(count: int) -> None:
        for _ in range(count):
            chain.invoke(INPUT)

    def ainvoke(count: int) -> None:
        asyncio.run(acalls(count))

    def streamed(count: int) -> None:
        for _ in range(count):
            for _ in stream.stream(INPUT):
                pass

    def block(call: Any, count: int) -> float:
        started = time.process_time()
        call(count)
        return (time.process_time() - started) * 1000 / count

    times = {}
    for kind, call, count in (
        ("invoke", invoke, CALLS),
        ("ainvoke", ainvoke, CALLS),
        ("stream", streamed, 8),
    ):
        call(count)
        times[kind] = min(block(call, count) for _ in range(5))
    return times


def child(what: str, tool: str) -> Any:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, __file__, what, tool], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{tool}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    from tools import TOOLS

    tools = list(TOOLS)
    if "--overhead" not in sys.argv:
        all_flaws = {tool: child("scenarios", tool) for tool in tools[1:]}
        print("| scenario | " + " | ".join(tools[1:]) + " |\n" + "|---" * len(tools) + "|")
        for name in SHAPES:
            cells = ["; ".join(all_flaws[tool][name]) or "ok" for tool in tools[1:]]
            print(f"| {name} | " + " | ".join(cells) + " |")
        print()
    rounds: dict[str, list[dict[str, float]]] = {tool: [] for tool in tools}
    for _ in range(ROUNDS):
        # One after the other in each round, so that what else the machine does meets all of them.
        for tool in tools:
            rounds[tool].append(child("overhead", tool))
    medians = {
        tool: {kind: statistics.median(r[kind] for r in all_rounds) for kind in all_rounds[0]}
        for tool, all_rounds in rounds.items()
    }
    print("| ms of processor time | " + " | ".join(tools) + " |\n" + "|---" * (len(tools) + 1) + "|")
    for kind in ("invoke", "ainvoke", "stream"):
        base = medians["none"][kind]
        cells = [f"{base:.3f}"] + [f"+{medians[tool][kind] - base:.3f}" for tool in tools[1:]]
        print(f"| {kind} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in ("scenarios", "overhead"):
        print(json.dumps(globals()[sys.argv[1]](sys.argv[2])))
    else:
        main()
