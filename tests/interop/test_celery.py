"""Celery's forked workers, one task for each process: every task's line is there, with the correlation id of who sent the task."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from programs import FULL, environment, python_module

TASKS = 100 if FULL else 10

# The broker is a folder: the one in memory is no use to a second process.
APPLICATION = """
import os
from celery import Celery
import vigie

vigie.init(service="shop", outputs=[{"to": "file", "path": "lines.jsonl"}])
log = vigie.get_logger("shop.tasks")
app = Celery("shop", broker="filesystem://")
app.conf.update(
    broker_transport_options={"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control", "polling_interval": 0.05},
    worker_max_tasks_per_child=1, worker_prefetch_multiplier=1, worker_hijack_root_logger=False,
)


@app.task(bind=True)
def price(self, number):
    with vigie.extract(self.request.headers or {}), vigie.span("price", kind="consumer"):
        log.info("priced", number=number)
"""

SENDER = f"""
import vigie
from shop import price
for number in range({TASKS}):
    with vigie.context(correlation_id=f"c-{{number}}"), vigie.span("send", kind="producer"):
        price.apply_async((number,), headers=vigie.inject())
assert vigie.flush()
"""


def test_one_task_for_each_process_and_every_line_is_there(tmp_path: Path) -> None:
    python_module("celery", "pip install celery (tests/requirements.txt has it)")
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    (tmp_path / "shop.py").write_text(APPLICATION, encoding="utf-8")
    command = [sys.executable, "-m", "celery", "--app=shop", "worker", "--pool=prefork", "--concurrency=2"]
    with (tmp_path / "worker.log").open("wb") as said:
        worker = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=said, stderr=said)
    try:
        sent = subprocess.run([sys.executable, "-c", SENDER], cwd=tmp_path, env=environment(), check=False)
        assert sent.returncode == 0
        path = tmp_path / "lines.jsonl"
        due = time.monotonic() + 120 + TASKS
        while path.read_text("utf-8").count('"message":"priced"') < TASKS and time.monotonic() < due:
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    lines = [json.loads(line) for line in (tmp_path / "lines.jsonl").read_text("utf-8").splitlines()]
    priced = [line for line in lines if line.get("message") == "priced"]
    assert Counter(line["number"] for line in priced) == Counter(range(TASKS)), (
        tmp_path / "worker.log"
    ).read_text()
    sends = {line["correlation_id"]: line for line in lines if line.get("name") == "send"}
    spans = {line["span_id"]: line for line in lines if line.get("name") == "price"}
    for line in priced:
        assert line["correlation_id"] == f"c-{line['number']}"
        assert spans[line["span_id"]]["parent_span_id"] == sends[line["correlation_id"]]["span_id"]
    assert len({line["pid"] for line in priced}) == TASKS, "a process each"
