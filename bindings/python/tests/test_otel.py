"""Vigie behind the OpenTelemetry API: one context, spans, ids, samplers and processors of the user, propagation, metrics."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator
from typing import Any

import pytest
import vigie
import vigie.otel
from conftest import Records, Run
from opentelemetry import baggage, context, metrics, propagate, trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace import Span as OfficialSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    vigie.otel.install()
    assert vigie.otel.install() is trace.get_tracer_provider(), "again it changes nothing"


@pytest.fixture
def tracer() -> trace.Tracer:
    return trace.get_tracer("shop.cart", "1.2")


def hex_id(span: trace.Span) -> str:
    return format(span.get_span_context().span_id, "016x")


def test_spans_of_both_faces_form_one_tree(tracer: trace.Tracer, records: Records) -> None:
    with tracer.start_as_current_span("outer") as outer:
        assert trace.get_current_span() is outer
        assert vigie.current_span().span_id == hex_id(outer)
        with vigie.span("native") as native:
            current = trace.get_current_span()
            assert isinstance(current, vigie.otel.Span)
            assert (hex_id(current), current.name) == (native.span_id, "native")
            trace.get_current_span().set_attribute("said", "from outside")
            with tracer.start_as_current_span("inner"):
                vigie.get_logger("x").info("here")
        assert trace.get_current_span() is outer
    assert trace.get_current_span() is trace.INVALID_SPAN
    assert vigie.current_context().span_id is None
    inner, native_line, outer_line = records.spans
    assert inner["parent_span_id"] == native_line["span_id"]
    assert native_line["parent_span_id"] == outer_line["span_id"]
    assert native_line["attributes"] == {"said": "from outside"}
    assert records.last["span_id"] == inner["span_id"]
    assert len({line["trace_id"] for line in records.spans}) == 1
    assert outer_line["scope"] == "shop.cart"


def test_what_is_said_to_a_span(tracer: trace.Tracer, records: Records) -> None:
    linked = tracer.start_span("linked")
    span = tracer.start_span(
        "first",
        kind=SpanKind.CLIENT,
        attributes={"a": 1, "list": [1, 2]},
        links=[trace.Link(linked.get_span_context(), {"why": "so"})],
        start_time=1_700_000_000_000_000_000,
    )
    assert span.is_recording()
    span.set_attributes({"b": 2.5})
    span.set_attribute("a", 3)
    span.add_event("event", {"n": 1}, timestamp=1_700_000_000_500_000_000)
    span.add_link(linked.get_span_context())
    span.add_link(trace.INVALID_SPAN_CONTEXT)
    span.update_name("second")
    span.set_status(Status(StatusCode.ERROR, "why"))
    span.set_status(StatusCode.UNSET)
    assert isinstance(span, vigie.otel.Span)
    assert (span.name, span.kind, span.parent) == ("second", SpanKind.CLIENT, None)
    assert span.attributes == {"a": 3, "list": (1, 2), "b": 2.5}
    assert span.status.description == "why"
    span.end(end_time=1_700_000_001_000_000_000)
    span.end()
    span.set_attribute("late", 1)
    assert not span.is_recording()
    [line] = records.spans
    assert (line["name"], line["span_kind"], line["duration_ns"]) == ("second", "client", 1_000_000_000)
    assert line["attributes"] == {"a": 3, "list": [1, 2], "b": 2.5}
    assert (line["status"], line["status_message"]) == ("error", "why")
    assert [event["name"] for event in line["events"]] == ["event"]
    assert line["events"][0]["attributes"] == {"n": 1}
    assert [link["span_id"] for link in line["links"]] == [hex_id(linked)] * 2
    assert line["links"][0]["attributes"] == {"why": "so"}
    linked.end()


def test_what_leaves_a_block(tracer: trace.Tracer, records: Records) -> None:
    for told in ({}, {"record_exception": False}, {"set_status_on_exception": False}):
        with pytest.raises(ValueError, match="no"), tracer.start_as_current_span("bad", **told):
            raise ValueError("no")
    # What is no `Exception` is a way of leaving.
    with pytest.raises(KeyboardInterrupt), tracer.start_as_current_span("left"):
        raise KeyboardInterrupt
    with pytest.raises(ValueError, match="no"), trace.use_span(tracer.start_span("used"), end_on_exit=True):
        raise ValueError("no")
    said = [(line["status"], len(line.get("events", ()))) for line in records.spans]
    assert said == [("error", 1), ("error", 0), ("unset", 1), ("unset", 0), ("error", 1)]
    assert records.spans[0]["status_message"] == "ValueError: no"


def test_as_a_decorator(tracer: trace.Tracer, records: Records) -> None:
    @tracer.start_as_current_span("sync")
    def add(a: int, b: int) -> int:
        return a + b

    @tracer.start_as_current_span("async")
    async def later() -> str | None:
        await asyncio.sleep(0)
        return vigie.current_context().span_id

    assert add(1, b=2) == add(2, 1) == 3
    inside = asyncio.run(later())
    assert [line["name"] for line in records.spans] == ["sync", "sync", "async"]
    assert inside == records.spans[2]["span_id"]


def test_a_context_that_is_given(tracer: trace.Tracer, records: Records) -> None:
    with tracer.start_as_current_span("current"):
        root = tracer.start_span("root", context=context.Context())
        below = tracer.start_span("below", context=trace.set_span_in_context(root))
        below.end()
        root.end()
    by_name = {line["name"]: line for line in records.spans}
    assert "parent_span_id" not in by_name["root"]
    assert by_name["below"]["parent_span_id"] == by_name["root"]["span_id"]
    assert by_name["root"]["trace_id"] != by_name["current"]["trace_id"]


def test_a_token_of_another_task_changes_nothing_and_says_nothing(
    tracer: trace.Tracer, records: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    def steps() -> Iterator[int]:
        with tracer.start_as_current_span("generator"):
            yield 1

    running = steps()
    contextvars.Context().run(next, running)
    with tracer.start_as_current_span("other") as other:
        running.close()
        assert trace.get_current_span() is other
    assert [line["name"] for line in records.spans] == ["generator", "other"]
    assert capfd.readouterr().err == ""


def test_tasks_have_spans_of_their_own(tracer: trace.Tracer, records: Records) -> None:
    async def work(name: str) -> None:
        with tracer.start_as_current_span(name):
            await asyncio.sleep(0.001)
            with vigie.span(f"{name}'s"):
                await asyncio.to_thread(lambda: tracer.start_span(f"{name}'s thread").end())

    async def all_of_them() -> None:
        with tracer.start_as_current_span("main"):
            await asyncio.gather(*(work(f"task{n}") for n in range(8)))

    asyncio.run(all_of_them())
    by_id = {line["span_id"]: line for line in records.spans}
    assert len(by_id) == 25
    for line in by_id.values():
        if line["name"] != "main":
            expected = line["name"].removesuffix(" thread") if "thread" in line["name"] else None
            parent = by_id[line["parent_span_id"]]["name"]
            assert parent == (expected or ("main" if "'s" not in line["name"] else line["name"][:5]))


def test_baggage_is_the_same_in_both(tracer: trace.Tracer) -> None:
    token = context.attach(baggage.set_baggage("plan", "gold"))
    with tracer.start_as_current_span("span"):
        assert vigie.current_context().baggage == {"plan": "gold"}
        assert vigie.inject({})["baggage"] == "plan=gold"
    context.detach(token)
    assert vigie.current_context().baggage == {}
    with vigie.context(baggage={"tier": "one"}):
        assert baggage.get_all() == {"tier": "one"}


def test_propagation(tracer: trace.Tracer, records: Records) -> None:
    came = {"traceparent": TRACEPARENT, "tracestate": "a=b", "baggage": "x=y", "X-Correlation-ID": "c-1"}
    with tracer.start_as_current_span("current"):
        extracted = propagate.extract(came)
        assert propagate.extract({}) is not None
    span = trace.get_current_span(extracted).get_span_context()
    assert (span.is_remote, span.trace_state.to_header()) == (True, "a=b")
    assert baggage.get_all(extracted) == {"x": "y"}
    with tracer.start_as_current_span("server", context=extracted, kind=SpanKind.SERVER) as server:
        vigie.get_logger("x").info("inside")
        headers: dict[str, str] = {}
        propagate.inject(headers)
    assert headers["traceparent"] == f"00-{TRACEPARENT[3:35]}-{hex_id(server)}-01"
    assert headers["tracestate"] == "a=b"
    assert (records.last["trace_id"], records.last["correlation_id"]) == (TRACEPARENT[3:35], "c-1")
    assert records.spans[-1]["parent_span_id"] == TRACEPARENT[36:52]
    again: dict[str, str] = {}
    propagate.inject(again, extracted)
    assert (again["traceparent"], again["baggage"]) == (TRACEPARENT, "x=y")


def test_propagation_in_other_formats(tracer: trace.Tracer) -> None:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    propagator = vigie.otel.Propagator()
    try:
        vigie.reconfigure(settings, propagators=["b3", "jaeger"])
        assert propagator.fields == {"b3", "uber-trace-id"}
        came = {"x-b3-traceid": TRACEPARENT[3:35], "X-B3-SpanId": TRACEPARENT[36:52], "uberctx-plan": "gold"}
        extracted = propagator.extract({**came, "x-b3-flags": "1"})
        assert trace.get_current_span(extracted).get_span_context().trace_flags == 1
        with tracer.start_as_current_span("server", context=extracted) as server:
            headers: dict[str, str] = {}
            propagator.inject(headers)
        assert headers["b3"] == f"{TRACEPARENT[3:35]}-{hex_id(server)}-d"
        assert headers["uberctx-plan"] == "gold"
        vigie.reconfigure(settings, propagators=["tracecontext"])
        assert propagator.fields == {"traceparent", "tracestate"}
    finally:
        vigie.reconfigure(settings)


def test_a_public_endpoint_links_to_what_comes(tracer: trace.Tracer) -> None:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    vigie.reconfigure(settings, public_endpoint=True)
    try:
        with tracer.start_as_current_span("around"):
            extracted = propagate.extract({"traceparent": TRACEPARENT, "baggage": "x=y"})
        assert not trace.get_current_span(extracted).get_span_context().is_valid
        assert baggage.get_all(extracted) == {}
        with vigie.testing.capture() as records, tracer.start_as_current_span("server", context=extracted):
            tracer.start_span("inner").end()
        inner, server = records.spans
        assert server["links"] == [{"trace_id": TRACEPARENT[3:35], "span_id": TRACEPARENT[36:52]}]
        assert "parent_span_id" not in server and "links" not in inner
        assert inner["parent_span_id"] == server["span_id"]
    finally:
        vigie.reconfigure(settings)


def test_span_processors_see_what_there_is(records: Records) -> None:
    exporter, seen = InMemorySpanExporter(), []

    class Watching(SimpleSpanProcessor):
        def on_start(self, span: OfficialSpan, parent_context: context.Context | None = None) -> None:
            seen.append((span.name, span.parent))

    class Failing(SimpleSpanProcessor):
        def on_start(self, span: OfficialSpan, parent_context: context.Context | None = None) -> None:
            raise RuntimeError("in a processor")

        def on_end(self, span: ReadableSpan) -> None:
            raise RuntimeError("in a processor")

    provider = vigie.otel.TracerProvider()
    provider.add_span_processor(Failing(InMemorySpanExporter()))
    provider.add_span_processor(Watching(exporter))
    tracer = provider.get_tracer("lib", "2")
    with tracer.start_as_current_span("outer", attributes={"list": [1]}) as outer:
        outer.add_event("event", {"n": 1})
        with tracer.start_as_current_span("inner"):
            pass
    inner, shown = exporter.get_finished_spans()
    assert isinstance(shown, ReadableSpan)
    assert inner.parent is outer.get_span_context()
    assert seen == [("outer", None), ("inner", outer.get_span_context())]
    assert (shown.attributes, shown.events[0].name) == ({"list": (1,)}, "event")
    assert shown.instrumentation_scope is not None and shown.instrumentation_scope.version == "2"
    assert shown.start_time is not None and shown.end_time is not None and shown.start_time <= shown.end_time
    assert "telemetry.sdk.name" in shown.resource.attributes
    assert [line["name"] for line in records.spans] == ["inner", "outer"]
    assert [line["message"] for line in records.logs] == ["a span processor failed; more of that is not told"]
    assert provider.force_flush() is True
    provider.shutdown()


class Counting:
    """Ids that count."""

    def __init__(self) -> None:
        self.last = 0

    def generate_span_id(self) -> int:
        self.last += 1
        return self.last

    generate_trace_id = generate_span_id


def test_ids_and_sampling_may_be_the_users_business(records: Records) -> None:
    tracer = vigie.otel.TracerProvider(id_generator=Counting()).get_tracer("lib")
    with tracer.start_as_current_span("root") as root, tracer.start_as_current_span("child"):
        assert root.get_span_context().trace_id == 1
    child, line = records.spans
    assert (line["trace_id"], line["span_id"]) == (f"{1:032x}", f"{2:016x}")
    assert (child["trace_id"], child["parent_span_id"]) == (f"{1:032x}", f"{2:016x}")

    for sampler, kept in ((ALWAYS_ON, True), (ALWAYS_OFF, False), (ParentBased(TraceIdRatioBased(0)), False)):
        tracer = vigie.otel.TracerProvider(sampler=sampler).get_tracer("lib")
        with tracer.start_as_current_span("sampled") as span:
            assert span.is_recording() is kept
            assert vigie.current_context().sampled is kept
            vigie.get_logger("x").info("in it")
            assert records.last["trace_id"] == format(span.get_span_context().trace_id, "032x")
    assert [line["name"] for line in records.spans] == ["child", "root", "sampled"]


def test_metrics() -> None:
    meter = metrics.get_meter("lib")
    counter = meter.create_counter("otel.requests", "1", "requests")
    counter.add(2, {"http.method": "GET"})
    counter.add(1)
    meter.create_up_down_counter("otel.open").add(-2, {"a": 1})
    meter.create_histogram("otel.size", "By", explicit_bucket_boundaries_advisory=[10, 100]).record(12)
    meter.create_gauge("otel.level").set(4)
    totals = iter((7, 9))

    def asked(_: metrics.CallbackOptions) -> list[metrics.Observation]:
        return [metrics.Observation(next(totals), {"k": "v"})]

    meter.create_observable_counter("otel.total", [asked])
    meter.create_observable_gauge("otel.now", [lambda _: [metrics.Observation(5)]])
    lines = vigie.metrics_text().splitlines()
    for line in (
        'otel_requests_total{http_method="GET"} 2',
        "otel_requests_total 1",
        'otel_open{a="1"} -2',
        'otel_size_bucket{le="10.0"} 0',
        'otel_size_bucket{le="100.0"} 1',
        "otel_level 4",
        'otel_total{k="v"} 7',
        "otel_now 5",
    ):
        assert line in lines, lines
    assert 'otel_total{k="v"} 9' in vigie.metrics_text().splitlines()
    assert not [line for line in lines if "vigie_otel" in line]


def test_an_instrument_that_cannot_be_measures_nothing_and_says_so(records: Records) -> None:
    meter = metrics.get_meter("lib")
    meter.create_counter("otel.twice").add(1)
    meter.create_histogram("otel.twice").record(1)
    meter.create_counter("not a name").add(1)
    assert [line["level"] for line in records.logs] == ["WARN", "WARN"]
    assert "otel.twice" in records.logs[0]["why"]


def test_readers_and_views_of_the_user_see_the_same() -> None:
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.metrics.view import View

    reader = InMemoryMetricReader()
    views = [View(instrument_name="otel.viewed", attribute_keys={"kept"})]
    provider = vigie.otel.MeterProvider([reader], views=views)
    provider.get_meter("lib").create_counter("otel.viewed").add(3, {"kept": 1, "dropped": 2})
    seen: Any = reader.get_metrics_data()
    [point] = seen.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points
    assert (point.value, dict(point.attributes)) == (3, {"kept": 1})
    assert 'otel_viewed_total{dropped="2",kept="1"} 3' in vigie.metrics_text()


def test_nothing_is_imported_that_nobody_asked_for(run: Run) -> None:
    done = run("""
