"""Measures ours beside the peers, interleaved, each in a process of its own, and prints the ratios.

Started by `cargo xtask bench`, which has built what is measured. Not for deciding what is measured (plan.py).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import adapter_scripts
import child
import install
import report
import search
import shapes
import shell
from plan import IMPORTS, OURS, PEERS, WORKLOADS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# A fresh process for each import; the first one of a round warms the file cache and is not counted.
IMPORTS_A_ROUND = 7

Row = dict[str, object]


def measure(lang: str, workload: str, peer: str, args: argparse.Namespace) -> Row:
    """One round of one row; an `error` row when the process failed."""
    if workload == "I1":
        return measure_import(lang, peer)
    size = [
        "--workload",
        workload,
        "--peer",
        peer,
        "--samples",
        str(args.samples),
        "--sample-ms",
        str(args.sample_ms),
    ]
    command = {
        "python": [str(install.PYTHON), str(HERE / "python/measure.py")],
        "node": ["node", str(HERE / "node/measure.mjs")],
        "rust": [str(args.built / "measured/vigie-bench")],
    }[lang]
    more = {"VIGIE_BENCH_FILE": str(args.scratch / "lines.jsonl"), "VIGIE_BENCH_RECEIVER": args.receiver}
    return child.last_line(command + size, more)


def measure_powershell(args: argparse.Namespace) -> dict[tuple[str, str], Row]:
    """One round of all rows of PowerShell."""
    workloads = [workload for workload in args.workloads if workload in PEERS["powershell"]]
    return shell.round_of(workloads, args.samples, args.sample_ms, args.scratch)


def measure_import(lang: str, peer: str) -> Row:
    """Wall and CPU time of one import in fresh processes."""
    what = IMPORTS[lang][peer]
    walls, cpus = [], []
    for index in range(IMPORTS_A_ROUND):
        done = subprocess.run(importing(lang, what), capture_output=True, text=True, timeout=child.LIMIT_S)
        if done.returncode != 0:
            return {"error": (done.stderr.strip().splitlines() or ["no output"])[-1][:300]}
        wall, cpu = (float(number) for number in done.stdout.split())
        if index > 0:
            walls.append(wall)
            cpus.append(cpu)
    return {"ns_min": min(walls), "ns_median": statistics.median(walls), "cpu_ns": statistics.median(cpus)}


def importing(lang: str, what: str) -> list[str]:
    """A program that imports and prints what it took, in ns."""
    if lang == "python":
        ours = str(ROOT / "bindings/python/python")
        code = (
            f"import sys, time; sys.path.append({ours!r}); w, c = time.perf_counter_ns(), time.process_time_ns(); {what}; "
            "print(time.perf_counter_ns() - w, time.process_time_ns() - c)"
        )
        return [str(install.PYTHON), "-c", code]
    path = ROOT / "bindings/node" if what == OURS else install.NODE / "node_modules" / what
    code = (
        "const c = process.cpuUsage(), w = process.hrtime.bigint(); "
        f"require({json.dumps(str(path))}); const wall = process.hrtime.bigint() - w, cpu = process.cpuUsage(c); "
        "console.log(String(wall), String((cpu.user + cpu.system) * 1000)); process.exit(0)"
    )
    return ["node", "-e", code]


def merge(rounds: list[Row]) -> Row:
    """The rounds of one row as one: minimum of minima, median of medians, the lower CPU median."""
    failed = [row for row in rounds if "error" in row]
    if failed:
        return failed[0]
    first = rounds[0]
    merged: Row = {"ns_min": min(row["ns_min"] for row in rounds)}
    merged["ns_median"] = statistics.median(row["ns_median"] for row in rounds)
    for key in ("cpu_ns", "thread_cpu_ns", "p999_ns"):
        if key in first:
            merged[key] = min(row[key] for row in rounds)
    if "exported" in first:
        made, out = (sum(int(row[key]) for row in rounds) for key in ("ops", "exported"))
        merged |= {"made": made, "exported": out}
        if made != out:
            return {"error": f"made {made}, exported {out}"}
    return merged


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="cargo xtask bench", description=__doc__)
    parser.add_argument(
        "--workload", default=",".join(WORKLOADS), help="comma list of " + " ".join(WORKLOADS)
    )
    parser.add_argument("--lang", default=",".join(PEERS), help="comma list of " + " ".join(PEERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="one round of short samples: to see that it runs"
    )
    parser.add_argument("--shapes", action="store_true", help="ours alone, against the shape of the input")
    parser.add_argument(
        "--search", action="store_true", help="`vigie search` beside jq, and beside ripgrep with jq"
    )
    parser.add_argument("--adapters", action="store_true", help="the adapters, by the scripts that each has")
    parser.add_argument("--offline", action="store_true")
    args = parser.parse_args()
    args.langs = [lang for lang in PEERS if lang in args.lang.split(",")]
    args.workloads = [workload for workload in WORKLOADS if workload in args.workload.split(",")]
    unknown = (set(args.lang.split(",")) - set(PEERS)) | (set(args.workload.split(",")) - set(WORKLOADS))
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    args.samples, args.sample_ms = (3, 20) if args.quick else (5, 60)
    args.rounds = 1 if args.quick else args.rounds
    # As cargo itself reads it: relative to the repository.
    args.built = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    return args


def main() -> int:
    """Install, measure, print, store; non-zero when something could not be measured."""
    args = arguments()
    if args.adapters:
        return adapter_scripts.main(args.offline)
    if args.search:
        return search.main(args.built / "measured/vigie", args.quick)
    if args.shapes:
        return shapes.main(args.langs, args.built, args.offline)
    if "python" in args.langs:
        install.python_peers(args.offline)
    if "node" in args.langs:
        install.node_peers(args.offline)
    if "powershell" in args.langs and shell.found() is None:
        args.langs.remove("powershell")
        print(f"powershell: skipped, {shell.MISSING}")
        if not args.langs:
            return 0
    rows = [
        (lang, workload, peer)
        for lang in args.langs
        for workload in args.workloads
        if workload in PEERS[lang]
        for peer in [OURS, *PEERS[lang][workload]]
    ]
    rounds: dict[tuple[str, str, str], list[Row]] = {row: [] for row in rows}
    scratch = tempfile.TemporaryDirectory(prefix="vigie-bench-", dir=ROOT / "target")
    with scratch as folder, child.receiver(args.built / "measured/vigie-bench") as args.receiver:
        args.scratch = Path(folder)
        for number in range(args.rounds):
            # One process measures all rows of PowerShell: at the first of them.
            powershell: dict[tuple[str, str], Row] = {}
            for index, (lang, workload, peer) in enumerate(rows):
                at = f"round {number + 1}/{args.rounds}, {index + 1}/{len(rows)}"
                print(f"\r\033[K[bench] {at}: {lang} {workload} {peer}", end="", file=sys.stderr, flush=True)
                if lang == "powershell":
                    powershell = powershell or measure_powershell(args)
                    rounds[lang, workload, peer].append(powershell[workload, peer])
                else:
                    rounds[lang, workload, peer].append(measure(lang, workload, peer, args))
    print("\r\033[K", end="", file=sys.stderr, flush=True)
    results = {row: merge(measured) for row, measured in rounds.items()}
    return report.finish(results, args.rounds)


if __name__ == "__main__":
    sys.exit(main())
