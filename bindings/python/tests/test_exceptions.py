"""The error object of a record, from exceptions of every shape."""

from __future__ import annotations

import itertools
import sys
import traceback
from collections.abc import Callable

import pytest
import vigie
from conftest import Records

log = vigie.get_logger("x")


class Custom(Exception):
    pass


def test_exception_takes_what_is_being_handled(records: Records) -> None:
    try:
        raise Custom("why")
    except Custom:
        log.exception("failed", n=1)
    error = records.last["error"]
    assert error["type"] == f"{__name__}.Custom"
    assert error["message"] == "why"
    assert error["stack"].startswith("Traceback (most recent call last):\n")
    assert error["stack"].endswith("Custom: why\n")
    assert "cause" not in error
    assert records.last["n"] == 1


@pytest.mark.parametrize("form", ["true", "instance", "triple", "junk"])
def test_forms_of_exc_info(records: Records, form: str) -> None:
    try:
        int("x")
    except ValueError as error:
        forms = {"true": True, "instance": error, "triple": sys.exc_info(), "junk": "yes"}
        log.error("failed", exc_info=forms[form])  # type: ignore[arg-type]
    assert records.last["error"]["type"] == "ValueError"
    assert "exc_info" not in records.last


@pytest.mark.parametrize("nothing", [None, False, 0, "", (None, None, None), True])
def test_no_error_without_exception(records: Records, nothing: object) -> None:
    log.error("failed", exc_info=nothing)  # type: ignore[arg-type]
    log.exception("failed")
    assert not any("error" in line for line in records.logs)


class Silent(Exception):
    pass


def _recurses(left: int) -> None:
    if left == 0:
        raise KeyError("deep")
    _recurses(left - 1)


def _with_notes() -> None:
    error = ValueError("noted")
    error.__notes__ = ["a note"]  # type: ignore[attr-defined]  # of 3.11, and any object's attribute before
    raise error


def _of_a_name() -> None:
    prinnt("x")  # type: ignore[name-defined]  # noqa: F821  # the error that is wanted


RAISING: dict[str, Callable[[], object]] = {
    "plain": lambda: int("x"),
    "without a message": lambda: _raise(Silent()),
    "two lines": lambda: _raise(RuntimeError("one\ntwo")),
    "repeated frames": lambda: _recurses(20),
    "few repeated frames": lambda: _recurses(2),
    "as many as are printed": lambda: _recurses(3),
    "one more than is printed": lambda: _recurses(4),
    "notes": _with_notes,
    "a name": _of_a_name,
    "an attribute": lambda: "".uper(),  # type: ignore[attr-defined]  # the error that is wanted
    "a module": lambda: __import__("vigie_nowhere"),
    "syntax": lambda: compile("a b", "<text>", "exec"),
    "no source": lambda: exec("1 / 0"),
    "long": lambda: _raise(ValueError("x" * 5000)),
}

if sys.version_info >= (3, 11):
    RAISING["a group"] = lambda: _raise(ExceptionGroup("two", [ValueError("one"), KeyError("two")]))  # noqa: F821  # of 3.11


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("raising", RAISING.values(), ids=RAISING)
def test_the_stack_is_what_the_library_prints(records: Records, raising: Callable[[], object]) -> None:
    # Twice from the same place: what is printed of frames is kept.
    for _ in range(2):
        try:
            raising()
        except Exception as error:
            log.error("failed", exc_info=error)
            expected = "".join(
                traceback.format_exception(type(error), error, error.__traceback__, chain=False)
            )
        assert records.last["error"]["stack"] == expected


def test_the_limit_of_tracebacks_is_kept(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 1, raising=False)
    test_the_stack_is_what_the_library_prints(records, RAISING["few repeated frames"])


def test_instance_without_traceback(records: Records) -> None:
    log.info("hi", exc_info=ValueError("never raised"))
    assert records.last["error"] == {
        "type": "ValueError",
        "message": "never raised",
        "stack": "ValueError: never raised\n",
    }


def test_causes_and_contexts(records: Records) -> None:
    try:
        try:
            try:
                raise KeyError("first")
            except KeyError:
                raise ValueError("second")  # noqa: B904  # the implicit context is what is tested
        except ValueError as error:
            raise Custom("third") from error
    except Custom:
        log.exception("failed")
    error = records.last["error"]
    assert error["message"] == "third"
    assert error["cause"]["type"] == "ValueError"
    assert error["cause"]["cause"]["message"] == "'first'"
    assert "direct cause" not in error["stack"], "each stack tells of its own error only"


