"""opentelemetry-sdk: spans to an exporter that drops, metrics to a reader that is not read, propagation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from opentelemetry import propagate
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from workloads import HEADERS, SERIES, Case


class Dropping(SpanExporter):
    """Counts and drops, without encoding: less work than any real exporter."""

    def __init__(self) -> None:
        self.count = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take a batch."""
        self.count += len(spans)
        return SpanExportResult.SUCCESS


def spans(depth: int) -> Case:
    """S1 and S2: a child made current under an open root, three attributes, end."""
    exporter = Dropping()
    # The queue holds a whole sample: by default it would drop what is over 2048.
    processor = BatchSpanProcessor(exporter, max_queue_size=1 << 18, max_export_batch_size=512)
    provider = TracerProvider()
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("shop.api")
    tracer.start_as_current_span("root").__enter__()
    start = tracer.start_as_current_span

    def run(count: int) -> None:
        for i in range(count):
            with start("child") as span:
                span.set_attribute("cart.items", i)
                span.set_attribute("cart.total", 99.5)
                span.set_attribute("cart.tenant", "acme")

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

    return Case(run if depth == 1 else run_nested, processor.force_flush, lambda: exporter.count // depth)


def metrics(histogram: bool) -> Case:
    """M1 and M2; a bound form does not exist."""
    meter = MeterProvider(metric_readers=[InMemoryMetricReader()]).get_meter("shop.api")
    update: Callable[..., None] = (
        meter.create_histogram("latency").record if histogram else meter.create_counter("requests").add
    )
    value = 0.12 if histogram else 1

    def run(count: int) -> None:
        for _ in range(count // len(SERIES) + 1):
            for method, route, status in SERIES:
                update(value, {"method": method, "route": route, "status": status})

    return Case(run)


def propagation() -> Case:
    """P1: the W3C trace context and baggage, which are its default propagators."""
    extract, inject = propagate.extract, propagate.inject

    def run(count: int) -> None:
        for _ in range(count):
            carrier: dict[str, str] = {}
            inject(carrier, extract(HEADERS))
        assert set(carrier) >= {"traceparent", "tracestate", "baggage"}

    return Case(run)


def case(workload: str) -> Case:
    """S1, S2, M1, M2 and P1."""
    if workload in ("S1", "S2"):
        return spans(1 if workload == "S1" else 3)
    if workload == "P1":
        return propagation()
    return metrics(workload == "M2")
