"""Ours, through the public face, with what it does by default: limits and redaction of keys are on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bindings/python/python"))

import varied
import vigie
from receiver import RECEIVER, in_portions, received
from workloads import BOUND, EXPOSED, LOGGER, MESSAGE, SERIES, Case, headers, lines_on_disk, series, sink

# None of them finds anything.
PATTERNS = {"badge": "B-[0-9]{6}", "account": "acct_[a-z0-9]{12}", "plate": "(?i)[a-z]{2}-[0-9]{4}"}


def configure(*outputs: dict[str, object], **more: object) -> None:
    """These outputs, nothing else."""
    vigie.init(service=BOUND["service"], version="1.4.2", outputs=list(outputs), **more)


def delivered() -> int:
    """Records that the last output has written."""
    outputs = vigie.stats()["outputs"]
    assert not any(output["dropped"] for output in outputs), outputs
    return int(outputs[-1]["delivered"])


def flush() -> None:
    """Everything out, or the numbers are worth nothing."""
    assert vigie.flush(timeout=30)


def log_loop(workload: str) -> Callable[[int], object]:
    """Log records inside a request's context and span, which give correlation, trace and span id."""
    vigie.context(correlation_id=BOUND["correlation_id"]).__enter__()
    vigie.span("request").__enter__()
    log = vigie.get_logger(LOGGER)
    record = log.debug if workload == "L0" else log.info

    def run(count: int) -> None:
        for i in range(count):
            record(
                MESSAGE,
                method="GET",
                route="/cart/items",
                status=200,
                bytes=i,
                duration_ms=12.75,
                cached=True,
            )

    error = varied.declined()

    def run_varied(count: int) -> None:
        for i in range(count):
            record(
                varied.MESSAGE,
                customer=varied.CUSTOMER,
                note=varied.NOTE,
                request={
                    "order_id": varied.ORDER_ID,
                    "client": {"ip": "2001:db8::17", "agent": varied.AGENT},
                },
                placed_at=varied.PLACED_AT,
                items=i,
                exc_info=error,
            )

    return run_varied if workload == "L1v" else run


def logs(workload: str) -> Case:
    """L1, L1k, L1v, L1f, L1p and L0."""
    if workload == "L1f":
        Path(sink(workload)).unlink(missing_ok=True)
    settings: dict[str, dict[str, object]] = {
        "L1p": {"redact": {"patterns": PATTERNS}},
        "L1k": {"sample": {"logs": {"debug": 0.01, "per_second": 1_000_000_000}}},
    }
    configure({"to": "file", "path": sink(workload)}, level="info", **settings.get(workload, {}))
    exported = {"L1f": lines_on_disk, "L0": None}.get(workload, delivered)
    return Case(log_loop(workload), flush, exported)


def through_the_librarys_logging() -> Case:
    """L1s: what the peer is given, word for word, inside a request's context and span."""
    # Nobody else needs it here.
    import logging

    import vigie.logging
    from through_logging import through_logging

    configure({"to": "file", "path": sink("L1s")}, level="info")
    vigie.context(correlation_id=BOUND["correlation_id"]).__enter__()
    vigie.span("request").__enter__()
    vigie.logging.install(level="INFO")
    return Case(through_logging(logging.getLogger(LOGGER)), flush, delivered)


def span_loop(depth: int) -> Callable[[int], object]:
    """Children made current under an open root, each with three attributes."""
    vigie.span("root").__enter__()
    span = vigie.span

    def run(count: int) -> None:
        for i in range(count):
            with span("child") as child:
                child.set_attribute("cart.items", i)
                child.set_attribute("cart.total", 99.5)
                child.set_attribute("cart.tenant", "acme")

    def run_nested(count: int) -> None:
        for i in range(count):
            with span("outer") as outer:
                outer.set_attribute("cart.items", i)
                outer.set_attribute("cart.total", 99.5)
                outer.set_attribute("cart.tenant", "acme")
                with span("middle") as middle:
                    middle.set_attribute("cart.items", i)
                    middle.set_attribute("cart.total", 99.5)
                    middle.set_attribute("cart.tenant", "acme")
                    with span("inner") as inner:
                        inner.set_attribute("cart.items", i)
                        inner.set_attribute("cart.total", 99.5)
                        inner.set_attribute("cart.tenant", "acme")

    return run if depth == 1 else run_nested


