"""The fixtures for users' tests, found by pytest through the package's entry point."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import HERE, environment

MANIFEST = (HERE.parent / "pyproject.toml").read_text("utf-8")

TESTS = """
import logging
import vigie
import vigie.logging

log = vigie.get_logger("shop.cart")


def test_records(vigie_records):
    with vigie.span("checkout"):
        log.info("order {id} placed", id=42)
    [line] = vigie_records.logs
    assert (line["message"], line["id"], line["span_id"]) == ("order 42 placed", 42, vigie_records.spans[0]["span_id"])


def test_each_test_has_its_own(vigie_records):
    assert vigie_records.lines == []


def test_caplog_sees_both(vigie_caplog):
    log.debug("not let through by Vigie's level")
    log.warning("{left} left", left=3)
    logging.getLogger("other").error("by %s", "logging")
    assert sorted(vigie_caplog.record_tuples) == [
        ("other", logging.ERROR, "by logging"), ("shop.cart", logging.WARNING, "3 left")]
    assert vigie_caplog.records[-1].left == 3
    assert "3 left" in vigie_caplog.text
    vigie_caplog.clear()
    assert vigie_caplog.messages == []
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
    assert vigie_caplog.messages == ["failed"]
    assert "ZeroDivisionError: division by zero" in vigie_caplog.text


def test_the_level_of_caplog_counts(vigie_caplog):
    with vigie_caplog.at_level(logging.ERROR):
        log.warning("below")
        log.error("above")
        assert vigie_caplog.messages == ["above"]


def test_nothing_comes_twice(vigie_caplog):
    vigie.logging.install(level="INFO")
    try:
        for _ in range(2):
            logging.getLogger("shop").info("by %s", "logging")
        log.info("by Vigie")
        log.info("by logging")
        assert sorted(vigie_caplog.messages) == ["by Vigie", "by logging", "by logging", "by logging"]
        logging.getLogger("shop").info("once more")
        assert vigie_caplog.messages.count("once more") == 1
    finally:
        vigie.logging.uninstall()
"""

WITHOUT = """
import sys


def test_nothing_is_imported():
    assert "vigie_pytest" in sys.modules
    assert not {name for name in sys.modules if name == "vigie" or name.startswith("vigie.")}
"""


def run_pytest(source: str, folder: Path) -> str:
    """What pytest says of a file of tests, where the package is installed with its entry points."""
    installed = folder / "vigie-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: vigie\nVersion: 0\n", "utf-8")
    points = re.search(r"^\[project\.entry-points\.pytest11\]\n((?:.+\n)+)", MANIFEST, re.MULTILINE)
    assert points is not None
    (installed / "entry_points.txt").write_text("[pytest11]\n" + points[1].replace('"', ""), "utf-8")
    (folder / "test_shop.py").write_text(source, "utf-8")
    base = environment()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py"],
        cwd=folder,
        env={**base, "PYTHONPATH": f"{folder}:{base['PYTHONPATH']}", "VIGIE_LEVEL": "info"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("source", "count"), [(TESTS, 5), (WITHOUT, 1)], ids=["used", "not used"])
def test_the_plugin(source: str, count: int, tmp_path: Path) -> None:
    said = run_pytest(source, tmp_path)
    assert f"{count} passed" in said, said
    assert "failed" not in said and "warning" not in said, said
