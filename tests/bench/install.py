"""Installs the pinned peers under target/, once for each state of the files that pin them.

Not for anything of ours: setup has built that.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "target"
VENV = TARGET / "bench-venv"
NODE = TARGET / "bench-node"
INTERPRETER = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = VENV / INTERPRETER


def _fresh(folder: Path, files: list[Path]) -> bool:
    """Whether the folder was made from these very files; writes nothing."""
    return _stamp(folder).exists() and _stamp(folder).read_text() == _state(files)


def _stamp(folder: Path) -> Path:
    return folder / "installed-from"


def _state(files: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def python_peers(offline: bool) -> None:
    """A virtual environment with the peers; one that cannot be had here is left out and named."""
    requirements = HERE / "python/requirements.txt"
    if _fresh(VENV, [requirements]):
        return
    _allowed(offline, VENV)
    pip = _environment(VENV)
    if subprocess.run([*pip, "-r", requirements]).returncode != 0:
        for line in requirements.read_text().splitlines():
            if line and not line.startswith("#") and subprocess.run([*pip, line]).returncode != 0:
                print(f"{line} cannot be installed here; its rows are missing", file=sys.stderr)
    _stamp(VENV).write_text(_state([requirements]))


def adapter_peers(adapter: Path, offline: bool) -> Path:
    """The interpreter of an environment with what an adapter for Python is compared on and with."""
    venv = TARGET / "bench-adapters" / adapter.parent.name
    # The last one that is there: that of the comparison names the framework, too.
    files = [
        file for file in (adapter / "requirements.txt", adapter / "bench/requirements.txt") if file.exists()
    ]
    if not _fresh(venv, files):
        _allowed(offline, venv)
        subprocess.run([*_environment(venv), "-r", files[-1]], check=True)
        _stamp(venv).write_text(_state(files))
    return venv / INTERPRETER


def node_peers(offline: bool) -> None:
    """A folder of its own with the peers in node_modules."""
    manifests = _manifests(HERE / "node")
    if _fresh(NODE, manifests):
        return
    NODE.mkdir(parents=True, exist_ok=True)
    for manifest in manifests:
        shutil.copy(manifest, NODE)
    node_packages(NODE, offline)


def node_packages(folder: Path, offline: bool) -> None:
    """What a folder's manifests name, in its node_modules."""
    manifests = _manifests(folder)
    if _fresh(folder / "node_modules", manifests):
        return
    _allowed(offline, folder / "node_modules")
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("no npm in PATH; Debian and Ubuntu package it apart from node: apt install npm")
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    _stamp(folder / "node_modules").write_text(_state(manifests))


def _manifests(folder: Path) -> list[Path]:
    return [folder / "package.json", folder / "package-lock.json"]


def _environment(venv: Path) -> list[str | Path]:
    """Makes a new one, and tells how packages are installed into it."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
    return [venv / INTERPRETER, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _allowed(offline: bool, folder: Path) -> None:
    if offline:
        raise SystemExit(f"{folder} is not there, and --offline forbids to fetch it")