def spans(depth: int) -> Case:
    """S1 and S2."""
    configure({"to": "null"})
    return Case(span_loop(depth), flush, lambda: delivered() // depth)


def varied_spans() -> Case:
    """S1v: six attributes of mixed kinds, an event with two, a link."""
    configure({"to": "null"})
    vigie.span("root").__enter__()
    span = vigie.span
    linked = vigie.start_span("linked")

    def run(count: int) -> None:
        for i in range(count):
            with span("child") as child:
                child.set_attribute("cart.items", i)
                child.set_attribute("cart.total", 99.5)
                child.set_attribute("cart.customer", varied.CUSTOMER)
                child.set_attribute("cart.express", True)
                child.set_attribute("cart.order_id", varied.ORDER_TEXT)
                child.set_attribute("cart.tags", varied.TAGS)
                child.add_event("stock reserved", warehouse="Köln", left=i)
                child.add_link(linked)

    return Case(run, flush, delivered)


def metrics(workload: str) -> Case:
    """M1, M1v, M1b, M2 and M2b."""
    configure({"to": "null", "signals": ["logs"]}, limits={"series_per_instrument": 4_000})
    return Case(update_loop(workload))


def update_loop(workload: str) -> Callable[[int], object]:
    """Updates of an instrument, bound or with three labels in the call."""
    values = series(workload)
    histogram = workload.startswith("M2")
    if histogram:
        instrument = vigie.histogram("latency", unit="s")
        update, value = instrument.record, 0.12
    else:
        instrument = vigie.counter("requests")
        update, value = instrument.add, 1

    def run(count: int) -> None:
        for method, route, status in islice(values, count):
            update(value, method=method, route=route, status=status)

    if not workload.endswith("b"):
        return run
    bound = instrument.bind(**dict(zip(("method", "route", "status"), SERIES[0], strict=True)))
    update_bound = bound.record if histogram else bound.add

    def run_bound(count: int) -> None:
        for _ in range(count):
            update_bound(value)

    return run_bound


def exporting(workload: str, variant: str) -> Case:
    """E1, and what is recorded with OTLP or, the variant, with a file in its place."""
    letter = workload[0]
    signals = {"L": "logs", "M": "metrics"}.get(letter, "spans")
    file = {"to": "file", "path": os.devnull, "signals": [signals]}
    otlp = {"to": "otlp", "url": RECEIVER, "signals": [signals]}
    configure(*([file] if variant else [file, otlp] if workload.endswith("fo") else [otlp]))
    if letter == "M":
        return Case(update_loop("M1"), flush)
    make = log_loop("L1") if letter == "L" else span_loop(1)
    return Case(in_portions(make, delivered), flush, delivered if variant else received)


def through_the_api(workload: str) -> Case:
    """S1a, M1a and H1ao: what the peer is given, word for word."""
    # Nobody else needs OpenTelemetry here.
    import vigie.otel
    from through_api import SPANS, child_spans, traced_requests, updates

    if workload == "H1ao":
        configure({"to": "otlp", "url": RECEIVER, "signals": ["spans"]})
        vigie.otel.install()
        return Case(traced_requests(), flush, lambda: received() // SPANS)
    if workload == "M1a":
        configure({"to": "null", "signals": ["logs"]})
        return Case(updates(vigie.otel.MeterProvider().get_meter("shop.api"), workload))
    configure({"to": "null"})
    provider = vigie.otel.install()
    return Case(child_spans(provider.get_tracer("shop.api")), flush, delivered)


def propagation(workload: str) -> Case:
    """P1 and P1v: extract and inject into a fresh carrier."""
    configure({"to": "null"})
    incoming = headers(workload)
    extract, inject = vigie.extract, vigie.inject

    def run(count: int) -> None:
        for _ in range(count):
            with extract(incoming):
                carrier = inject({})
        assert set(carrier) >= {"traceparent", "tracestate", "baggage"}, carrier

    return Case(run)


def exposition() -> Case:
    """X1: one series changes between two expositions."""
    configure({"to": "null"}, limits={"series_per_instrument": 2 * EXPOSED})
    counter = vigie.counter("requests")
    for i in range(EXPOSED):
        counter.add(1, method="GET", route=f"/item/{i}", status="200")

    def run(count: int) -> None:
        for _ in range(count):
            counter.add(1, method="GET", route="/item/7", status="200")
            text = vigie.metrics_text()
        assert text.count('route="/item/') == EXPOSED, text.count("\n")

    return Case(run)


def case(workload: str, variant: str = "") -> Case:
    """Any workload."""
    if workload.endswith("a") or workload == "H1ao":
        return through_the_api(workload)
    if workload == "E1" or workload.endswith("o"):
        return exporting(workload, variant)
    if workload == "L1s":
        return through_the_librarys_logging()
    if workload[0] == "L":
        return logs(workload)
    if workload[0] == "M":
        return metrics(workload)
    if workload[0] == "P":
        return propagation(workload)
    others = {"S1": lambda: spans(1), "S1v": varied_spans, "S2": lambda: spans(3), "X1": exposition}
    return others[workload]()
