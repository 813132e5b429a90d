"""Ours, through the public face, with what it does by default: limits and redaction of keys are on."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bindings/python/python"))

import varied
import vigie
from workloads import BOUND, EXPOSED, LOGGER, MESSAGE, SERIES, Case, headers, lines_on_disk, series, sink


def configure(output: dict[str, object], **more: object) -> None:
    """One output, nothing else."""
    vigie.init(service=BOUND["service"], version="1.4.2", outputs=[output], **more)


def delivered() -> int:
    """Records that the one output has written."""
    (output,) = vigie.stats()["outputs"]
    assert not output["dropped"], output
    return int(output["delivered"])


def flush() -> None:
    """Everything out, or the numbers are worth nothing."""
    assert vigie.flush(timeout=30)


def logs(workload: str) -> Case:
    """L1, L1v, L1f and L0: inside a request's context and span, which give correlation, trace and span id."""
    if workload == "L1f":
        Path(sink(workload)).unlink(missing_ok=True)
    configure({"to": "file", "path": sink(workload)}, level="info")
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

    exported = {"L1": delivered, "L1v": delivered, "L1f": lines_on_disk, "L0": None}[workload]
    return Case(run_varied if workload == "L1v" else run, flush, exported)


def spans(depth: int) -> Case:
    """S1 and S2: a child made current under an open root, three attributes, end."""
    configure({"to": "null"})
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

    return Case(run if depth == 1 else run_nested, flush, lambda: delivered() // depth)


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
        return Case(run)
    bound = instrument.bind(**dict(zip(("method", "route", "status"), SERIES[0], strict=True)))
    update_bound = bound.record if histogram else bound.add

    def run_bound(count: int) -> None:
        for _ in range(count):
            update_bound(value)

    return Case(run_bound)


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


def case(workload: str) -> Case:
    """Any workload."""
    if workload[0] == "L":
        return logs(workload)
    if workload[0] == "M":
        return metrics(workload)
    if workload[0] == "P":
        return propagation(workload)
    others = {"S1": lambda: spans(1), "S1v": varied_spans, "S2": lambda: spans(3), "X1": exposition}
    return others[workload]()