def test_suppressed_context_stays_out(records: Records) -> None:
    try:
        try:
            raise KeyError("hidden")
        except KeyError:
            raise ValueError("shown") from None
    except ValueError:
        log.exception("failed")
    assert "cause" not in records.last["error"]


def test_at_most_eight_causes_and_no_cycles(records: Records) -> None:
    links = [ValueError(str(n)) for n in range(20)]
    for outer, inner in itertools.pairwise(links):
        outer.__cause__ = inner
    links[-1].__cause__ = links[0]
    log.error("failed", exc_info=links[0])
    depth, error = 0, records.last["error"]
    while "cause" in error:
        depth, error = depth + 1, error["cause"]
    assert depth == 8
    loop = ValueError("loop")
    loop.__cause__ = KeyError("inner")
    loop.__cause__.__cause__ = loop
    log.error("failed", exc_info=loop)
    assert "cause" not in records.last["error"]["cause"]


def test_hostile_exceptions(records: Records) -> None:
    class Hostile(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

        def __repr__(self) -> str:
            raise RuntimeError("no repr")

        @property
        def __suppress_context__(self) -> bool:  # type: ignore[override]
            raise RuntimeError("no")

    try:
        raise Hostile
    except Hostile:
        log.exception("failed")
    assert records.last["error"]["message"] == "[getter threw]"
    assert records.last["error"]["type"].endswith("Hostile")


def test_exception_groups_and_deep_recursion(records: Records) -> None:
    def recurse() -> None:
        recurse()

    try:
        recurse()
    except RecursionError:
        log.exception("failed")
    assert records.last["error"]["type"] == "RecursionError"
    assert len(records.last["error"]["stack"]) < 100_000


def test_an_error_made_elsewhere(records: Records) -> None:
    made = {"type": "java.io.IOException", "message": "m", "stack": "at x", "cause": {"type": "Y"}}
    log.error("failed", exc_info=made)
    error = records.last["error"]
    assert (error["type"], error["message"], error["stack"]) == ("java.io.IOException", "m", "at x")
    assert error["cause"]["type"] == "Y"


class Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code
        self.api_key = "k-1"
        self._request = object()


def test_what_an_exception_carries(records: Records) -> None:
    error = Refused(402)
    error.__notes__ = ["while paying"]
    error.__cause__ = Refused(403)
    log.error("failed", exc_info=error)
    shown = records.last["error"]
    assert shown["attributes"] == {"code": 402, "api_key": "[redacted]", "notes": ["while paying"]}
    assert shown["cause"]["attributes"] == {"code": 403, "api_key": "[redacted]"}
    log.error("failed", exc_info=ValueError("bare"))
    assert "attributes" not in records.last["error"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with 3.11")
def test_members_of_exception_groups(records: Records) -> None:
    inner = ExceptionGroup("inner", [Refused(1), KeyError("k")])  # noqa: F821  # of 3.11
    outer = ExceptionGroup("outer", [inner, *(ValueError(str(n)) for n in range(20))])  # noqa: F821  # of 3.11
    outer.__cause__ = ExceptionGroup("why", [OSError("disk")])  # noqa: F821  # of 3.11
    log.error("failed", exc_info=outer)
    shown = records.last["error"]
    assert [member["message"] for member in shown["errors"]] == [str(inner), *(str(n) for n in range(7))]
    assert [member["type"] for member in shown["errors"][0]["errors"]] == [f"{__name__}.Refused", "KeyError"]
    assert shown["errors"][0]["errors"][0]["attributes"]["code"] == 1
    assert shown["cause"]["errors"][0]["message"] == "disk"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with 3.11")
def test_groups_of_groups(records: Records) -> None:
    group: BaseException = ValueError("leaf")
    for _ in range(6):
        group = ExceptionGroup("group", [group] * 3)  # type: ignore[type-var]  # noqa: F821  # of 3.11
    log.error("failed", exc_info=group)
    group.__cause__ = ValueError("cause")
    group.__cause__.__cause__ = group
    log.error("failed", exc_info=group)
    assert len(records.logs) == 2
