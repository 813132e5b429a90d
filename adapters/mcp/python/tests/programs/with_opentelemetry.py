"""A client and a server in a process where OpenTelemetry records. Prints what both libraries saw, as JSON."""

import json
import sys
from pathlib import Path

import anyio
import vigie
import vigie.testing
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

sys.path.insert(0, str(Path(__file__).parents[1]))

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)
vigie.init(service="both", level="debug", outputs=[{"to": "memory"}])

import vigie_mcp  # noqa: E402  # where OpenTelemetry records already

vigie_mcp.instrument(capture="full")

from mcp.client.client import Client  # noqa: E402  # loaded behind the hooks
from servers import server  # noqa: E402  # loaded behind the hooks
from test_spans import over_streams  # noqa: E402  # loaded behind the hooks


async def main() -> None:
    async def work(session) -> None:
        await session.call_tool("add", {"a": 1, "b": 2})
        await session.call_tool("fails", {})

    await over_streams(work)
    async with Client(server()) as client:
        await client.call_tool("add", {"a": 3, "b": 2})


with vigie.testing.capture() as records:
    anyio.run(main)


def described(span):
    return {
        "name": span.name,
        "kind": span.kind.name,
        "trace_id": f"{span.context.trace_id:032x}",
        "span_id": f"{span.context.span_id:016x}",
        "parent": f"{span.parent.span_id:016x}" if span.parent else None,
        "attributes": dict(span.attributes),
    }


theirs = [described(span) for span in kept.get_finished_spans()]
print(
    json.dumps(
        {"theirs": theirs, "ours": records.spans, "logs": records.logs, "metrics": vigie.metrics_text()}
    )
)
