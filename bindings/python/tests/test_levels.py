"""Levels that change while the program runs, and records that are left out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vigie
from conftest import Run

SETTINGS: dict[str, Any] = {"service": "tests", "outputs": [{"to": "null"}]}


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    vigie.reconfigure(SETTINGS)
    yield
    vigie.reconfigure(SETTINGS, level="trace")


def messages(*names: str) -> list[str]:
    with vigie.testing.capture() as captured:
        for name in names:
            log = vigie.get_logger(name)
            for level in ("debug", "info", "error"):
                log.log(level, f"{name} {level}")
    return [line["message"] for line in captured.logs]


@pytest.mark.parametrize("level", ["error", "ERR", logging.ERROR])
def test_a_level_of_all_loggers(level: str | int) -> None:
    vigie.set_level(level)
    assert messages("a") == ["a error"]
    vigie.set_level(None)
    assert messages("a") == ["a info", "a error"]


def test_a_level_of_a_logger_and_those_below_it() -> None:
    vigie.set_level("debug", logger="shop.cart")
    vigie.set_level("error", "shop")
    assert messages("shop.cart.items", "shop.pay") == [
        "shop.cart.items debug",
        "shop.cart.items info",
        "shop.cart.items error",
        "shop.pay error",
    ]


@pytest.mark.parametrize("level", ["loud", 1.5, [], b"debug"])
def test_what_is_no_level_is_refused(level: object) -> None:
    with pytest.raises(vigie.ConfigError, match="accepted: trace, debug, info"):
        vigie.set_level(level)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        vigie.set_level("debug", logger=7)  # type: ignore[arg-type]
    assert messages("a") == ["a info", "a error"]


def test_stats_count_what_is_left_out() -> None:
    vigie.reconfigure(SETTINGS, sample={"logs": {"info": 0, "per_second": 1, "fold": "1h"}})
    before = vigie.stats()["left_out_logs"]
    log = vigie.get_logger("a")
    for n in range(3):
        log.info("i")
        log.warn("w", n=n)
        log.error("e")
    after = vigie.stats()["left_out_logs"]
    assert {rule: after[rule] - before[rule] for rule in after} == {
        "share": 3,
        "per_second": 2,
        "fold": 2,
        "trail": 0,
    }


def test_forked_children_that_record_nothing_follow_a_control_folder(run: Run, tmp_path: Path) -> None:
    control = tmp_path / "control"
    done = run(
        f"""
import json, os, time
vigie.shutdown()
vigie.init(service="x", control={str(control)!r}, outputs=[{{"to": "file", "path": "out.jsonl"}}])
log = vigie.get_logger("shop.cart")
log.info("begun")
vigie.flush()

def follow():
    # Records below the level are all that the process does with Vigie.
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        log.debug("seen")
        with open("out.jsonl") as file:
            lines = [json.loads(line) for line in file if line.endswith("\\n")]
        if any((line["message"], line["pid"]) == ("seen", os.getpid()) for line in lines):
            return
        time.sleep(0.05)
    os._exit(7)

children = []
for child in range(3):
    pid = os.fork()
    if pid == 0:
        follow()
        os._exit(0)
    children.append(pid)
time.sleep(0.2)
text = json.dumps({{"levels": [{{"logger": "shop.cart", "level": "debug"}}]}})
with open({str(control / "new")!r}, "w") as file:
    file.write(text)
os.chmod({str(control / "new")!r}, 0o644)
os.rename({str(control / "new")!r}, {str(control / "levels.json")!r})
ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
assert ended == [0, 0, 0], ended
follow()
"""
    ).ok()
    seen = {line["pid"] for line in done.lines() if line["message"] == "seen"}
    assert len(seen) == 4
