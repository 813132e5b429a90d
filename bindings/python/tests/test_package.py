"""The package: types, documentation, dependencies, version, cost of the import."""

from __future__ import annotations

import doctest
import importlib.metadata
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import stub_texts
import vigie
from conftest import HERE, PACKAGE, ROOT, environment
from vigie import _native

MANIFEST = (HERE.parent / "pyproject.toml").read_text("utf-8")
CLASSES = [thing for thing in vars(_native).values() if inspect.isclass(thing)]
PUBLIC = {name: getattr(vigie, name) for name in vigie.__all__}


def check(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=HERE.parent,
        env={**environment(), "MYPYPATH": str(PACKAGE), "MYPY_CACHE_DIR": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_stubs_match_the_module() -> None:
    check("-m", "mypy.stubtest", "vigie._native")


def test_the_stub_says_what_the_module_says() -> None:
    source = stub_texts.STUB.read_text("utf-8")
    cure = "python bindings/python/tests/stub_texts.py writes the module's texts into the stub"
    assert stub_texts.differences(source) == [], cure
    untold = [name for name, _, text in stub_texts.wanted(source) if text is None]
    # How an object of these is made stands in the text of the class.
    assert untold == ["Runs.__new__", "Capture.__new__"], "without a docstring"
    for name, old, new in [
        ("flush", "Waits until", "Waits till"),
        ("Span.set_attribute", "Sets one attribute", "Sets an attribute"),
        ("ConfigError", "    The text lists every problem", "    The text lists problems"),
    ]:
        assert source.count(old) == 1
        drifted = source.replace(old, new)
        assert stub_texts.differences(drifted) == [name]
        assert stub_texts.differences(stub_texts.rewritten(drifted)) == []


USAGE = """
import vigie

log: vigie.Logger = vigie.get_logger()
log.info("hi {n}", n=1, exc_info=ValueError())
with vigie.span("s", kind="server", order_id=1) as span, vigie.context(user_id="u", baggage={"a": "b"}):
    span.set_attribute("a", [1])
    span.set_status("ok")
headers: dict[str, str] = vigie.inject({})

@vigie.traced
def plain(n: int) -> str:
    return str(n)

@vigie.traced("name", kind="client")
async def coroutine(n: int) -> str:
    return plain(n)

text: str = plain(1)
wrapped: str = vigie.wrap(plain)(1)
vigie.event(items=3)

@vigie.in_context("n", component="import")
def in_context(n: int) -> str:
    return plain(n)

inside: str = in_context(1)
vigie.counter("c").bind(a=1).add(1)
with vigie.testing.capture() as records:
    records.logs[0]["message"]
"""
WRONG = [
    "vigie.span(1)",
    'vigie.span("s", kind="sever")',
    'plain("x")',
    'in_context("x")',
    'vigie.counter("c").add("x")',
    "log.nope()",
]


def test_users_code_is_typed(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(USAGE, "utf-8")
    check("-m", "mypy", "--strict", str(good))
    bad.write_text(USAGE + "\n".join(WRONG) + "\n", "utf-8")
    with pytest.raises(AssertionError) as complaint:
        check("-m", "mypy", "--strict", str(bad))
    for number in range(len(WRONG)):
        assert f"bad.py:{USAGE.count(chr(10)) + 1 + number}: error" in str(complaint.value), WRONG[number]


def test_native_docstrings_run() -> None:
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    things = [*CLASSES, *(thing for name, thing in vars(_native).items() if not name.startswith("_"))]
    texts = {}
    for thing in things:
        texts[thing.__qualname__] = inspect.getdoc(thing)
        for name, member in vars(thing).items() if inspect.isclass(thing) else ():
            texts[f"{thing.__qualname__}.{name}"] = (
                inspect.getdoc(member) if not name.startswith("__") else None
            )
    examples = [
        doctest.DocTestParser().get_doctest(text, {}, name, None, None)
        for name, text in texts.items()
        if text
    ]
    attempted = sum(runner.run(example).attempted for example in examples)
    assert runner.summarize(verbose=False).failed == 0
    assert attempted > 50
    assert finder is not None


@pytest.mark.parametrize("name", sorted(set(vigie.__all__) - {"__version__"}))
def test_everything_public_is_documented_and_has_a_signature(name: str) -> None:
    thing = PUBLIC[name]
    assert inspect.getdoc(thing), name
    if inspect.isroutine(thing):
        inspect.signature(thing)
    for member_name, member in vars(thing).items() if inspect.isclass(thing) else ():
        if not member_name.startswith("_"):
            assert inspect.getdoc(member), f"{name}.{member_name}"
            if inspect.isroutine(member):
                inspect.signature(member)


def test_no_run_time_dependencies() -> None:
    assert re.search(r"^dependencies = \[\]$", MANIFEST, re.MULTILINE)
    assert not re.search(r"^optional-dependencies|^\[project.optional-dependencies", MANIFEST, re.MULTILINE)
    known = {*sys.stdlib_module_names, "vigie"}
    # What stands behind another package is imported only by whoever has that.
    others = {"otel": "opentelemetry", "gunicorn": "gunicorn", "django": "asgiref"}
    for path in (PACKAGE / "vigie").rglob("*.py"):
        found = set(re.findall(r"^\s*(?:import|from) ([a-z]\w*)", path.read_text("utf-8"), re.MULTILINE))
        other = others.get(path.parent.name) or others.get(path.stem)
        assert found <= {*known, other}, (path, found)


def test_one_version() -> None:
    found = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    workspace = found[1]
    assert vigie.__version__ == workspace
    assert re.search(r'^dynamic = \["version"\]$', MANIFEST, re.MULTILINE)
    try:
        installed = importlib.metadata.version("vigie")
    except importlib.metadata.PackageNotFoundError:
        return
    assert installed == workspace


def import_cost(module: str) -> int:
    """Microseconds of an import, all that it imports included; the best of some."""
    best = 10**9
    for _ in range(7):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", f"import {module}"],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        (line,) = [line for line in done.stderr.splitlines() if line.endswith(f"| {module}")]
        best = min(best, int(line.split("|")[1]))
    return best


def test_import_is_cheap() -> None:
    assert import_cost("vigie") <= import_cost("logging") + 5_000


def test_import_brings_nothing_heavy() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; a = set(sys.modules); import vigie; print(*sorted(set(sys.modules) - a))",
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    brought = {name for name in done.stdout.split() if not name.startswith("vigie")}
    assert brought <= {"__future__"}, brought
