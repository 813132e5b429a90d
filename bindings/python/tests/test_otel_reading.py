"""What others read of Vigie's providers behind the OpenTelemetry API: processors, instrumentations, whoever asks for the SDK's classes."""

from __future__ import annotations

from typing import Any

import pytest
import vigie.otel
from conftest import Records, Run
from opentelemetry import trace
from opentelemetry._logs import NoOpLogger
from opentelemetry.metrics import NoOpMeter
from opentelemetry.sdk import _logs, metrics
from opentelemetry.sdk import trace as official
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

OTHER = SpanContext(1, 2, is_remote=False)


def started(**told: Any) -> Any:
    """A span of a provider that is made so."""
    return vigie.otel.TracerProvider(**told).get_tracer("shop", "1").start_span("span")


def test_a_span_is_read_without_a_processor(records: Records) -> None:
    span = started()
    said = ["a", "b"]
    span.set_attribute("list", said)
    span.set_attributes({"nested": {"k": [1]}, "odd": {1}})
    span.add_event("event", {"list": said}, 7)
    span.add_link(OTHER, {"why": "it"})
    said.append("later")
    assert dict(span.attributes) == {"list": ("a", "b"), "nested": {"k": (1,)}, "odd": "{1}"}
    [event], [link] = span.events, span.links
    assert (event.name, dict(event.attributes), event.timestamp) == ("event", {"list": ("a", "b")}, 7)
    assert (link.context, dict(link.attributes)) == (OTHER, {"why": "it"})
    with pytest.raises(TypeError):
        event.attributes["list"] = "other"
    assert span.end_time is None
    span.end()
    assert span.start_time <= span.end_time
    span.set_attribute("late", 1)
    span.update_name("late")
    span.set_status(trace.StatusCode.ERROR)
    span.add_event("late")
    span.add_link(OTHER)
    assert (span.name, len(span.attributes), len(span.events), len(span.links)) == ("span", 3, 1, 1)
    assert span.status.is_unset
    assert '"name": "span"' in span.to_json()
    assert len(records.spans) == 1


def test_an_exception_is_read_as_the_sdk_shows_it(records: Records) -> None:
    span = started()
    span.record_exception(ValueError("no"), {"more": 1})
    [event] = span.events
    assert (
        dict(event.attributes).items()
        >= {
            "exception.type": "ValueError",
            "exception.message": "no",
            "exception.escaped": "False",
            "more": 1,
        }.items()
    )
    span.end()
    [recorded] = records.spans[0]["events"]
    assert "exception.escaped" not in recorded["attributes"], "Vigie's own record has it where it is so"


def test_span_limits_are_those_of_reading(records: Records) -> None:
    limits = official.SpanLimits(
        max_span_attributes=2,
        max_events=1,
        max_links=1,
        max_event_attributes=1,
        max_span_attribute_length=3,
        max_attribute_length=2,
    )
    exporter = InMemorySpanExporter()
    provider = vigie.otel.TracerProvider(span_limits=limits)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    span: Any = provider.get_tracer("shop").start_span("span", attributes={"first": "abcdef", "second": 2})
    span.set_attribute("third", "abcdef")
    for n in range(3):
        span.add_event(f"event {n}", {"a": "abcdef", "b": 1})
    span.add_link(OTHER)
    span.add_link(SpanContext(3, 4, is_remote=False))
    span.end()
    for read in (span, exporter.get_finished_spans()[0]):
        assert dict(read.attributes) == {"second": 2, "third": "abc"}
        assert [(event.name, dict(event.attributes)) for event in read.events] == [("event 2", {"b": 1})]
        assert [link.context.span_id for link in read.links] == [4]
        assert (read.dropped_attributes, read.dropped_events, read.dropped_links) == (1, 2, 1)
        assert read.events[0].dropped_attributes == 1
    [line] = records.spans
    assert (len(line["attributes"]), len(line["events"]), len(line["links"])) == (3, 3, 2), (
        "limits of its own"
    )


def test_limits_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_ATTRIBUTE_COUNT_LIMIT", "1")
    monkeypatch.setenv("OTEL_SPAN_EVENT_COUNT_LIMIT", "")
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "no number")
    span = started()
    span.set_attributes({"first": 1, "second": "two"})
    for _ in range(200):
        span.add_event("event")
    assert (dict(span.attributes), len(span.events)) == ({"second": "two"}, 200)


def test_links_that_say_nothing_are_none(records: Records) -> None:
    span = started()
    nobody: Any = None
    for context in (nobody, trace.INVALID_SPAN_CONTEXT):
        span.add_link(context)
    assert span.links == ()
    span.add_link(trace.INVALID_SPAN_CONTEXT, {"why": "it"})
    assert len(span.links) == 1
    tracer = vigie.otel.TracerProvider().get_tracer("shop")
    tracer.start_span("started", links=[nobody, trace.Link(trace.INVALID_SPAN_CONTEXT)]).end()
    span.end()
    assert ["links" in line for line in records.spans] == [False, False]


