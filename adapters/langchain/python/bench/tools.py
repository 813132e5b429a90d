"""The tools that are compared, each set up as its own pages say, behind one face.

Not for the comparison: see ``compare``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Tool:
    """One tool at work in this process."""

    # A span of the application, current inside.
    span: Callable[[str], contextlib.AbstractContextManager[Any]]
    # The id of the span that is current.
    current: Callable[[], object]
    # The spans that ended since it was asked last: name, id, parent, trace, status, attributes.
    spans: Callable[[], list[dict[str, Any]]]
    # How many spans were started and have not ended.
    open: Callable[[], int]


def none() -> Tool:
    """Nothing at all: what the others' overhead is measured against."""
    return Tool(lambda name: contextlib.nullcontext(), lambda: None, list, lambda: 0)


def vigie(measured: bool) -> Tool:
    """Vigie with a file as output, so that every span is encoded and written."""
    import json
    import tempfile

    import vigie as face
    import vigie_langchain

    path = tempfile.mkdtemp() + "/spans.jsonl"
    face.init(service="compare", outputs=[{"to": "file", "path": path}])
    vigie_langchain.instrument()
    read = 0

    def spans() -> list[dict[str, Any]]:
        nonlocal read
        face.flush()
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        new, read = lines[read:], len(lines)
        return [
            {
                "name": line["name"],
                "id": line["span_id"],
                "parent": line.get("parent_span_id"),
                "trace": line["trace_id"],
                "status": line["status"],
                "attributes": line.get("attributes", {}),
            }
            for line in new
            if line.get("kind") == "span"
        ]

    return Tool(
        face.span, lambda: face.current_context().span_id, spans, lambda: vigie_langchain.stats()["open"]
    )


def _opentelemetry(instrument: Callable[[Any], None], measured: bool) -> Tool:
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Nowhere(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    class Kept(SpanProcessor):
        def __init__(self) -> None:
            self.started = 0
            self.ended: list[Any] = []

        def on_start(self, span: Any, parent_context: Any = None) -> None:
            self.started += 1

        def on_end(self, span: Any) -> None:
            self.ended.append(span)

    kept = Kept()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Nowhere()) if measured else kept)
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(MeterProvider())
    instrument(provider)
    tracer = trace.get_tracer("app")
    read = 0

    def spans() -> list[dict[str, Any]]:
        nonlocal read
        new, read = kept.ended[read:], len(kept.ended)
        return [
            {
                "name": span.name,
                "id": span.context.span_id,
                "parent": span.parent and span.parent.span_id,
                "trace": span.context.trace_id,
                "status": span.status.status_code.name.lower(),
                "attributes": dict(span.attributes),
            }
            for span in new
        ]

    return Tool(
        tracer.start_as_current_span,
        lambda: trace.get_current_span().get_span_context().span_id or None,
        spans,
        lambda: kept.started - len(kept.ended),
    )


def openinference(measured: bool) -> Tool:
    """OpenInference's instrumentation of LangChain."""

    def instrument(provider: Any) -> None:
        from openinference.instrumentation.langchain import LangChainInstrumentor

        LangChainInstrumentor().instrument(tracer_provider=provider)

    return _opentelemetry(instrument, measured)


def openllmetry(measured: bool) -> Tool:
    """OpenLLMetry's instrumentation of LangChain."""

    def instrument(provider: Any) -> None:
        from opentelemetry.instrumentation.langchain import LangchainInstrumentor

        LangchainInstrumentor().instrument(tracer_provider=provider)

    return _opentelemetry(instrument, measured)


def otel(measured: bool) -> Tool:
    """OpenTelemetry's own instrumentation of LangChain."""

    def instrument(provider: Any) -> None:
        from opentelemetry.instrumentation.genai.langchain import LangChainInstrumentor

        LangChainInstrumentor().instrument(tracer_provider=provider)

    return _opentelemetry(instrument, measured)


TOOLS: dict[str, Callable[[bool], Tool]] = {
    "none": lambda _: none(),
    "Vigie": vigie,
    "OpenInference": openinference,
    "OpenLLMetry": openllmetry,
    "OpenTelemetry": otel,
}
