"""The languages do alike what no vector foresaw: generated programs through every driver, their files compared with each other.

Not for saying what is right: `cargo xtask conformance` compares with the vectors, and builds the drivers that are used here.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import generate
import jsonschema
import pytest
from test_vectors import HERE, REPOSITORY, VALIDATOR

TARGET = REPOSITORY / "target"
# Where there is no pwsh, its driver is not built.
PWSH = pathlib.Path(
    os.environ.get("VIGIE_PWSH") or shutil.which("pwsh") or pathlib.Path.home() / ".local/share/pwsh/pwsh"
)
MODULE = REPOSITORY / "powershell/Vigie/Vigie.PowerShell.dll"
DRIVERS = {
    "rust": ([str(TARGET / "release/examples/conformance")], TARGET / "release/examples/conformance"),
    "python": ([sys.executable, str(HERE / "drivers/driver.py")], HERE / "drivers/driver.py"),
    "node": (["node", str(HERE / "drivers/driver.mjs")], REPOSITORY / "bindings/node/dist"),
    "c": ([str(TARGET / "conformance/driver-c")], TARGET / "conformance/driver-c"),
    "powershell": (
        [str(PWSH), "-NoProfile", "-NonInteractive", "-File", str(HERE / "drivers/driver.ps1")],
        MODULE if PWSH.exists() else PWSH,
    ),
}
FULL = os.environ.get("VIGIE_FULL") == "1"
COUNT = 5000 if FULL else 200
# Any seed will do; a run that failed is repeated with its own.
SEED = int(os.environ.get("VIGIE_SEED", "1"))


def play(language: str, vectors: pathlib.Path, out: pathlib.Path) -> dict[str, bytes]:
    """All files that a driver leaves, by name."""
    out.mkdir()
    command, _ = DRIVERS[language]
    arguments = [str(vectors), str(out)]
    if language == "c":
        flat = subprocess.run(
            [sys.executable, str(HERE / "flatten.py"), *arguments], capture_output=True, check=True
        )
        script = out.parent / "script"
        script.write_bytes(flat.stdout)
        arguments = [str(script)]
    subprocess.run([*command, *arguments], check=True, timeout=600)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def carriers_aside(name: str, data: bytes) -> bytes:
    """The order of headers in a carrier is the carrier's own business."""
    if not name.endswith(".extra"):
        return data
    return b"\n".join(line for line in data.split(b"\n") if not line.startswith((b"{", b"carrier ")))


def test_the_languages_agree(tmp_path: pathlib.Path) -> None:
    built = [language for language, (_, needed) in DRIVERS.items() if needed.exists()]
    if len(built) < 2:
        pytest.skip("the drivers are not built: cargo xtask conformance")
    vectors = tmp_path / "vectors"
    vectors.mkdir()
    generate.write(vectors, SEED, COUNT)
    first, *others = ((language, play(language, vectors, tmp_path / language)) for language in built)
    assert len([name for name in first[1] if name.endswith(".extra")]) == COUNT
    for language, files in others:
        assert files.keys() == first[1].keys()
        for name, data in files.items():
            want = carriers_aside(name, first[1][name])
            assert carriers_aside(name, data) == want, (
                f"{first[0]} and {language} differ in {name}, seed {SEED}"
            )
    for name, data in first[1].items():
        if name.endswith(".jsonl"):
            for line in data.decode("utf-8").split("\n")[:-1]:
                check(line)


def check(line: str) -> None:
    try:
        VALIDATOR.validate(generate.json.loads(line))
    except jsonschema.ValidationError as error:
        raise AssertionError(f"{error.message} in {line}") from None