def test_a_processor_sees_the_end_of_what_began_before_it() -> None:
    provider, exporter = vigie.otel.TracerProvider(), InMemorySpanExporter()
    span = provider.get_tracer("shop").start_span("span")
    span.add_event("before")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    span.end()
    [shown] = exporter.get_finished_spans()
    assert [event.name for event in shown.events] == ["before"]


def test_the_end_of_a_span_finds_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, exporter = vigie.otel.TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # It asks detectors in threads, and whoever waits for the span's result would see it before the span.
    monkeypatch.setattr(Resource, "create", lambda *_: pytest.fail("asked at the end of a span"))
    provider.get_tracer("shop").start_span("span").end()
    [shown] = exporter.get_finished_spans()
    assert "telemetry.sdk.name" in shown.resource.attributes


def test_what_is_given_as_active_is_added_to() -> None:
    active, exporter = official.SynchronousMultiSpanProcessor(), InMemorySpanExporter()
    provider = vigie.otel.TracerProvider(active_span_processor=active)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    assert len(active._span_processors) == 1
    assert provider._active_span_processor is active
    provider.get_tracer("shop").start_span("span").end()
    assert len(exporter.get_finished_spans()) == 1


def test_a_flush_that_has_no_time_left_says_so() -> None:
    class Slow(official.SpanProcessor):
        asked = 0

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            self.asked += 1
            return True

    provider, slow = vigie.otel.TracerProvider(), Slow()
    provider.add_span_processor(slow)
    assert provider.force_flush() is True
    assert provider.force_flush(0) is False
    assert slow.asked == 1


def test_the_same_asked_again_is_the_same() -> None:
    tracers = vigie.otel.TracerProvider()
    assert tracers.get_tracer("a", "1") is tracers.get_tracer("a", "1")
    assert tracers.get_tracer("a", "1", attributes={"k": [1]}) is not tracers.get_tracer("a", "1")
    loggers = vigie.otel.LoggerProvider()
    assert loggers.get_logger("a") is loggers.get_logger("a")
    meter = vigie.otel.MeterProvider().get_meter("a")
    assert meter.create_counter("otel.same") is meter.create_counter("otel.same")


def test_vigies_classes_pass_for_the_sdks() -> None:
    provider, loggers, meters = (
        vigie.otel.TracerProvider(),
        vigie.otel.LoggerProvider(),
        vigie.otel.MeterProvider(),
    )
    tracer = provider.get_tracer("shop", "1")
    assert isinstance(provider, official.TracerProvider)
    assert isinstance(tracer, official.Tracer)
    assert isinstance(tracer.start_span("span"), official.Span)
    assert isinstance(meters, metrics.MeterProvider)
    assert isinstance(loggers, _logs.LoggerProvider)
    scopes: list[Any] = [tracer, meters.get_meter("shop", "1"), loggers.get_logger("shop", "1")]
    assert {(one._instrumentation_scope.name, one._instrumentation_scope.version) for one in scopes} == {
        ("shop", "1")
    }
    with pytest.warns(DeprecationWarning, match="InstrumentationScope"):
        assert scopes[0].instrumentation_info.name == "shop"


def test_disabled_records_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", " True ")
    assert isinstance(vigie.otel.TracerProvider().get_tracer("a"), trace.NoOpTracer)
    assert isinstance(vigie.otel.MeterProvider().get_meter("a"), NoOpMeter)
    assert isinstance(vigie.otel.LoggerProvider().get_logger("a"), NoOpLogger)
    monkeypatch.setenv("VIGIE_DISABLED", "0")
    assert isinstance(vigie.otel.TracerProvider().get_tracer("a"), vigie.otel.Tracer)


def test_a_reader_may_come_later() -> None:
    provider, reader = vigie.otel.MeterProvider(), InMemoryMetricReader()
    meter = provider.get_meter("shop")
    counter = meter.create_counter("otel.later")
    counter.add(1)
    provider.add_metric_reader(reader)
    counter.add(2)
    meter.create_counter("otel.later.still").add(3)
    data: Any = reader.get_metrics_data()
    read = {
        metric.name: metric.data.data_points[0].value
        for scope in data.resource_metrics[0].scope_metrics
        for metric in scope.metrics
    }
    assert read == {"otel.later": 2, "otel.later.still": 3}
    assert "otel_later_total 3" in vigie.metrics_text().splitlines()
    provider.remove_metric_reader(reader)
    counter.add(1)


def test_a_logger_is_enabled_where_a_processor_wants_the_record(run: Run) -> None:
    done = run(
        """
import vigie.otel
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
vigie.init(service="shop", level="error", outputs=[{"to": "null"}])
provider = vigie.otel.LoggerProvider()
logger = provider.get_logger("shop")
print(logger.enabled(severity_number=SeverityNumber.INFO), logger.enabled(severity_number=SeverityNumber.ERROR))
provider.add_log_record_processor(SimpleLogRecordProcessor(InMemoryLogRecordExporter()))
print(logger.enabled(severity_number=SeverityNumber.INFO))
""",
        prelude="",
    ).ok()
    assert done.out == "False True\nTrue\n"
