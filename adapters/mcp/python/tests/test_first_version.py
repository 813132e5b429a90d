"""The SDK before version 2, which cannot be installed beside it: in an environment of its own below ``target``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import vigie
from servers import named, only

ROOT = Path(__file__).parents[4]
PACKAGE = Path(__file__).parents[1]
SDK = "mcp==1.26.0"


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    if os.environ.get("VIGIE_FULL") != "1":
        pytest.skip(f"VIGIE_FULL=1 runs it: {SDK} needs an environment of its own")
    folder = ROOT / "target" / "venv-mcp-1"
    python = folder / "bin" / "python"
    if not (folder / SDK).exists():
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", SDK], check=True)
        (folder / SDK).touch()
    face = Path(vigie.__file__).parents[1]
    ran = subprocess.run(
        [python, PACKAGE / "tests" / "programs" / "first_version.py"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(face), str(PACKAGE)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert sys.version_info[:2] >= (3, 10)
    return json.loads(ran.stdout)


def test_every_call_has_its_own_parents(seen: dict[str, Any]) -> None:
    spans = {span["span_id"]: span for span in seen["spans"]}
    logs = [log for log in seen["logs"] if log["logger"] == "tool"]
    assert len(logs) == 50
    for log in logs:
        answered = spans[log["span_id"]]
        asked = spans[answered["parent_span_id"]]
        assert (answered["span_kind"], asked["span_kind"]) == ("server", "client")
        assert spans[asked["parent_span_id"]]["name"] == f"caller {log['a']}"


def test_requests_without_parameters_and_of_the_handshake_are_seen(seen: dict[str, Any]) -> None:
    for name in ("initialize", "tools/list", "ping"):
        asked = named(seen["spans"], name, "client")[0]
        assert named(seen["spans"], name, "server")[0]["parent_span_id"] == asked["span_id"]


def test_failures_have_their_kinds(seen: dict[str, Any]) -> None:
    for kind in ("client", "server"):
        assert only(seen["spans"], "tools/call fails", kind)["attributes"]["error.type"] == "tool_error"
        prompt = only(seen["spans"], "prompts/get no such prompt", kind)
        assert prompt["attributes"]["error.type"] == str(seen["inside"]["code"])
    assert "database" not in json.dumps(
        seen["spans"] + [log for log in seen["logs"] if "vigie" in log["logger"]]
    )


def test_the_books_are_kept(seen: dict[str, Any]) -> None:
    for side in ("client", "server"):
        open_now = f'vigie_mcp_sessions_open{{vigie_mcp_side="{side}"}} '
        assert open_now + "1" in seen["inside"]["metrics"] and open_now + "0" in seen["after"]
        assert f"mcp_{side}_session_duration_count 1" in seen["after"]
        assert f'vigie_mcp_tools_never_called{{vigie_mcp_side="{side}"}} 1' in seen["after"]
    assert "vigie_mcp_adapter_faults" not in seen["after"]


def test_the_originals_come_back(seen: dict[str, Any]) -> None:
    assert seen["given_back"] == [True] * 6
