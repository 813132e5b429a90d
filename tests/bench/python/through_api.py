"""The loops of what goes through the OpenTelemetry API, whoever stands behind it, and a server that is instrumented for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import islice
from typing import Any

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


#: Spans of one request: the server's, and one for each of the two messages of the answer.
SPANS = 3
#: What a server hands over for a request, apart from what it fills in for each one.
SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.4"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/cart/7",
    "raw_path": b"/cart/7",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"shop"), (b"user-agent", b"bench/1.0"), (b"accept", b"*/*")],
    "client": ("127.0.0.1", 50_000),
    "server": ("127.0.0.1", 8_000),
}


def requests(instrument: Callable[[Any], object] | None = None) -> Callable[[int], object]:
    """Requests to a route of FastAPI, one after the other, handed over as a server does: no socket is measured."""
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/cart/{number}")
    async def cart(number: int) -> dict[str, int]:
        return {"number": number}

    if instrument is not None:
        instrument(app)
    answered = 0

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal answered
        answered += message.get("status") == 200

    async def in_turn(count: int) -> None:
        for _ in range(count):
            await app({**SCOPE, "headers": list(SCOPE["headers"])}, receive, send)

    loop = asyncio.new_event_loop()

    def run(count: int) -> None:
        before = answered
        loop.run_until_complete(in_turn(count))
        assert answered - before == count, "every request is answered"

    return run


def traced_requests() -> Callable[[int], object]:
    """The same with the published instrumentation, on the providers that are set."""
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

    return requests(FastAPIInstrumentor.instrument_app)
