"""The unit tests of langchain-core and langgraph, from their source distributions, without the adapter and with it.

``python upstream.py FOLDER`` in an environment with ``upstream-requirements.txt``; the distributions go into the folder.
Ends with 1 when a test has another result with the adapter than without. Not part of ``cargo xtask test``: it takes many
minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as xml
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
PATHS = [HERE, HERE.parent, ROOT / "bindings" / "python" / "python"]
SUITES = {"langchain-core==1.8.1": "tests/unit_tests", "langgraph==1.2.24": "tests"}


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


def results(source: Path, tests: str, *, adapter: bool) -> dict[str, str]:
    """Each test with its result."""
    report = source / f"with-{adapter}.xml"
    plugin = ["-p", "with_adapter"] if adapter else []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
        *plugin,
        tests,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
        "NO_DOCKER": "true",
        "LANGGRAPH_TEST_FAST": "true",
    }
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    print(
        "\n".join(line for line in done.stdout.splitlines()[-12:] if "stats" in line or " passed" in line),
        flush=True,
    )
    found = {}
    for case in xml.parse(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        found[f"{case.get('classname')}::{case.get('name')}"] = min(kinds, default="passed")
    return found


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    differing = 0
    for requirement, tests in SUITES.items():
        source = fetched(requirement, folder)
        without, with_it = (results(source, tests, adapter=adapter) for adapter in (False, True))
        for name in sorted(without.keys() | with_it.keys()):
            if without.get(name) != with_it.get(name):
                differing += 1
                print(f"{name}: {without.get(name)} without, {with_it.get(name)} with the adapter")
        print(f"{requirement}: {len(without)} tests")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
