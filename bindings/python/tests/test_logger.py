"""Loggers: names, levels, binding, exc_info, messages."""

from __future__ import annotations

import copy
import logging
import pickle
from typing import Any

import pytest
import vigie
from conftest import Records

LEVELS = {
    "trace": "TRACE",
    "debug": "DEBUG",
    "info": "INFO",
    "warn": "WARN",
    "warning": "WARN",
    "error": "ERROR",
    "fatal": "FATAL",
    "critical": "FATAL",
    "exception": "ERROR",
}


@pytest.mark.parametrize(("method", "level"), LEVELS.items())
def test_methods_have_their_level(records: Records, method: str, level: str) -> None:
    assert getattr(vigie.get_logger("a.b"), method)("hi", n=1) is None
    assert (records.last["level"], records.last["message"], records.last["n"]) == (level, "hi", 1)
    assert records.last["logger"] == "a.b"


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("info", "INFO"),
        ("Warning", "WARN"),
        ("critical", "FATAL"),
        ("17", "ERROR"),
        (logging.NOTSET, "TRACE"),
        (-1, "TRACE"),
        (5, "TRACE"),
        (logging.DEBUG, "DEBUG"),
        (logging.INFO, "INFO"),
        (25, "INFO"),
        (logging.WARNING, "WARN"),
        (logging.ERROR, "ERROR"),
        (logging.CRITICAL, "FATAL"),
        (logging.CRITICAL + 1, "FATAL"),
        (2**63 - 1, "FATAL"),
    ],
)
def test_log_takes_names_aliases_and_numbers(records: Records, level: object, shown: str) -> None:
    vigie.get_logger("x").log(level, "hi")  # type: ignore[arg-type]
    assert records.last["level"] == shown


@pytest.mark.parametrize("level", ["nonsense", "0", "25", 10**30, None, 3.5, [], object(), "\ud800"])
def test_a_level_that_is_none_is_info(records: Records, level: object) -> None:
    vigie.get_logger("x").log(level, "hi")  # type: ignore[arg-type]
    assert records.last["level"] == "INFO"


# What passes first, of records at every level of the standard library and between.
THRESHOLDS = {5: 5, logging.DEBUG: 10, logging.INFO: 20, 25: 25, logging.WARNING: 30, logging.CRITICAL: 50}


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_numbers_in_the_configuration_are_the_standard_librarys(threshold: int) -> None:
    settings: dict[str, Any] = {"service": "tests", "outputs": [{"to": "null"}]}
    log, quiet = vigie.get_logger("numbers"), vigie.get_logger("numbers.quiet")
    try:
        vigie.reconfigure(settings, level=threshold, levels={"numbers.quiet": logging.ERROR})
        with vigie.testing.capture() as captured:
            for level in (5, 10, 20, 25, 30, 40, 50):
                log.log(level, "m", n=level)
                quiet.log(level, "m", n=level)
        seen = [(line["logger"], line["n"]) for line in captured.logs]
        assert next(n for name, n in seen if name == "numbers") == THRESHOLDS[threshold]
        assert [n for name, n in seen if name != "numbers"] == [40, 50]
        with pytest.raises(vigie.ConfigError, match="level"):
            vigie.reconfigure(settings, level=20.5)
    finally:
        vigie.reconfigure(settings, level="trace")


def test_log_without_arguments(records: Records) -> None:
    vigie.get_logger("x").log()  # type: ignore[call-arg]
    vigie.get_logger("x").info()
    assert [line["message"] for line in records.logs] == ["", ""]


def test_the_name_is_the_callers_module() -> None:
    assert vigie.get_logger().name == __name__
    namespace = {"vigie": vigie, "__name__": "some.module"}
    exec("log = vigie.get_logger()", namespace)
    assert namespace["log"].name == "some.module"  # type: ignore[attr-defined]


def test_templates_keep_types_and_text(records: Records) -> None:
    vigie.get_logger("x").info("order {order_id} of {amount:.2f} {{x}} {none}", order_id=42, amount=9.5)
    line = records.last
    assert line["message"] == "order 42 of 9.50 {x} {none}"
    assert line["template"] == "order {order_id} of {amount:.2f} {{x}} {none}"
    assert (line["order_id"], line["amount"]) == (42, 9.5)


def test_data_is_never_a_template(records: Records) -> None:
    vigie.get_logger("x").info("got {value}", value="{secret} %s {0.__class__}", secret="s")
    assert records.last["message"] == "got {secret} %s {0.__class__}"
    vigie.get_logger("x").info(ValueError("{n}"), n=1)
    assert records.last["message"] == "{n}"


