"""prometheus_client: counters, histograms and the exposition."""

from __future__ import annotations

from itertools import islice

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from workloads import EXPOSED, SERIES, Case, series

LABELS = ["method", "route", "status"]


def exposition() -> Case:
    """X1: one series changes between two expositions."""
    registry = CollectorRegistry()
    counter = Counter("requests", "Requests", LABELS, registry=registry)
    for i in range(EXPOSED):
        counter.labels("GET", f"/item/{i}", "200").inc()

    def run(count: int) -> None:
        for _ in range(count):
            counter.labels("GET", "/item/7", "200").inc()
            text = generate_latest(registry)
        assert text.count(b"requests_total{") == EXPOSED

    return Case(run)


def bound(histogram: bool) -> Case:
    """M1b and M2b: the child is looked up once."""
    registry = CollectorRegistry()
    if histogram:
        update = Histogram("latency", "Latency", LABELS, registry=registry).labels(*SERIES[0]).observe
        value = 0.12
    else:
        update = Counter("requests", "Requests", LABELS, registry=registry).labels(*SERIES[0]).inc
        value = 1

    def run(count: int) -> None:
        for _ in range(count):
            update(value)

    return Case(run)


def labelled(workload: str) -> Case:
    """M1, M1v and M2: the label values are given in the call."""
    values = series(workload)
    registry = CollectorRegistry()
    counter = Counter("requests", "Requests", LABELS, registry=registry)
    latency = Histogram("latency", "Latency", LABELS, registry=registry)

    def run_counter(count: int) -> None:
        for method, route, status in islice(values, count):
            counter.labels(method, route, status).inc()

    def run_histogram(count: int) -> None:
        for method, route, status in islice(values, count):
            latency.labels(method, route, status).observe(0.12)

    return Case(run_histogram if workload == "M2" else run_counter)


def case(workload: str) -> Case:
    """M1, M1v, M1b, M2, M2b and X1."""
    if workload == "X1":
        return exposition()
    if workload.endswith("b"):
        return bound(workload == "M2b")
    return labelled(workload)
