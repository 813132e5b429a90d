"""The adapters: runs what each has in its folder `bench`, beside its peers where it has any, and prints the tables of their
READMEs. Started by `cargo xtask bench --adapters`. Not for measuring: the scripts in those folders do that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import install

ROOT = install.HERE.parents[1]
ADAPTERS = ROOT / "adapters"


class Script(NamedTuple):
    """A script of an adapter, with its options."""

    title: str
    adapter: str
    command: tuple[str, ...]


SCRIPTS = (
    Script("LangChain for Python", "langchain/python", ("compare.py",)),
    Script("LangChain for Node", "langchain/node", ("compare.mjs",)),
    Script("Qdrant for Python", "qdrant/python", ("overhead.py",)),
    Script("Qdrant for Python, the peer", "qdrant/python", ("overhead.py", "--peer")),
    Script("Qdrant for Node", "qdrant/node", ("overhead.mjs",)),
    Script("MCP for Python", "mcp/python", ("overhead.py",)),
    Script("MCP for Node", "mcp/node", ("overhead.mjs",)),
)


def main(offline: bool) -> int:
    """Non-zero when one of the scripts failed."""
    failed = 0
    for script in SCRIPTS:
        print(f"\n{script.title}\n", flush=True)
        adapter = ADAPTERS / script.adapter
        run = _python if adapter.name == "python" else _node
        failed += run(adapter, script.command, offline) != 0
    return 1 if failed else 0


def _python(adapter: Path, command: tuple[str, ...], offline: bool) -> int:
    python = install.adapter_peers(adapter, offline)
    paths = os.pathsep.join(map(str, (ROOT / "bindings/python/python", adapter)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([python, *command], cwd=adapter / "bench", env=environment).returncode


def _node(adapter: Path, command: tuple[str, ...], offline: bool) -> int:
    if (adapter / "bench/package.json").exists():
        install.node_packages(adapter / "bench", offline)
    return subprocess.run([shutil.which("node") or "node", *command], cwd=adapter / "bench").returncode