@pytest.mark.parametrize("message", [None, 1, 1.5, b"raw", ["a"], ValueError("why")])
def test_a_message_of_any_class_is_its_text(records: Records, message: object) -> None:
    vigie.get_logger("x").info(message)
    assert records.last["message"] == str(message)


def test_surplus_positional_arguments_are_kept(records: Records) -> None:
    vigie.get_logger("x").info("hi", 1, "two", [3], n=4)
    assert (records.last["args"], records.last["n"]) == ([1, "two", [3]], 4)


def test_bind_is_immutable_and_in_order(records: Records) -> None:
    log = vigie.get_logger("x")
    child = log.bind(a=1, b=[1, 2], tenant_id="acme")
    grandchild = child.bind(a=2, c={"d": 3})
    grandchild.info("hi", e=4)
    child.info("hi")
    log.info("hi")
    third, second, first = records.logs[-1], records.logs[-2], records.logs[-3]
    assert [key for key in first if key in "abce"] == ["a", "b", "c", "e"]
    assert (first["a"], first["c"], first["tenant_id"]) == (2, {"d": 3}, "acme")
    assert second["a"] == 1
    assert "c" not in second
    assert "a" not in third


def test_objects_that_hold_a_logger_may_be_copied_and_pickled() -> None:
    holder = {"log": vigie.get_logger("held").bind(a=1)}
    assert copy.copy(holder["log"]) is copy.deepcopy(holder)["log"] is holder["log"]
    assert pickle.loads(pickle.dumps(holder))["log"].name == "held"


def test_what_a_logger_is_bound_to_is_pickled() -> None:
    bound = vigie.get_logger("held").bind(tenant_id="acme", n=1, password="hunter2")
    bound = bound.bind(level="mine", d={"a": [1.5, None, "é"]}, n=2, big=2**70)
    pickled = pickle.dumps({"log": bound})
    assert b"hunter2" not in pickled
    with vigie.testing.capture() as captured:
        bound.info("hi")
        pickle.loads(pickled)["log"].bind(more=1).info("hi")
    before, after = captured.logs
    assert {**before, "more": 1, "timestamp": ""} == {**after, "timestamp": ""}
    assert (after["n"], after["d"], after["level_"]) == (2, {"a": [1.5, None, "é"]}, "mine")


def test_reserved_and_well_known_names(records: Records) -> None:
    vigie.get_logger("x").info("hi", level="no", service=1, event="e.v", category="web", self=1, name="n")
    line = records.last
    assert (line["level"], line["level_"], line["service_"]) == ("INFO", "no", 1)
    assert (line["event"], line["category"], line["self"], line["name"]) == ("e.v", "web", 1, "n")


def test_many_call_sites_and_unpacked_names(records: Records) -> None:
    log = vigie.get_logger("x")
    for n in range(3000):
        log.info("hi", **{f"k{n}": n, "common": True})
    for n, line in enumerate(records.logs):
        assert (line[f"k{n}"], line["common"]) == (n, True)
    for n in range(300):
        namespace = {"log": log}
        exec(f"for _ in range(3): log.info('hi', exec_{n}={n}, exc_info=None)", namespace)
    assert [line[f"exec_{n // 3}"] for n, line in enumerate(records.logs[3000:])] == [
        n // 3 for n in range(900)
    ]
    assert not any("exc_info" in line for line in records.logs)


def test_levels_per_logger_and_reconfigure() -> None:
    quiet = {
        "service": "tests",
        "level": "warn",
        "levels": {"shop.cart": "debug"},
        "outputs": [{"to": "null"}],
    }
    vigie.reconfigure(quiet)
    try:
        with vigie.testing.capture() as captured:
            for name in ("shop", "shop.cart", "shop.cart.deep", "shopping"):
                vigie.get_logger(name).info("hi")
        assert [line["logger"] for line in captured.logs] == ["shop.cart", "shop.cart.deep"]
    finally:
        vigie.reconfigure(service="tests", level="trace", outputs=[{"to": "null"}])


def test_keys_change_their_meaning_with_the_configuration(records: Records) -> None:
    def write() -> None:
        vigie.get_logger("x").info("hi", iban="DE00")

    write()
    vigie.reconfigure(service="tests", level="trace", outputs=[{"to": "null"}], redact={"keys": ["iban"]})
    try:
        with vigie.testing.capture() as captured:
            write()
        assert captured.logs[-1]["iban"] == "[redacted]"
    finally:
        vigie.reconfigure(service="tests", level="trace", outputs=[{"to": "null"}])
    assert records.logs[0]["iban"] == "DE00"
