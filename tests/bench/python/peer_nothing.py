"""Providers whose methods do nothing, and whose spans say that they record: what an instrumentation takes by itself, whoever
stands behind it. No provider can be below this.
"""

from __future__ import annotations

from typing import Any

from opentelemetry import metrics, trace
from through_api import traced_requests
from workloads import Case

CONTEXT = trace.SpanContext(1, 1, is_remote=False, trace_flags=trace.TraceFlags(1))


class Nothing(trace.NonRecordingSpan):
    """Takes everything and keeps nothing."""

    #: Instrumentations ask for it.
    kind = trace.SpanKind.SERVER

    def is_recording(self) -> bool:
        """So that nothing is left out for it."""
        return True


SPAN = Nothing(CONTEXT)


class Tracer(trace.NoOpTracer):
    """The same span, whatever is asked; it is not made current."""

    def start_span(self, *_args: Any, **_more: Any) -> trace.Span:
        """That span."""
        return SPAN

    start_as_current_span = start_span  # type: ignore[assignment]  # A span can be used with `with`, too.


class Provider(trace.NoOpTracerProvider):
    """Gives the tracer."""

    def get_tracer(self, *_args: Any, **_more: Any) -> trace.Tracer:
        """That tracer."""
        return Tracer()


def case(_workload: str) -> Case:
    """H1ao."""
    trace.set_tracer_provider(Provider())
    metrics.set_meter_provider(metrics.NoOpMeterProvider())
    return Case(traced_requests())
