"""What a call costs more with an adapter than without, in local mode: processor time, the best of many rounds in turns.

`python bench/overhead.py` measures this adapter. `--peer` measures opentelemetry-instrumentation-qdrant with the
OpenTelemetry SDK in its place; that needs an environment of its own, with both installed.
"""

import sys
import time
from collections.abc import Callable

from qdrant_client import QdrantClient, models

ROUNDS = 200
CALLS = 50


def this_one() -> tuple[Callable[[], None], Callable[[], None]]:
    """How this adapter is put in and taken out; spans and metrics go through everything but a disk."""
    import vigie
    import vigie_qdrant

    vigie.init(service="overhead", outputs=[{"to": "null"}])
    return vigie_qdrant.instrument, vigie_qdrant.uninstrument


def the_peer() -> tuple[Callable[[], None], Callable[[], None]]:
    """The same for the peer, with a batch processor before an exporter that keeps nothing."""
    from opentelemetry import trace
    from opentelemetry.instrumentation.qdrant import QdrantInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Nowhere(SpanExporter):
        def export(self, _spans: object) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    trace.set_tracer_provider(provider)
    peer = QdrantInstrumentor()
    return peer.instrument, peer.uninstrument


def calls_of(client: QdrantClient) -> dict[str, Callable[[], object]]:
    """What is measured: searches among points that are there, and a point that is written."""
    found = models.Filter(must=[models.FieldCondition(key="n", range=models.Range(gte=2))])
    return {
        "retrieve": lambda: client.retrieve("docs", [1]),
        "count": lambda: client.count("docs"),
        "query_points": lambda: client.query_points("docs", query=[1.0] * 8, limit=3),
        "query_points, filtered": lambda: client.query_points("docs", query=[1.0] * 8, query_filter=found),
        "upsert": lambda: client.upsert("docs", [models.PointStruct(id=1, vector=[1.0] * 8)]),
    }


def main() -> None:
    client = QdrantClient(":memory:")
    client.create_collection(
        "docs", vectors_config=models.VectorParams(size=8, distance=models.Distance.COSINE)
    )
    client.upsert(
        "docs", [models.PointStruct(id=i, vector=[i, *[1.0] * 7], payload={"n": i}) for i in range(5)]
    )
    put_in, take_out = the_peer() if "--peer" in sys.argv else this_one()
    print(
        f"{'call':24} {'without':>10} {'with':>10} {'more':>8}   us of processor time, best of {ROUNDS} rounds"
    )
    for name, call in calls_of(client).items():
        without = within = float("inf")
        for _ in range(ROUNDS):
            # One after the other in each round, so that what else the machine does meets both.
            without = min(without, time_of(call))
            put_in()
            within = min(within, time_of(call))
            take_out()
        print(f"{name:24} {without:10.1f} {within:10.1f} {within - without:8.1f}", flush=True)


def time_of(call: Callable[[], object]) -> float:
    """Microseconds of processor time a call, those of other threads included. The first calls after a change of the methods
    are slow in either state."""
    for _ in range(CALLS // 5):
        call()
    began = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - began) / CALLS * 1e6


if __name__ == "__main__":
    main()
