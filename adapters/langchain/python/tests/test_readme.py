"""The pages' programs run, and the example makes the trace that it is there for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import vigie_langchain
from scenarios import INPUT, simple

PYTHON = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(
    r"^```python fragment\n(.*?)^```", (PYTHON.parent / "README.md").read_text("utf-8"), re.S | re.M
)


def test_the_blocks_of_the_page_run() -> None:
    assert len(BLOCKS) == 2
    names = {"chain": simple(), "inputs": INPUT}
    for block in BLOCKS:
        exec(compile(block.replace('vigie.init(service="shop")\n', ""), "README.md", "exec"), names)
    vigie_langchain.uninstrument()


def test_the_example() -> None:
    done = subprocess.run(
        [sys.executable, str(PYTHON / "example.py")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "It is warm in Lyon.\n"
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    spans = {line["name"]: line for line in lines if line.get("kind") == "span"}
    parents = {name: line.get("parent_span_id") for name, line in spans.items()}
    ids = {line["span_id"]: name for name, line in spans.items()}
    assert {name: ids.get(parent) for name, parent in parents.items()} == {
        "GET /weather": None,
        "invoke_workflow weather": "GET /weather",
        "look_up": "invoke_workflow weather",
        "execute_tool temperature": "look_up",
        "chat FakeListChatModel": "invoke_workflow weather",
    }
    (log,) = [line for line in lines if line.get("message") == "asked for Lyon"]
    assert log["span_id"] == spans["execute_tool temperature"]["span_id"] and log["run_id"]
    assert spans["chat FakeListChatModel"]["attributes"]["gen_ai.conversation.id"] == "t-1"
