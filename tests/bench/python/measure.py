"""Measures one workload of one library in a process of its own and prints one JSON line.

Not for comparing: `run.py` starts this once for each round and library, in turn.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import time

from workloads import Case


def calibrate(case: Case, sample_ns: float) -> int:
    """How many operations fill a sample; the runs on the way there are the warm-up. A run that was slow by
    accident does not end the search: a second one confirms.
    """
    count, confirmed = 1, 0
    for _ in range(40):
        wall, _, _ = timed(case, count)
        if 0.7 * sample_ns < wall < 1.5 * sample_ns:
            confirmed += 1
            if confirmed == 2:
                break
            continue
        confirmed = 0
        factor = min(4.0, max(0.25, sample_ns / wall))
        if count == 1 and factor < 1:
            break
        count = max(1, round(count * factor))
    return count


def timed(case: Case, count: int) -> tuple[int, int, int]:
    """Wall time, CPU time over all threads, and that of this thread, of `count` operations until they are out."""
    thread, cpu = time.thread_time_ns(), time.process_time_ns()
    wall = time.perf_counter_ns()
    case.run(count)
    if case.flush is not None:
        case.flush()
    wall = time.perf_counter_ns() - wall
    return wall, time.process_time_ns() - cpu, time.thread_time_ns() - thread


def measure(case: Case, samples: int, sample_ms: float) -> dict[str, object]:
    """Samples of one case: the time of one operation in ns, and whether all came out."""
    count = calibrate(case, sample_ms * 1e6)
    before = case.exported() if case.exported else 0
    walls, cpus, threads = [], [], []
    for _ in range(samples):
        wall, cpu, thread = timed(case, count)
        walls.append(wall / count)
        cpus.append(cpu / count)
        threads.append(thread / count)
    result: dict[str, object] = {
        "ns_min": min(walls),
        "ns_median": statistics.median(walls),
        "cpu_ns": statistics.median(cpus),
        "thread_cpu_ns": statistics.median(threads),
        "ops": count * samples,
    }
    if case.exported:
        result["exported"] = case.exported() - before
    return result


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", required=True)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--sample-ms", type=float, default=60)
    args = parser.parse_args()
    module, _, variant = args.peer.partition("-")
    peer = importlib.import_module(f"peer_{module}")
    case = peer.case(args.workload, variant) if variant else peer.case(args.workload)
    head = {"lang": "python", "workload": args.workload, "peer": args.peer}
    print(json.dumps(head | measure(case, args.samples, args.sample_ms)))


if __name__ == "__main__":
    main()
