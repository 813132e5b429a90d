"""The unit tests of langchain-core and langgraph, from their source distributions, without the adapter and with it.

``python upstream.py FOLDER [OPTIONS ...]`` in an environment with ``upstream-requirements.txt`` and, above it without its
dependencies, the adapter's ``requirements-above.txt``; the distributions go into the folder, the options to pytest: ``-k
stream`` for example. Ends with 1 when a test has another result with the adapter than without, or the adapter failed in a
callback. Not part of ``cargo xtask test``: it takes many minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as xml
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
PATHS = [HERE, HERE.parent, ROOT / "bindings" / "python" / "python"]
LIMIT_S = 3600
STATS = "stats.jsonl"
BY_THE_CLOCK = "measures times by the clock, which a busy machine makes others"


@dataclass(frozen=True)
class Upstream:
    """A package with its tests, and the options with which its own makefile runs them."""

    requirement: str
    tests: str
    options: tuple[str, ...] = ()
    # What the names of tests begin with that say nothing of the adapter, each with the reason.
    apart: Mapping[str, str] = field(default_factory=dict)


SUITES = (
    Upstream(
        "langchain-core==1.8.1",
        "tests/unit_tests",
        ("--benchmark-disable", "--disable-socket", "--allow-unix-socket"),
        {
            "tests.unit_tests.runnables.test_config::test_merge_config_callbacks": (
                "counts the handlers of a manager, to which a hook of LangChain adds"
            ),
            "tests.unit_tests.language_models.chat_models.test_benchmark::test_benchmark_model": BY_THE_CLOCK,
            "tests.unit_tests.language_models.chat_models.test_rate_limiting": BY_THE_CLOCK,
        },
    ),
    Upstream(
        "langgraph==1.2.24",
        "tests",
        apart={"tests.test_pregel::test_sync_streaming_with_functional_api": BY_THE_CLOCK},
    ),
)


def fetched(requirement: str, folder: Path) -> Path:
    """The unpacked source distribution."""
    name = requirement.replace("-", "_").replace("==", "-")
    if not (folder / name).is_dir():
        archive = folder / f"{name}.tar.gz"
        if not archive.is_file():
            how = ["--no-deps", "--no-build-isolation", "--no-binary", ":all:", "--dest", str(folder)]
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", *how, requirement], check=True
            )
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
    return folder / name


def results(source: Path, suite: Upstream, *, adapter: bool) -> dict[str, str]:
    """Each test with its result. What pytest says goes into a file beside the sources."""
    report, stats = source / f"with-{adapter}.xml", source / STATS
    stats.unlink(missing_ok=True)
    plugin = ["-p", "with_adapter"] if adapter else []
    how = ["-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile", "--timeout", "300"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *how,
        *suite.options,
        *sys.argv[2:],
        f"--junitxml={report}",
        *plugin,
        suite.tests,
    ]
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LANGCHAIN_", "LANGSMITH_"))
        },
        "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
        # Services that need containers: the tests have parameters for them, which their own suite leaves out so.
        "NO_DOCKER": "true",
        "LANGGRAPH_TEST_FAST": "true",
        "VIGIE_UPSTREAM_STATS": str(stats),
    }
    done = subprocess.run(
        command, cwd=source, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )
    (source / f"with-{adapter}.log").write_text(done.stdout + done.stderr)
    found = {}
    for case in xml.parse(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        found[f"{case.get('classname')}::{case.get('name')}"] = min(kinds, default="passed")
    return found


def of_runs(stats: Path) -> Counter[str]:
    """What became of the runs, in all of pytest's processes."""
    total: Counter[str] = Counter()
    for line in stats.read_text().splitlines():
        total.update(json.loads(line))
    return total


def differing(suite: Upstream, folder: Path) -> int:
    """How many tests have another result with the adapter, or how many callbacks failed; says which."""
    source = fetched(suite.requirement, folder)
    without, with_it = (results(source, suite, adapter=adapter) for adapter in (False, True))
    count = 0
    for name in sorted(without.keys() | with_it.keys()):
        if without.get(name) != with_it.get(name):
            reason = next((why for start, why in suite.apart.items() if name.startswith(start)), None)
            count += reason is None
            print(
                f"{name}: {without.get(name)} without, {with_it.get(name)} with the adapter; {reason or ''}"
            )
    for words, found in (("without", without), ("with the adapter", with_it)):
        print(f"{suite.requirement}, {words}: {dict(Counter(found.values()))}")
    runs = of_runs(source / STATS)
    print(f"{suite.requirement}, runs: {dict(runs)}", flush=True)
    return count + runs["failed"]


def main() -> int:
    folder = Path(sys.argv[1]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return 1 if sum([differing(suite, folder) for suite in SUITES]) else 0


if __name__ == "__main__":
    raise SystemExit(main())
