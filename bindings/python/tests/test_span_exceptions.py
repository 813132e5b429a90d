"""Exceptions of spans as log records: the setting ``exceptions``, from Vigie's face and from OpenTelemetry's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import vigie
import vigie.otel
from conftest import Records
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

SETTINGS = {"service": "shop", "outputs": [{"to": "null"}]}


class Refused(Exception):
    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@pytest.fixture
def exceptions(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting, before the capture of the test begins; ``logs`` unless the test says otherwise."""
    chosen: str = getattr(request, "param", "logs")
    vigie.get_logger("x").info("the first use")
    vigie.reconfigure(**SETTINGS, exceptions=chosen)
    yield chosen
    vigie.reconfigure(**SETTINGS)


@pytest.mark.usefixtures("exceptions")
def test_what_leaves_a_span_is_a_whole_error_in_its_context(records: Records) -> None:
    failure = Refused("not today", 7)
    failure.__cause__ = KeyError("card")
    with vigie.context(user_id="u"), pytest.raises(Refused), vigie.span("pay") as span:
        raise failure
    (line,) = records.spans
    assert ("events" in line, line["status"], line["status_message"]) == (
        False,
        "error",
        f"{__name__}.Refused: not today",
    )
    told = records.last
    assert (told["level"], told["event"], told["message"]) == ("ERROR", "exception", line["status_message"])
    assert (told["trace_id"], told["span_id"], told["user_id"]) == (line["trace_id"], span.span_id, "u")
    assert "logger" not in told, "the span has no scope"
    error = told["error"]
    assert (error["type"], error["attributes"], error["cause"]["type"]) == (
        f"{__name__}.Refused",
        {"code": 7},
        "KeyError",
    )
    assert error["stack"].endswith("Refused: not today\n")


@pytest.mark.usefixtures("exceptions")
def test_what_is_recorded_has_the_attributes_of_the_call(records: Records) -> None:
    with vigie.span("pay") as span:
        span.record_exception(Refused("not today", 7), retry=1)
    assert (records.last["retry"], records.last["error"]["attributes"]) == (1, {"code": 7})
    assert records.spans[0]["status"] == "unset"


@pytest.mark.usefixtures("exceptions")
def test_a_span_that_has_ended_tells_nothing(records: Records) -> None:
    with vigie.span("pay") as span:
        pass
    span.record_exception(ValueError("late"))
    assert records.logs == []


@pytest.mark.usefixtures("exceptions")
def test_opentelemetrys_face_says_the_same(records: Records) -> None:
    tracer = vigie.otel.TracerProvider().get_tracer("shop.cart")

    @tracer.start_as_current_span("pay")
    def pay() -> None:
        trace.get_current_span().record_exception(ValueError("then"), {"n": 1}, 1_700_000_000_000_000_000)
        raise Refused("not today", 7)

    with pytest.raises(Refused):
        pay()
    then, left = records.logs
    assert (then["timestamp"], then["n"], then["error"]["type"]) == (
        "2023-11-14T22:13:20.000000Z",
        1,
        "ValueError",
    )
    assert (left["logger"], left["error"]["attributes"]) == ("shop.cart", {"code": 7})
    assert "events" not in records.spans[0]


@pytest.mark.parametrize("exceptions", ["logs", "both"], indirect=True)
def test_the_users_processors_see_the_event_where_there_is_one(exceptions: str, records: Records) -> None:
    exporter = InMemorySpanExporter()
    provider = vigie.otel.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("shop").start_as_current_span("pay"):
        trace.get_current_span().record_exception(ValueError("no"))
    (seen,) = exporter.get_finished_spans()
    assert [event.name for event in seen.events] == (["exception"] if exceptions == "both" else [])
    assert [line["message"] for line in records.logs] == ["ValueError: no"]
