"""The loops of what goes through the OpenTelemetry API, whoever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from opentelemetry.metrics import Meter
from opentelemetry.trace import Tracer
from workloads import series


def child_spans(tracer: Tracer) -> Callable[[int], object]:
    """A child made current under an open root, three attributes, end."""
    tracer.start_as_current_span("root").__enter__()
    start = tracer.start_as_current_span

    def run(count: int) -> None:
        for i in range(count):
            with start("child") as span:
                span.set_attribute("cart.items", i)
                span.set_attribute("cart.total", 99.5)
                span.set_attribute("cart.tenant", "acme")

    return run


def updates(meter: Meter, workload: str) -> Callable[[int], object]:
    """Measurements with three labels in the call."""
    values, histogram = series(workload), workload == "M2"
    update: Callable[..., None] = (
        meter.create_histogram("latency").record if histogram else meter.create_counter("requests").add
    )
    value = 0.12 if histogram else 1

    def run(count: int) -> None:
        for method, route, status in islice(values, count):
            update(value, {"method": method, "route": route, "status": status})

    return run
