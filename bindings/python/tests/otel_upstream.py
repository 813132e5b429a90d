"""Runs the instrumentations' own test suites against Vigie's providers, beside the official ones, and prints a table.

    python bindings/python/tests/otel_upstream.py [NAME...]

The suites come from the source distributions on PyPI, into `target/otel-upstream`, with an environment of their own; nothing
of them is kept in the repository. Takes some minutes, so that it is run by hand, and what it said stands in the package's README.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PLACE = ROOT / "target" / "otel-upstream"
CONTRIB, CORE = "0.66b1", "1.45.1"
#: The suites, and what each needs beside its instrumentation. Those that want a server that is not there are left out.
SUITES: dict[str, list[str]] = {
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
    "grpc": ["grpcio", "protobuf"],
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
    "tortoiseorm": ["tortoise-orm"],
    "urllib": ["httpretty"],
    "urllib3": ["urllib3", "httpretty"],
    "wsgi": [],
}
#: What all of them need.
NEEDED = [
    f"opentelemetry-api=={CORE}", f"opentelemetry-sdk=={CORE}", f"opentelemetry-test-utils=={CONTRIB}",
    "pytest", "pytest-asyncio", "pytest-timeout", "mocket", "httpx", "requests", "flask", "asgiref",
]  # fmt: skip
#: Loaded by pytest before any test: Vigie's tracer provider and context in the place of the official ones.
STAND = """
import vigie, vigie.otel
from opentelemetry import context
from opentelemetry.test import test_base

vigie.init(service="upstream", outputs=[{"to": "null"}])
context._RUNTIME_CONTEXT = vigie.otel.RuntimeContext(context._RUNTIME_CONTEXT)
test_base.TracerProvider = vigie.otel.TracerProvider
"""


def prepare(names: list[str]) -> Path:
    """The environment's Python, with the suites beside it."""
    python = PLACE / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PLACE / "venv"], check=True)
    pip = [str(python), "-m", "pip"]
    packages = [f"opentelemetry-instrumentation-{name}=={CONTRIB}" for name in names]
    others = {package for name in names for package in SUITES.get(name, [])}
    subprocess.run([*pip, "install", "--quiet", *NEEDED, *packages, *sorted(others)], check=True)
    for package in packages:
        download = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(PLACE)]
        subprocess.run([*pip, *download, package], check=True)
    for archive in PLACE.glob("*.tar.gz"):
        with tarfile.open(archive) as opened:
            opened.extractall(PLACE, filter="data")
    (PLACE / "vigie_stands.py").write_text(STAND, "utf-8")
    return python


def suite(python: Path, name: str, ours: bool) -> tuple[str, list[str]]:
    """The last line of pytest, and which tests failed."""
    folder = PLACE / f"opentelemetry_instrumentation_{name.replace('-', '_')}-{CONTRIB}"
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "--tb=no",
        "-rf",
        "-p",
        "no:cacheprovider",
        "--timeout=60",
        "tests",
    ]
    path = f"{PLACE}{os.pathsep}{ROOT / 'bindings/python/python'}"
    more = (["-p", "vigie_stands"], {"PYTHONPATH": path}) if ours else ([], {})
    done = subprocess.run(
        [*command, *more[0]],
        cwd=folder,
        env={**os.environ, **more[1]},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    counts = re.sub(r" in [\d.]+s.*| warnings?|, \d+ warnings?", "", done.stdout.strip().splitlines()[-1])
    return counts, sorted(re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE))


def main() -> None:
    """Prints a row for each instrumentation, and each test that fails with Vigie alone."""
    names = sys.argv[1:] or list(SUITES)
    python = prepare(names)
    print("| instrumentation | official | Vigie |\n|---|---|---|")
    alone: list[str] = []
    for name in names:
        official, without = suite(python, name, ours=False)
        vigie, failed = suite(python, name, ours=True)
        print(f"| {name} | {official} | {vigie} |", flush=True)
        alone += [f"{name}: {test}" for test in failed if test not in without]
    print("\nfail with Vigie alone:", *(alone or ["none"]), sep="\n")


if __name__ == "__main__":
    main()
