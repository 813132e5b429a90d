"""The spans that OpenTelemetry has open, as far as the SDK or another instrumentation made them for a request.

OpenTelemetry is never imported here: without it there is nothing to find. Not for the spans of our own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import vigie

from . import names
from .faults import quiet


def _trace() -> Any:
    return sys.modules.get("opentelemetry.trace")


@quiet(False)
def records() -> bool:
    """Whether a provider is installed, so that the SDK's own spans are kept. Its API alone keeps and carries nothing."""
    trace = _trace()
    if trace is None:
        return False
    return not isinstance(trace.get_tracer_provider(), (trace.ProxyTracerProvider, trace.NoOpTracerProvider))


@quiet(None)
def span_of(method: str, tool: str | None) -> Any:
    """The current span, if it is recorded and stands for this request: one of this method, or an agent's of this tool's
    execution. None otherwise.
    """
    trace = _trace()
    if trace is None:
        return None
    span = trace.get_current_span()
    if not span.is_recording():
        return None
    attributes = getattr(span, "attributes", None) or {}
    if attributes.get(names.METHOD) == method:
        return span
    executes = attributes.get(names.OPERATION) == names.EXECUTE_TOOL and names.METHOD not in attributes
    return span if executes and tool is not None and attributes.get(names.TOOL) == tool else None


@quiet(None)
def current() -> Any:
    """The current span, if it is recorded; None otherwise."""
    trace = _trace()
    span = trace.get_current_span() if trace is not None else None
    return span if span is not None and span.is_recording() else None


def context_of(span: Any) -> vigie.Context:
    """The ids of a span as a context of Vigie's, so that what is logged inside belongs to its trace."""
    ids = span.get_span_context()
    carried = {"traceparent": f"00-{ids.trace_id:032x}-{ids.span_id:016x}-{int(ids.trace_flags):02x}"}
    state = ids.trace_state.to_header()
    if state:
        carried["tracestate"] = state
    return vigie.context_from(carried)


def enrich(span: Any, attributes: Mapping[str, object]) -> None:
    """Sets attributes, of which OpenTelemetry's API takes scalars and lists of texts."""
    for key, value in attributes.items():
        flat = isinstance(value, (str, bool, int, float)) or (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        )
        span.set_attribute(key, value if flat else json.dumps(value, ensure_ascii=False, default=str))
