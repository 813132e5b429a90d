"""Generated hostile input: nothing is thrown, every line is whole and keeps the schema."""

from __future__ import annotations

import array
import json
from collections.abc import Iterator
from typing import Any

import numpy
import pytest
import vigie
from conftest import FULL, parse, shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = 100_000 if FULL else 2_000
BATCH = 20


def share(of: float) -> settings:
    """A part of all inputs."""
    return settings(
        max_examples=int(EXAMPLES * of) // BATCH,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        # A fixed start in the default run, so that it passes or fails for a reason in the change.
        derandomize=not FULL,
    )


WORDS = [
    "timestamp", "level", "message", "logger", "service", "kind", "trace_id", "span_id", "template", "error",
    "event", "category", "outcome", "correlation_id", "user_id", "password", "api_key", "exc_info", "[truncated]", "",
]  # fmt: skip

text = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(codec=None, categories=None), max_size=30),  # type: ignore[arg-type]  # all, surrogates too
    st.text('\n\r\t\x00\x1b\x7f\x85\u2028\u2029\u202e\ud800\udfff"\\{}%:', max_size=20),
    st.sampled_from(["{a}", "{a:.2f}", "{{", "}}", "{a:08d}", "{a:>>10}", "{0}", "{a.b}", "%s %d", "{a!r}"]),
)


class Hostile:
    """An object whose every answer is a lie."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __repr__(self) -> str:
        if isinstance(self.answer, type) and issubclass(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]

    __str__ = __repr__
    __len__ = __iter__ = __bool__ = __int__ = __float__ = __index__ = __hash__ = __repr__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("hostile")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("hostile")


hostile = st.builds(
    Hostile,
    st.one_of(
        text, st.integers(), st.none(), st.sampled_from([RuntimeError, MemoryError, GeneratorExit, Exception])
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), text, st.binary(max_size=20), hostile,
    st.datetimes(), st.dates(), st.times(), st.timedeltas(), st.decimals(), st.uuids(), st.complex_numbers(),
    st.fractions(), st.builds(array.array, st.just("d"), st.lists(st.floats(), max_size=4)),
    st.builds(numpy.datetime64, st.integers(-(2**62), 2**62), st.sampled_from(["ns", "s", "D", "M", "as"])),
    st.builds(numpy.timedelta64, st.integers(-(2**62), 2**62), st.sampled_from(["ns", "s", "D", "M", "as"])),
    st.builds(numpy.array, st.lists(st.lists(st.floats(), min_size=2, max_size=2), max_size=3)),
)  # fmt: skip
keys = st.one_of(text, st.integers(), st.floats(), st.none(), st.booleans(), st.tuples(st.integers()))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys, inner, max_size=4),
        st.tuples(inner, inner),
    ),
    max_leaves=12,
)
attributes = st.dictionaries(text, values, max_size=5)


def check(lines: list[str], expected: int) -> None:
    parsed = [parse(line) for line in lines]
    # The end of a capture writes the metrics of all tests so far.
    assert sum(line.get("kind") != "metric" for line in parsed) == expected


_series_seen: set[tuple[object, ...]] = set()


def check_points(lines: list[str]) -> None:
    """Each series is checked whole when it is new or has another shape: every capture writes all series again, thousands
    of them, and the check against the schema takes a millisecond.
    """
    for line in lines:
        point = json.loads(line)
        assert len(line.splitlines()) == 1, line
        series = (point.get("name"), repr(point.get("attributes")), shape(point))
        if series not in _series_seen:
            _series_seen.add(series)
            parse(line)


@pytest.fixture(scope="module", autouse=True)
def balanced() -> Iterator[None]:
    """The books of every output balance at the end, and nothing panicked."""
    yield
    vigie.flush()
    books = vigie.stats()
    assert books["internal_panics"] == 0
    for output in books["outputs"]:
        gone = output["delivered"] + sum(output["dropped"].values())
        assert output["accepted"] == gone + output["queued"] + output["spooled"], output
        assert output["accepted"] > 0


def options_out(members: dict[str, Any], *names: str) -> dict[str, Any]:
    """Without the arguments that belong to the function itself."""
    return {name: value for name, value in members.items() if name not in names}


@share(0.5)
@given(st.lists(st.tuples(st.sampled_from([*"abcdef"]), values, attributes), min_size=BATCH, max_size=BATCH))
def test_logs(calls: list[tuple[str, Any, dict[str, Any]]]) -> None:
    log = vigie.get_logger("generated")
    with vigie.testing.capture() as captured:
        for choice, message, members in calls:
            if choice == "a":
                log.log(message, message, **members)
            elif choice == "b":
                log.bind(**members).info(message, message)
            elif choice == "c":
                log.error(message, **{**members, "exc_info": message})
            else:
                log.info(message, **members)
        check(captured.lines, len(calls))


@share(0.25)
@given(st.lists(st.tuples(text, values, attributes), min_size=BATCH, max_size=BATCH))
def test_spans(calls: list[tuple[str, Any, dict[str, Any]]]) -> None:
    with vigie.testing.capture() as captured:
        for name, value, members in calls:
            with vigie.context(**members), vigie.span(name, **members) as span:
                span.set_attribute(value, value)
                span.set_attribute(name, value)
                span.set_attributes(value)
                span.add_event(value, **members)
                span.record_exception(value, **options_out(members, "exception"))
                span.set_status(value, value)
                span.add_link(value)
                vigie.get_logger("generated").info("in span")
            other = vigie.start_span(value, kind=value, parent=value, start_time=value, links=value)
            other.update_name(value)
            other.end(value)
        check(captured.lines, 3 * len(calls))


@share(0.25)
@given(st.lists(st.tuples(values, attributes), min_size=BATCH, max_size=BATCH))
def test_metrics_and_propagation(calls: list[tuple[Any, dict[str, Any]]]) -> None:
    counter = vigie.counter("generated_total")
    histogram = vigie.histogram("generated_seconds")
    gauge = vigie.gauge("generated_now")
    with vigie.testing.capture() as captured:
        for value, members in calls:
            counter.add(value, **members)
            histogram.bind(**members).record(value)
            gauge.set(value, **members)
            with (
                vigie.context(baggage=value),
                vigie.extract(value),
                vigie.extract({"traceparent": value, **members}),
            ):
                headers = vigie.inject({})
                assert all(isinstance(part, str) and part.isascii() for part in (*headers, *headers.values()))
    check_points(captured.lines)
    text_form = vigie.metrics_text()
    text_form.encode("utf-8")
    json.dumps(vigie.stats())
    assert vigie.stats()["internal_panics"] == 0
