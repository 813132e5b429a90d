"""Builds the servers that have no package of Debian's, into the build folder.

    python3 tests/interop/servers/install.py [NAME...]

Without names, those that are quick to build. Needs Go; a version that is there is not built again. Standard library
alone, because it runs before there is an environment with packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

BUILT = Path(__file__).resolve().parents[3] / "target" / "servers"
SOURCES = Path(__file__).resolve().parent
GO = "/usr/local/go/bin/go"


@dataclass(frozen=True)
class Server:
    """A program in Go: of a released module; or, where that replaces what it is made of, pinned by one of ours."""

    version: str
    package: str
    is_pinned_here: bool = False
    is_quick: bool = True

    def program(self, name: str) -> Path:
        """Where it is once it is built: what it is built of is in the folder's name."""
        parts = sorted(path.read_bytes() for path in (SOURCES / name).glob("*"))
        mark = f"-{crc32(b''.join(parts)):08x}" if self.is_pinned_here else ""
        return BUILT / f"{name}-{self.version}{mark}" / name


SERVERS = {
    "collector": Server("v0.165.0", ".", is_pinned_here=True),
    "victoria-logs": Server("v1.52.2", "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs"),
    "victoria-metrics": Server("v1.148.9", "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics"),
    "jaeger": Server(
        "v1.76.0", "github.com/jaegertracing/jaeger/cmd/jaeger", is_pinned_here=True, is_quick=False
    ),
}


def command(name: str) -> str:
    """What a person types to have it, and whether that takes long."""
    note = "" if SERVERS[name].is_quick else " (some minutes; .ci/run does so where VIGIE_SERVERS names it)"
    return f"python3 tests/interop/servers/install.py {name}{note}"


def install(name: str, go: str) -> bool:
    """Whether it is there now."""
    server = SERVERS[name]
    program = server.program(name)
    if program.exists():
        return True
    # Under its name only when it is whole.
    building = program.parent.with_name(f"{program.parent.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    if server.is_pinned_here:
        build, folder = (
            [go, "build", "-o", str(building / name), server.package],
            SOURCES / name,
        )
    else:
        build, folder = [go, "install", f"{server.package}@{server.version}"], building
    done = subprocess.run(build, cwd=folder, env={**os.environ, "GOBIN": str(building)}, check=False)
    if done.returncode == 0:
        building.rename(program.parent)
    return done.returncode == 0


def main() -> int:
    """The exit code of the process."""
    names = sys.argv[1:] or [name for name, server in SERVERS.items() if server.is_quick]
    unknown = [name for name in names if name not in SERVERS]
    if unknown:
        print(f"{', '.join(unknown)}: accepted are {', '.join(SERVERS)}", file=sys.stderr)
        return 2
    go = shutil.which("go") or (GO if Path(GO).exists() else None)
    if go is None:
        print("no go in PATH; install Go 1.26.5 or newer", file=sys.stderr)
        return 1
    built = [install(name, go) for name in names]
    return 0 if all(built) else 1


if __name__ == "__main__":
    sys.exit(main())
