"""ddtrace: spans to a writer that drops."""

from __future__ import annotations

import os

# Nothing is sent anywhere, and nothing but spans is made.
os.environ |= {
    "DD_TRACE_ENABLED": "true",
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_REMOTE_CONFIGURATION_ENABLED": "false",
    "DD_TRACE_STARTUP_LOGS": "false",
    "DD_TRACE_STATS_COMPUTATION_ENABLED": "false",
}

from ddtrace.internal.writer import TraceWriter
from ddtrace.trace import tracer
from workloads import Case


class Dropping(TraceWriter):
    """Counts and drops, without encoding: less work than any real writer."""

    def __init__(self) -> None:
        self.count = 0

    def recreate(self, *_args: object, **_kwargs: object) -> Dropping:
        """The same one: it holds no resources."""
        return self

    def stop(self, timeout: float | None = None) -> None:
        """Nothing to stop."""

    def write(self, spans: list[object] | None = None) -> None:
        """Take a trace, or the finished part of one."""
        self.count += len(spans or ())

    def flush_queue(self) -> None:
        """Nothing is queued."""


def case(workload: str) -> Case:
    """S1 and S2."""
    writer = Dropping()
    tracer._span_aggregator.writer = writer
    tracer.trace("root")
    start = tracer.trace

    def run(count: int) -> None:
        for i in range(count):
            with start("child") as span:
                span.set_metric("cart.items", i)
                span.set_metric("cart.total", 99.5)
                span.set_tag("cart.tenant", "acme")

    def run_nested(count: int) -> None:
        for i in range(count):
            with start("outer") as outer:
                outer.set_metric("cart.items", i)
                outer.set_metric("cart.total", 99.5)
                outer.set_tag("cart.tenant", "acme")
                with start("middle") as middle:
                    middle.set_metric("cart.items", i)
                    middle.set_metric("cart.total", 99.5)
                    middle.set_tag("cart.tenant", "acme")
                    with start("inner") as inner:
                        inner.set_metric("cart.items", i)
                        inner.set_metric("cart.total", 99.5)
                        inner.set_tag("cart.tenant", "acme")

    # No count of what came out: the finished spans of an open trace are written in portions of 300.
    return Case(run if workload == "S1" else run_nested)
