"""What the package is made of: its names, its sizes, what it imports, and the alert rules that go with it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
import vigie
import vigie.testing
from mcp.client.client import Client
from servers import server
from vigie_mcp import names
from vigie_mcp.size import size_of

PACKAGE = Path(__file__).parents[1] / "vigie_mcp"
SHARED = Path(__file__).parents[2]


def test_the_names_are_those_of_the_shared_table() -> None:
    table = json.loads((SHARED / "names.json").read_text())
    expected: dict[str, object] = {}
    for group in ("attributes", "values", "limits"):
        expected.update(table[group])
    for group in ("buckets", "lists"):
        expected.update({name: tuple(values) for name, values in table[group].items()})
    for name, metric in table["metrics"].items():
        buckets = tuple(table["buckets"][metric["buckets"]]) if metric["buckets"] else None
        expected[name] = names.Metric(**{**metric, "buckets": buckets})
    assert {name: value for name, value in vars(names).items() if name.isupper()} == expected


@pytest.mark.parametrize("case", json.loads((SHARED / "sizes.json").read_text()), ids=repr)
def test_sizes_are_those_of_the_shared_table(case: dict[str, object]) -> None:
    assert size_of(case["value"]) == case["bytes"]


def test_only_the_public_face_is_used_and_no_other_adapter() -> None:
    public = {"vigie", *(f"vigie.{name}" for name in vigie.__all__)}
    for file in PACKAGE.glob("*.py"):
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    assert alias.name == "vigie" or not alias.name.startswith("vigie"), (
                        file.name,
                        alias.name,
                    )
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert not (node.module or "").startswith("vigie"), (file.name, node.module)
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "vigie"
            ):
                assert f"vigie.{node.attr}" in public, (file.name, node.attr)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                raise AssertionError(f"{file.name} prints: standard output is the protocol's")


def test_the_rules_name_metrics_that_there_are(records: vigie.testing.Records) -> None:
    async def main() -> None:
        async with Client(server()) as client:
            await client.list_tools()
            await client.call_tool("fails", {})

    anyio.run(main)
    from vigie_mcp.faults import fault

    fault("test", RuntimeError("a fault, for its metric"))
    exposed = set(re.findall(r"^(\w+)[{ ]", vigie.metrics_text(), re.MULTILINE))
    rules = (SHARED / "alerts.yml").read_text()
    used = set(re.findall(r"\b((?:vigie_)?mcp_\w+)(?=[\[{]| > )", rules))
    assert len(used) >= 5 and used <= exposed


@pytest.mark.skipif(shutil.which("promtool") is None, reason="there is no promtool here")
def test_the_rules_fire_when_they_should() -> None:
    for arguments in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]):
        run = subprocess.run(
            ["promtool", *arguments], cwd=SHARED, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr


def test_the_page_shows_the_example_and_the_example_runs() -> None:
    folder = PACKAGE.parent
    shown = re.findall(r"```python fragment\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert shown == [(folder / "examples" / "server.py").read_text()]
    # The SDK gives a server nothing of the environment but what it needs to start.
    package = folder / "examples" / "client.py"
    run = subprocess.run([sys.executable, package], capture_output=True, text=True, check=False)
    assert run.stdout == "3\n", run.stderr
    lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    traces = {line["name"]: line["trace_id"] for line in lines if line.get("kind") == "span"}
    logged = next(line for line in lines if line.get("message") == "adding 1 and 2")
    assert traces["answer a question"] == traces["tools/call add"] == logged["trace_id"]
