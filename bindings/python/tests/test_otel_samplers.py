"""Samplers behind the OpenTelemetry API: what a user's own decide, and Vigie's with what a span is started with."""

from __future__ import annotations

from typing import Any

import pytest
import vigie
import vigie.otel
from conftest import Records, Run
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace import Span as OfficialSpan
from opentelemetry.sdk.trace import TracerProvider as OfficialProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import TraceState


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    vigie.otel.install()


class Deciding(Sampler):
    """Decides as it is told, and tells of it."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision

    def should_sample(self, *_: Any, **__: Any) -> SamplingResult:
        return SamplingResult(self._decision, {"told": 1}, TraceState([("ot", "th:8"), ("k", "v")]))

    def get_description(self) -> str:
        return "Deciding"


class Seen(SpanProcessor):
    """What a span processor is shown."""

    def __init__(self) -> None:
        self.shown: list[Any] = []

    def on_start(self, span: OfficialSpan, parent_context: Context | None = None) -> None:
        self.shown.append(("start", span.name, span.is_recording()))

    def on_end(self, span: ReadableSpan) -> None:
        ids = span.get_span_context()
        assert ids is not None
        told = (dict(span.attributes or {}), ids.trace_flags.sampled, ids.trace_state.to_header())
        self.shown.append(("end", span.name, *told))


def behaviour(provider_of: Any, sampler: Sampler) -> Any:
    """Everything that a program can tell of a decision."""
    provider = provider_of(sampler=sampler, shutdown_on_exit=False)
    seen, simple, batch = Seen(), InMemorySpanExporter(), InMemorySpanExporter()
    for processor in (seen, SimpleSpanProcessor(simple), BatchSpanProcessor(batch)):
        provider.add_span_processor(processor)
    tracer = provider.get_tracer("lib")
    with tracer.start_as_current_span("outer", attributes={"own": 2}) as outer:
        outer.set_attribute("later", 3)
        outer.add_event("happened")
        with tracer.start_as_current_span("inner") as inner:
            recording = (outer.is_recording(), inner.is_recording())
        ids = outer.get_span_context()
    told = (recording, ids.trace_flags.sampled, ids.trace_state.to_header())
    provider.force_flush()
    exported = [[span.name for span in exporter.get_finished_spans()] for exporter in (simple, batch)]
    provider.shutdown()
    return told, seen.shown, exported


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("is_parent_based", [False, True])
def test_a_decision_means_what_it_means_in_the_official_sdk(
    decision: Decision, is_parent_based: bool, records: Records
) -> None:
    sampler = ParentBased(Deciding(decision)) if is_parent_based else Deciding(decision)
    ours = behaviour(vigie.otel.TracerProvider, sampler)
    assert ours == behaviour(OfficialProvider, sampler)
    names = ["inner", "outer"] if decision is Decision.RECORD_AND_SAMPLE else []
    assert [line["name"] for line in records.spans] == names, "an output gets what an exporter gets"


def test_what_a_sampler_says_in_the_tracestate_goes_on() -> None:
    tracer = vigie.otel.TracerProvider(sampler=Deciding(Decision.RECORD_AND_SAMPLE)).get_tracer("lib")
    with tracer.start_as_current_span("outer"):
        assert vigie.inject()["tracestate"] == "ot=th:8,k=v"
    trusting = vigie.otel.TracerProvider(sampler=ParentBased(Deciding(Decision.DROP))).get_tracer("lib")
    above = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1"}
    with vigie.extract(above), trusting.start_as_current_span("below") as span:
        assert span.get_span_context().trace_state.to_header() == "a=1"
        assert vigie.inject()["tracestate"] == "a=1"


def test_rules_see_the_attributes_that_a_span_is_started_with(run: Run) -> None:
    done = run("""
import vigie
import vigie.otel
rules = [{"attributes": {"http.route": "/items/*", "attempt": "1"}, "traces": 1}]
vigie.reconfigure(service="s", outputs=[{"to": "file", "path": "out.jsonl"}], sample={"traces": 0, "rules": rules})
tracer = vigie.otel.TracerProvider().get_tracer("lib")
for attempt in (1, 2):
    tracer.start_span("otel", attributes={"http.route": "/items/7", "attempt": attempt}).end()
    with vigie.span("own", attempt=attempt) as span:
        assert not span.is_recording
    vigie.start_span("own", **{"http.route": "/items/7", "attempt": attempt}).end()
""").ok()
    told = [(line["name"], line["attributes"]["attempt"]) for line in done.lines()]
    assert told == [("otel", 1), ("own", 1)]
