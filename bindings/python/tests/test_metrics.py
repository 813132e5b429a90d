"""Instruments: series, binding, timers, callbacks, expositions."""

from __future__ import annotations

import decimal
import fractions
import functools
import time
from collections.abc import AsyncGenerator, Generator
from typing import Any

import numpy
import pytest
import vigie
from conftest import Records, Run


def exposed(name: str) -> dict[str, float]:
    """The samples of one family."""
    samples = (line.rpartition(" ") for line in vigie.metrics_text().splitlines() if line.startswith(name))
    return {sample.removeprefix(name): float(value) for sample, _, value in samples}


def test_counter() -> None:
    counter = vigie.counter("t_counter_total", unit="1", description="counts")
    counter.add(1, region="eu")
    counter.bind(region="eu").add(2)
    counter.add(0.5)
    vigie.counter("t_counter_total").add(True, region="us")
    assert exposed("t_counter_total") == {'{region="eu"}': 3, "": 0.5, '{region="us"}': 1}


def test_up_down_counter_and_gauge() -> None:
    carts = vigie.up_down_counter("t_carts")
    carts.add(5)
    carts.add(-2)
    carts.bind(shop="a").add(-1)
    assert exposed("t_carts") == {"": 3, '{shop="a"}': -1}
    gauge = vigie.gauge("t_depth")
    gauge.set(7, queue="mail")
    gauge.bind(queue="mail").set(2.5)
    assert exposed("t_depth") == {'{queue="mail"}': 2.5}


def test_histogram() -> None:
    histogram = vigie.histogram("t_sizes", unit="By", buckets=[10, 100])
    for size in (1, 50, 500):
        histogram.record(size, kind="a")
    histogram.bind(kind="a").record(5)
    found = exposed("t_sizes")
    assert found == {
        '_bucket{kind="a",le="10.0"}': 2,
        '_bucket{kind="a",le="100.0"}': 3,
        '_bucket{kind="a",le="+Inf"}': 4,
        '_sum{kind="a"}': 556,
        '_count{kind="a"}': 4,
    }


def test_metric_lines(records: Records) -> None:
    vigie.counter("t_lines_total").add(3, region="eu", n=1)
    vigie.flush()
    (line,) = [line for line in records.all() if line.get("name") == "t_lines_total"]
    assert (line["type"], line["value"], line["attributes"]) == ("counter", 3, {"region": "eu", "n": 1})


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [("s", 0.01, 5), ("ms", 10, 5_000), ("us", 1e4, 5e6), ("ns", 1e7, 5e9), ("", 0.01, 5)],
)
def test_timers_measure_in_the_instruments_unit(records: Records, unit: str, low: float, high: float) -> None:
    histogram = vigie.histogram(f"t_timer_{unit}", unit=unit)
    with histogram.time(route="/"):
        time.sleep(0.01)
    bound = histogram.bind(route="/")

    def fails() -> None:
        with bound.time():
            time.sleep(0.01)
            raise ValueError("why")

    with pytest.raises(ValueError, match="why"):
        fails()
    vigie.flush()
    line = [line for line in records.all() if line.get("name") == f"t_timer_{unit}"][-1]
    assert line["count"] == 2
    assert low <= line["min"] <= line["max"] < high


def test_numbers_of_other_classes() -> None:
    counter = vigie.counter("t_numbers_total")
    for number in (
        decimal.Decimal("0.5"),
        fractions.Fraction(1, 2),
        numpy.int64(1),
        numpy.float32(1.0),
        2**70,
    ):
        counter.add(number)
    assert exposed("t_numbers_total")[""] == pytest.approx(2.0**70 + 3)


@pytest.mark.parametrize(
    "junk", ["text", "1", None, -1, float("nan"), float("inf"), [], object(), 10**400, b"1"]
)
def test_what_is_no_increment_is_counted(junk: Any) -> None:
    counter = vigie.counter("t_junk_total")
    counter.add(1)
    known = exposed("t_junk_total")
    before = vigie.stats()["invalid_measurements"]
    counter.add(junk)
    counter.bind().add(junk)
    assert vigie.stats()["invalid_measurements"] == before + 2
    assert exposed("t_junk_total") == known


def test_calls_without_a_number_are_counted() -> None:
    before = vigie.stats()["invalid_measurements"]
    vigie.counter("t_none_total").add()  # type: ignore[call-arg]
    assert vigie.stats()["invalid_measurements"] == before + 1


