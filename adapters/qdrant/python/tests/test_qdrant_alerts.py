"""The alerts: they are about metrics that there are, and fire when they should, by promtool."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from vigie_qdrant.exporter.gauges import TEXTS

ADAPTER = Path(__file__).parent.parent.parent
RULES = (ADAPTER / "alerts.yml").read_text()


def test_they_are_about_metrics_that_there_are() -> None:
    named = set(re.findall(r"vigie_qdrant_(\w+)", RULES))
    assert len(named) > 20
    assert named <= {name.replace(".", "_") for name in TEXTS} | {"scrape_errors_total"}


def test_each_has_a_case() -> None:
    cases = (ADAPTER / "alerts.test.yml").read_text()
    alerts = re.findall(r"alert: (\w+)", RULES)
    # One that fires, and one of a server that is well.
    assert {name: cases.count(f"alertname: {name}\n") for name in alerts} == dict.fromkeys(alerts, 2)


@pytest.mark.parametrize("command", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]])
def test_promtool_agrees(command: list[str]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; enable with: apt-get install prometheus")
    done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False, cwd=ADAPTER)
    assert done.returncode == 0, done.stdout + done.stderr