import sys
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
import vigie.otel
vigie.otel.install()
with vigie.otel.TracerProvider().get_tracer("x").start_as_current_span("span"):
    pass
print(sorted(name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.instrumentation"))))
""").ok()
    assert done.out == "[]\n"


def test_settings_of_install_are_those_of_init(run: Run) -> None:
    done = run(
        """
import vigie, vigie.otel
try:
    vigie.otel.install(levle="info")
except vigie.ConfigError as error:
    print(error)
""",
        prelude="",
    ).ok()
    assert "levle" in done.out


def test_nothing_that_is_said_wrongly_raises(tracer: trace.Tracer, records: Records) -> None:
    class Wordless(Exception):
        def __str__(self) -> str:
            raise RuntimeError("in the text of an exception")

    wrong: Any = [1]
    odd: Any = {1: 2, "kept": 1}

    @tracer.start_as_current_span("odd", attributes=odd)
    def wordless() -> None:
        span = trace.get_current_span()
        span.set_attribute(wrong, 1)
        span.set_attributes(wrong)
        span.add_event("event", wrong)
        span.record_exception(ValueError("no"), odd)
        raise Wordless

    with pytest.raises(Wordless):
        wordless()
    meter = metrics.get_meter("lib")
    meter.create_counter("otel.odd").add(1, odd)
    meter.create_counter("otel.odd").add(wrong, wrong)
    assert 'otel_odd_total{kept="1"} 1' in vigie.metrics_text().splitlines()
    [line] = records.spans
    assert (line["name"], line["status"], line["attributes"]["kept"]) == ("odd", "error", 1)


class Failing:
    """Of the user's, and wrong."""

    def should_sample(self, *_: object) -> None:
        raise RuntimeError("in a sampler")


def test_a_tracer_by_what_is_no_name(tracer: trace.Tracer, records: Records) -> None:
    provider: Any = trace.get_tracer_provider()
    for name in (None, tracer, 7):
        with provider.get_tracer(name).start_as_current_span("s"):
            pass
    assert [line.get("scope") for line in records.spans] == [None] * 3


def test_what_a_sampler_does_wrong_is_not_the_programs(records: Records) -> None:
    tracer = vigie.otel.TracerProvider(sampler=Failing()).get_tracer("lib")
    with tracer.start_as_current_span("span") as span:
        assert span.is_recording(), "Vigie decides in its place"
    sampled = vigie.otel.TracerProvider(sampler=ALWAYS_ON).get_tracer("lib")
    with (
        pytest.raises(ValueError, match="no"),
        sampled.start_as_current_span("quiet", record_exception=False, set_status_on_exception=False),
    ):
        raise ValueError("no")
    assert [(line["name"], line["status"], "events" in line) for line in records.spans] == [
        ("span", "unset", False),
        ("quiet", "unset", False),
    ]
    assert [line["whose"] for line in records.logs] == ["sampler or id generator"]


@pytest.mark.parametrize(("told", "shown"), [("", "late\n"), ("shutdown_on_exit=False", "")])
def test_what_a_processor_holds_back_is_out_at_the_end(run: Run, told: str, shown: str) -> None:
    done = run(f"""
import vigie.otel
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
provider = vigie.otel.TracerProvider({told})
exporter = ConsoleSpanExporter(formatter=lambda span: span.name + "\\n")
provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=60_000))
provider.get_tracer("x").start_span("late").end()
""").ok()
    assert done.out == shown
