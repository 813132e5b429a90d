"""Runs the test suites of OpenTelemetry's own API, SDK and instrumentations with Vigie's providers in the place of the official
ones, beside the same without, and prints a table.

    python bindings/python/tests/otel_upstream.py [NAME...]

The suites come from the source distributions on PyPI, into `target/otel-upstream`, with environments of their own; nothing
of them is kept in the repository. Takes some minutes, so that it is run by hand, and what it said stands in the package's README.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PLACE = ROOT / "target" / "otel-upstream"
CONTRIB, CORE = "0.66b1", "1.45.1"
#: The suites, and what each needs beside its instrumentation. Those that want a server that is not there are left out.
SUITES: dict[str, list[str]] = {
    "api": [],
    "sdk": [],
    "aio-pika": ["aio_pika"],
    "aiohttp-client": ["aiohttp", "http-server-mock"],
    "aiohttp-server": ["aiohttp", "pytest-aiohttp"],
    "aiokafka": ["aiokafka"],
    "aiopg": ["aiopg", "psycopg2-binary"],
    "asgi": ["asgiref"],
    "asyncclick": ["asyncclick"],
    "asyncio": [],
    "asyncpg": ["asyncpg"],
    "boto3sqs": ["boto3"],
    "botocore": ["botocore", "moto", "aws-xray-sdk"],
    "celery": ["celery"],
    "click": ["click", "flask"],
    "confluent-kafka": ["confluent-kafka"],
    "dbapi": [],
    "django": ["django"],
    "falcon": ["falcon"],
    "fastapi": ["fastapi"],
    "flask": ["flask", "werkzeug"],
    # Its messages were generated for the protobuf of before 4.
    "grpc": ["grpcio", "protobuf==3.20.3"],
    "httpx": ["httpx", "respx"],
    "jinja2": ["jinja2"],
    "kafka-python": ["kafka-python"],
    "logging": [],
    "pika": ["pika"],
    "psycopg": ["psycopg[binary]"],
    "psycopg2": ["psycopg2-binary"],
    "pymemcache": ["pymemcache"],
    "pymongo": ["pymongo"],
    "pymysql": ["pymysql"],
    "pyramid": ["pyramid"],
    "redis": ["redis", "fakeredis"],
    "requests": ["requests", "httpretty"],
    "sqlalchemy": ["sqlalchemy", "aiosqlite"],
    "sqlite3": [],
    "starlette": ["starlette"],
    "system-metrics": ["psutil"],
    "threading": [],
    "tornado": ["tornado", "http-server-mock"],
    # The instrumentation wraps methods of before 0.25, and imports what pydantic is needed for.
    "tortoiseorm": ["tortoise-orm==0.21.7", "pydantic"],
    "urllib": ["httpretty"],
    "urllib3": ["urllib3", "httpretty"],
    "wsgi": [],
}
#: Those whose pins others cannot live with: each has an environment of its own.
APART = {"grpc", "tortoiseorm"}
#: What all of them need.
NEEDED = [
    f"opentelemetry-api=={CORE}", f"opentelemetry-sdk=={CORE}", f"opentelemetry-test-utils=={CONTRIB}",
    "pytest", "pytest-asyncio", "pytest-timeout", "mocket", "httpx", "requests", "flask", "asgiref",
]  # fmt: skip


def package(name: str) -> str:
    """The distribution that has the suite."""
    return f"opentelemetry-{name}" if name in ("api", "sdk") else f"opentelemetry-instrumentation-{name}"


def version(name: str) -> str:
    """Which of its releases."""
    return CORE if name in ("api", "sdk") else CONTRIB


def environment(name: str) -> Path:
    """The Python of the environment that a suite runs in."""
    return PLACE / f"venv-{name if name in APART else 'all'}" / "bin" / "python"


def prepare(names: list[str]) -> None:
    """Makes the environments, and puts the suites beside them."""
    for python in dict.fromkeys(environment(name) for name in names):
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
        here = [name for name in names if environment(name) == python]
        wanted = [f"{package(name)}=={version(name)}" for name in here]
        others = {needed for name in here for needed in SUITES.get(name, [])}
        pip = [str(python), "-m", "pip"]
        subprocess.run([*pip, "install", "--quiet", *NEEDED, *wanted, *sorted(others)], check=True)
        download = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(PLACE)]
        for distribution in wanted:
            subprocess.run([*pip, *download, distribution], check=True)
    for archive in PLACE.glob("*.tar.gz"):
        with tarfile.open(archive) as opened:
            opened.extractall(PLACE, filter="data")


def suite(name: str, ours: bool) -> tuple[str, list[str], str]:
    """The last line of pytest, which tests failed, and how those went that made one of Vigie's providers."""
    folder = PLACE / f"{package(name).replace('-', '_')}-{version(name)}"
    python = environment(name)
    command = [str(python), "-m", "pytest", "-q", "--tb=no", "-rf", "-p", "no:cacheprovider", "--timeout=60"]
    more = {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    if ours:
        command += ["-p", "otel_stand"]
        more["PYTHONPATH"] = f"{HERE}{os.pathsep}{ROOT / 'bindings/python/python'}"
    try:
        done = subprocess.run(
            [*command, "tests"],
            cwd=folder,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
    except subprocess.TimeoutExpired:
        return "does not end", [], ""
    lines = done.stdout.strip().splitlines() or ["does not start"]
    last = next((line for line in reversed(lines) if " in " in line), lines[-1])
    counts = re.sub(r" in [\d.]+s.*|,? ?\d+ warnings?", "", last)
    made = re.search(r"^with Vigie's providers: (.*)$", done.stdout, re.MULTILINE)
    return counts, sorted(re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE)), made[1] if made else ""


def main() -> None:
    """Prints a row for each suite, and each test that fails with Vigie alone."""
    names = sys.argv[1:] or list(SUITES)
    prepare(names)
    print("| suite | official | Vigie | of these, made one of Vigie's providers |\n|---|---|---|---|")
    alone: list[str] = []
    for name in names:
        official, without, _ = suite(name, ours=False)
        vigie, failed, made = suite(name, ours=True)
        print(f"| {name} | {official} | {vigie} | {made} |", flush=True)
        alone += [f"{name}: {test}" for test in failed if test not in without]
    print("\nfail with Vigie alone:", *(alone or ["none"]), sep="\n")


if __name__ == "__main__":
    main()