def test_callbacks_are_asked_at_collections(records: Records) -> None:
    asked = []

    def depth() -> int | None:
        asked.append(1)
        return len(asked)

    vigie.gauge("t_asked", callback=depth)
    assert exposed("t_asked") == {"": 1}
    assert exposed("t_asked") == {"": 2}
    vigie.flush()
    assert [line["value"] for line in records.all() if line.get("name") == "t_asked"] == [3]
    vigie.gauge("t_asked", callback=lambda: 77)
    assert exposed("t_asked") == {"": 77}

    def broken() -> int:
        raise RuntimeError("no value")

    vigie.gauge("t_asked", callback=broken)
    vigie.metrics_text()
    vigie.gauge("t_asked", callback=lambda: None)


def test_openmetrics() -> None:
    vigie.counter("t_open_total").add(1)
    assert vigie.metrics_text(openmetrics=True).endswith("# EOF\n")
    assert "# EOF" not in vigie.metrics_text()


def test_callbacks_are_asked_by_themselves(run: Run) -> None:
    run(
        """
import threading
asked, again = threading.Event(), threading.Event()
vigie.gauge("g", callback=lambda: asked.set() or 1)
vigie.reconfigure(service="t", outputs=[{"to": "null"}], metrics={"every": "20ms"})
assert asked.wait(5), "the interval of the points is the callbacks' too"
vigie.gauge("g", callback=lambda: again.set() or 2)
assert again.wait(5)
assert [thread.name for thread in threading.enumerate()] == ["MainThread", "vigie-observer"]
"""
    ).ok()


def invalid() -> int:
    count = vigie.stats()["invalid_measurements"]
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize("wrong", [None, "5", b"5", [], object(), 1j])
def test_what_is_no_number_changes_nothing_and_is_counted(wrong: Any) -> None:
    gauge = vigie.gauge("t_kept")
    gauge.set(7, a=1)
    bound = gauge.bind(a=1)
    before = invalid()
    gauge.set(wrong, a=1)
    bound.set(wrong)
    vigie.counter("t_kept_sum_total").add(wrong)
    vigie.up_down_counter("t_kept_both").add(wrong)
    vigie.histogram("t_kept_seconds").record(wrong)
    gauge.set()  # type: ignore[call-arg]
    assert invalid() == before + 6
    assert 't_kept{a="1"} 7\n' in vigie.metrics_text()
    gauge.set(float("nan"), a=2)
    assert 't_kept{a="2"} NaN\n' in vigie.metrics_text(), "a float that is NaN is a value"


def test_callbacks_that_cannot_give_a_number_are_refused() -> None:
    async def coroutine() -> int:
        return 1

    async def stream() -> AsyncGenerator[int]:
        yield 1

    def steps() -> Generator[int]:
        yield 1

    class Called:
        async def __call__(self) -> int:
            return 1

    for wrong in (coroutine, stream, steps, functools.partial(coroutine), Called(), Called().__call__):
        with pytest.raises(vigie.ConfigError, match="returns the number at once"):
            vigie.gauge("t_refused", callback=wrong)  # type: ignore[arg-type]


def test_callbacks_that_fail_keep_the_last_number(recwarn: pytest.WarningsRecorder) -> None:
    async def late() -> int:
        return 1

    answers: list[Any] = [lambda: 3, lambda: "5", lambda: 1 / 0, late, lambda: None]
    state: dict[str, Any] = {}
    vigie.gauge("t_failing", callback=lambda: state["answer"]())
    counts = []
    for answer in answers:
        state["answer"] = answer
        before = invalid()
        assert "t_failing 3\n" in vigie.metrics_text()
        counts.append(invalid() - before)
    assert counts == [0, 1, 1, 1, 0]
    vigie.gauge("t_failing", callback=lambda: None)
    assert [str(warning.message) for warning in recwarn] == []


def test_a_callback_that_collects_is_asked_once() -> None:
    depth: list[int] = []

    def callback() -> int:
        depth.append(1)
        vigie.metrics_text()
        vigie.flush()
        return len(depth)

    vigie.gauge("t_nested", callback=callback)
    vigie.metrics_text()
    vigie.gauge("t_nested", callback=lambda: None)
    assert len(depth) == 1


def test_many_callbacks_take_no_longer_each() -> None:
    def make(count: int, first: int) -> float:
        start = time.thread_time()
        for n in range(first, first + count):
            vigie.gauge(f"t_many_{n}", callback=lambda: None)
        return time.thread_time() - start

    few = make(500, 0)
    assert make(4000, 500) < 40 * few + 0.1, "eight times as many, and no square"
