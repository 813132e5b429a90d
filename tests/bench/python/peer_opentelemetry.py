"""opentelemetry-sdk: spans to an exporter that drops, metrics to a reader that is not read, propagation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import varied
from opentelemetry import propagate, trace
from opentelemetry.metrics import set_meter_provider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span
from receiver import RECEIVER, in_portions, received
from through_api import SPANS, child_spans, traced_requests, updates
from workloads import Case, headers


class Dropping(SpanExporter):
    """Counts and drops, without encoding: less work than any real exporter."""

    def __init__(self) -> None:
        self.count = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take a batch."""
        self.count += len(spans)
        return SpanExportResult.SUCCESS


def fill(span: Span, i: int, linked: Span) -> None:
    """S1v: six attributes of mixed kinds, an event with two, a link."""
    span.set_attribute("cart.items", i)
    span.set_attribute("cart.total", 99.5)
    span.set_attribute("cart.customer", varied.CUSTOMER)
    span.set_attribute("cart.express", True)
    span.set_attribute("cart.order_id", varied.ORDER_TEXT)
    span.set_attribute("cart.tags", varied.TAGS)
    span.add_event("stock reserved", {"warehouse": "Köln", "left": i})
    span.add_link(linked.get_span_context())


def spans(workload: str) -> Case:
    """S1, S1a, S1v and S2."""
    depth = 3 if workload == "S2" else 1
    exporter = Dropping()
    # The queue holds a whole sample: by default it would drop what is over 2048.
    processor = BatchSpanProcessor(exporter, max_queue_size=1 << 18, max_export_batch_size=512)
    return Case(span_loops(processor)[workload], processor.force_flush, lambda: exporter.count // depth)


def span_loops(processor: BatchSpanProcessor) -> dict[str, Callable[[int], object]]:
    """A child made current under an open root, attributes, end."""
    provider = TracerProvider()
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("shop.api")
    run = child_spans(tracer)
    start = tracer.start_as_current_span

    def run_nested(count: int) -> None:
        for i in range(count):
            with start("outer") as outer:
                outer.set_attribute("cart.items", i)
                outer.set_attribute("cart.total", 99.5)
                outer.set_attribute("cart.tenant", "acme")
                with start("middle") as middle:
                    middle.set_attribute("cart.items", i)
                    middle.set_attribute("cart.total", 99.5)
                    middle.set_attribute("cart.tenant", "acme")
                    with start("inner") as inner:
                        inner.set_attribute("cart.items", i)
                        inner.set_attribute("cart.total", 99.5)
                        inner.set_attribute("cart.tenant", "acme")

    linked = tracer.start_span("linked")

    def run_varied(count: int) -> None:
        for i in range(count):
            with start("child") as span:
                fill(span, i, linked)

    return {"S1": run, "S1a": run, "S1v": run_varied, "S2": run_nested}


def sending() -> tuple[BatchSpanProcessor, Callable[[], int]]:
    """What sends spans to a server, by its own exporter, and how many have arrived."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    out = 0

    class Counting(OTLPSpanExporter):
        """Counts what has arrived, for the closed loop."""

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            """Take a batch."""
            nonlocal out
            result = super().export(spans)
            out += len(spans) if result is SpanExportResult.SUCCESS else 0
            return result

    exporter = Counting(endpoint=f"{RECEIVER}/v1/traces")
    return BatchSpanProcessor(exporter, max_queue_size=1 << 16, max_export_batch_size=512), lambda: out


def exporting() -> Case:
    """E1: the same spans to a server."""
    processor, out = sending()
    return Case(in_portions(span_loops(processor)["S1"], out), processor.force_flush, received)


def serving() -> Case:
    """H1ao: requests to FastAPI, whose spans go to a server; metrics are kept and not read."""
    processor, out = sending()
    provider = TracerProvider()
    provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    set_meter_provider(MeterProvider(metric_readers=[InMemoryMetricReader()]))
    return Case(traced_requests(), processor.force_flush, lambda: out() // SPANS)


def metrics(workload: str) -> Case:
    """M1, M1a, M1v and M2; a bound form does not exist."""
    return Case(
        updates(MeterProvider(metric_readers=[InMemoryMetricReader()]).get_meter("shop.api"), workload)
    )


def propagation(workload: str) -> Case:
    """P1 and P1v: the W3C trace context and baggage, which are its default propagators."""
    incoming = headers(workload)
    extract, inject = propagate.extract, propagate.inject

    def run(count: int) -> None:
        for _ in range(count):
            carrier: dict[str, str] = {}
            inject(carrier, extract(incoming))
        assert set(carrier) >= {"traceparent", "tracestate", "baggage"}

    return Case(run)


def case(workload: str) -> Case:
    """Spans, dropped or sent, metrics with labels in the call, and propagation."""
    if workload.startswith(("E", "H")):
        return exporting() if workload == "E1" else serving()
    if workload[0] == "S":
        return spans(workload)
    return propagation(workload) if workload[0] == "P" else metrics(workload)
