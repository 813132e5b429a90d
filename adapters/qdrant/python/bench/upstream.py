"""The tests of qdrant-client's source tree, without the adapter and with it.

``python upstream.py FOLDER [TESTS ...]`` in an environment with ``vigie``, ``qdrant-client``, ``pytest`` 7,
``pytest-asyncio`` 0.21, ``pytest-mock`` and ``pytest-timeout``; the folder is a checkout of the client's repository, of which
all tests but the benchmarks are run unless some are named. The client in it is the one that is tested; without its package
``qdrant_client`` the installed one is. Ends with 1 when a test has another result with the adapter than without. Not part of
``cargo xtask test``: the sources are not ours to bring, and a run takes many minutes.

Also the plugin of pytest in both runs: it installs the adapter in the second one. Both have the same random numbers. What asks
a server fails in both, unless it only compares a local client with one: another local client is in its place then.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = [HERE, HERE.parent, HERE.parents[3] / "bindings" / "python" / "python"]
SUITES = ("tests", "qdrant_client/local/tests")
APART = "tests/benches"
REPORT = "VIGIE_UPSTREAM_REPORT"
WITH_ADAPTER = "VIGIE_UPSTREAM_ADAPTER"
# The longest takes a minute where nothing else runs.
SECONDS_A_TEST = 600

_outcomes: dict[str, str] = {}


def pytest_load_initial_conftests() -> None:
    """Put the adapter in, and a local client in the place of the server that local clients are compared with: before any of
    the tests' own files takes one of both."""
    from qdrant_client import QdrantClient
    from tests.congruence_tests import test_common

    # One for all, as the server would be.
    stand_in = QdrantClient(":memory:")
    test_common.init_remote = lambda prefer_grpc=False: stand_in
    if WITH_ADAPTER in os.environ:
        import vigie
        import vigie_qdrant

        vigie.init(service="upstream", outputs=[{"to": "null", "signals": ["spans"]}])
        vigie_qdrant.instrument()


def pytest_runtest_setup() -> None:
    """What a test makes up is the same in both runs."""
    import numpy as np

    random.seed(0)
    np.random.seed(0)


def pytest_runtest_logreport(report: Any) -> None:
    """Keep the worst that was said of a test; of a passed one only its call counts."""
    if report.outcome != "passed" or report.when == "call":
        _outcomes[report.nodeid] = max(_outcomes.get(report.nodeid, ""), report.outcome)


def pytest_unconfigure() -> None:
    """Write the results, and how the adapter fared."""
    faults: dict[str, int] = {}
    records = 0
    if WITH_ADAPTER in os.environ:
        import vigie
        import vigie_qdrant

        vigie.flush(5)
        faults, records = vigie_qdrant.faults(), vigie.stats()["outputs"][0]["accepted"]
    found = {"outcomes": _outcomes, "faults": faults, "records": records}
    Path(os.environ[REPORT]).write_text(json.dumps(found))


def run(source: Path, suites: list[str], *, adapter: bool) -> dict[str, Any]:
    """One run."""
    report = source / f"with-{adapter}.json"
    paths = [os.environ.get("PYTHONPATH", ""), *map(str, PACKAGES)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), REPORT: str(report)}
    if adapter:
        environment[WITH_ADAPTER] = "1"
    options = [
        "-q",
        "--tb=no",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-p",
        "upstream",
        f"--timeout={SECONDS_A_TEST}",
        f"--ignore={APART}",
    ]
    command = [sys.executable, "-m", "pytest", *options, *suites]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    print("\n".join(done.stdout.splitlines()[-1:]), done.stderr[-2000:], flush=True)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def main() -> int:
    source = Path(sys.argv[1]).resolve()
    suites = sys.argv[2:] or [suite for suite in SUITES if (source / suite).is_dir()]
    without, with_it = (run(source, suites, adapter=adapter) for adapter in (False, True))
    before, after = without["outcomes"], with_it["outcomes"]
    differing = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    for name in differing:
        print(f"{name}: {before.get(name)} without, {after.get(name)} with the adapter")
    print(f"without: {dict(Counter(before.values()))}; with: {dict(Counter(after.values()))}")
    print(f"{with_it['records']} records, faults {with_it['faults']}")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
