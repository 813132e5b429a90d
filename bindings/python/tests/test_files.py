"""The file output's path, descriptor, permissions, and what happens where it cannot be opened."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from conftest import Run, parse_file

unix = pytest.mark.skipif(sys.platform == "win32", reason="descriptors and permissions are things of Unix")


def messages(path: Path) -> list[str]:
    return [line["message"] for line in parse_file(path)]


@unix
def test_a_path_stays_where_it_was_at_init(run: Run, tmp_path: Path) -> None:
    run(
        """
import os
log = vigie.get_logger("a")
log.info("before")
vigie.flush()
os.mkdir("w")
os.chdir("w")
vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])
os.rename("../out.jsonl", "../old.jsonl")
if os.fork() == 0:
    log.info("child")
    vigie.flush()
    os._exit(0)
os.wait()
vigie.shutdown()
""",
    ).ok()
    assert messages(tmp_path / "old.jsonl") == ["before"]
    assert messages(tmp_path / "out.jsonl") == ["child"]
    assert not (tmp_path / "w" / "out.jsonl").exists()


@unix
def test_a_closed_descriptor_is_opened_anew_and_a_file_of_the_program_left_alone(
    run: Run, tmp_path: Path
) -> None:
    done = run(
        """
import json, os
log = vigie.get_logger("a")
log.info("before")
vigie.flush()
os.closerange(3, 256)
mine = [open(f"mine{n}", "w") for n in range(8)]
log.info("behind")
assert vigie.flush()
os.closerange(3, 256)
log.error("again")
vigie.shutdown()
print(json.dumps(vigie.stats()["outputs"][0]["dropped"]))
os._exit(0)
""",
    )
    assert messages(tmp_path / "out.jsonl") == ["before", "behind", "again"], done.err
    assert all((tmp_path / f"mine{n}").read_text("utf-8") == "" for n in range(8))


@unix
def test_an_output_of_the_environment_that_cannot_be_opened_stays_in_the_books(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("in the way", "utf-8")
    done = run(
        """
import os, time, vigie
log = vigie.get_logger("a")
log.info("lost")
assert not vigie.flush()
[books] = vigie.stats()["outputs"]
assert (books["accepted"], books["dropped"], books["healthy"]) == (1, {"io": 1}, False), books
os.remove("a")
time.sleep(1.1)
log.info("kept")
assert vigie.flush()
""",
        prelude="",
        VIGIE_OUTPUTS=json.dumps([{"to": "file", "path": "a/out.jsonl"}]),
    )
    assert done.code == 0, done.err
    assert "a/out.jsonl" in done.err, "the reason is told"
    assert "kept" in messages(tmp_path / "a" / "out.jsonl")


@unix
@pytest.mark.parametrize(("mode", "expected"), [("", "0o640"), (', "mode": "0664"', "0o664")])
def test_the_umask_decides_and_mode_sets_it(run: Run, mode: str, expected: str) -> None:
    done = run(
        f"""
import os, vigie
os.umask(0o027)
vigie.init(outputs=[{{"to": "file", "path": "out.jsonl"{mode}}}])
print(oct(os.stat("out.jsonl").st_mode & 0o777))
""",
        prelude="",
    ).ok()
    assert done.out.strip() == expected


@unix
def test_standard_output_by_its_path(run: Run) -> None:
    done = run(
        """
import vigie
vigie.init(outputs=[{"to": "file", "path": "/dev/stdout"}])
vigie.get_logger("a").info("by path")
""",
        prelude="",
    ).ok()
    assert json.loads(done.out)["message"] == "by path"
