"""The exporter as a program: what it shows, what it serves, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from health import Health
from server import Server
from vigie_qdrant.__main__ import main

PACKAGE = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "vigie_qdrant"]


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=PACKAGE,
        env={**os.environ, **environment},
    )


def test_once_shows_what_there_is_and_why(health: Health, running: Server, tmp_path: Path) -> None:
    health.info |= {"status": "yellow", "indexed_vectors_count": 999, "update_queue": {"length": 12}}
    health.optimizations = {"running": [{"optimizer": "indexing"}], "summary": {}}
    health.away = {"/cluster"}
    canaries = tmp_path / "canaries.json"
    canary = {"name": "first", "collection": "docs", "vector": health.vectors[0], "ids": [0]}
    canaries.write_text(json.dumps([canary]))
    done = program(running.url, "--once", "--canaries", str(canaries))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.sub(r"[\d.]+ ms", "MS", done.stdout) == (
        f"127.0.0.1:{running.port} answers; 1 collection; 1 GiB of memory, 25% of the machine's\n"
        "\n"
        "COLLECTION  STATUS  POINTS  INDEXED  SEGMENTS  WAITING  REPLICAS\n"
        "docs        yellow  1000    99%      4         12       1 missing, 1 dead\n"
        "\n"
        "docs: Yellow: 1 optimization at work (indexing); 1 vectors are not indexed yet. "
        "12 updates wait to be applied.\n"
        "\n"
        "canary first in docs: 100% of an exact search's answers, 100% of the known ids, MS\n"
        "\n"
        "slowest core_search of docs: 0.7 s\n"
        "\n"
        "not known: cluster (503)\n"
    )


def test_once_says_that_nothing_answers() -> None:
    done = program("127.0.0.1:1", "--once")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "127.0.0.1:1 does not answer (connection)\n",
        "",
    )


def test_the_key_comes_from_the_variable_that_is_named(running: Server) -> None:
    program(running.url, "--once", "--api-key-variable", "SHOP_KEY", SHOP_KEY="k1", QDRANT_API_KEY="k2")
    assert {request.headers.get("api-key") for request in running.requests} == {"k1"}
    running.requests.clear()
    program(running.url, "--once", QDRANT_API_KEY="k2")
    assert {request.headers.get("api-key") for request in running.requests} == {"k2"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_ended(running: Server, number: signal.Signals) -> None:
    with Server() as free:
        address = f"127.0.0.1:{free.port}"
    command = [*COMMAND, running.url, "--listen", address, "--interval", "100ms"]
    with subprocess.Popen(command, cwd=PACKAGE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        assert serving.stderr.readline() == f"vigie-qdrant: metrics at http://{address}/metrics\n"
        assert 'vigie_qdrant_collection_points{collection="docs"' in served(address)
        serving.send_signal(number)
        assert serving.wait(30) == 0


def served(address: str) -> str:
    """What is served once it has the collections."""
    deadline = time.monotonic() + 30
    text = ""
    while "vigie_qdrant_collection_points{" not in text:
        assert time.monotonic() < deadline, text
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        time.sleep(0.05)
    return text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--interval", "15"], "'15' is not a number and one of ms, s, m, h, as in 15s"),
        (["--once", "--listen", "127.0.0.1:1"], "not allowed with argument --once"),
        (["ftp://x"], "url: 'ftp://x' is not http://HOST[:PORT]"),
        (["--interval", "0s"], "both are seconds above 0"),
        (["--listen", "nowhere"], "outputs[1].listen"),
    ],
)
def test_wrong_arguments_are_said(arguments: list[str], said: str) -> None:
    done = program(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_file_of_canaries_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "canaries.json"
    for text in ("{}}", '[{"name": "a"}]', "[1]"):
        file.write_text(text)
        assert main(["--once", "--canaries", str(file)]) == 2
        assert f"{file}: not a list of canaries: " in capsys.readouterr().err


def test_the_package_brings_the_program() -> None:
    manifest = (PACKAGE / "pyproject.toml").read_text()
    assert '[project.scripts]\nvigie-qdrant = "vigie_qdrant.__main__:main"\n' in manifest
