"""A real VictoriaMetrics takes line protocol, as InfluxDB 1 and 2 are written to, and OTLP; it answers in PromQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from programs import run
from recorded import AT, SOURCES
from serving import answer, built, free_port, serving, text, until

# OTLP's JSON it does not take.
WAYS: dict[str, dict[str, Any]] = {
    "v1": {"to": "influx", "path": "/write?db=shop"},
    "v2": {"to": "influx", "path": "/api/v2/write?org=shop&bucket=metrics"},
    "otlp": {"to": "otlp", "signals": ["metrics"], "path": "/opentelemetry/v1/metrics"},
}
# One name for each field of a point.
AS_LINES = {
    "orders_value": 3,
    "open_value": -2,
    "depth_value": 2.5,
    "latency_count": 3,
    "latency_sum": 101,
    "latency_min": 0.25,
    "latency_max": 99.5,
    "latency_0.5": 1,
    "latency_1.5": 2,
    "latency_+Inf": 3,
}
AS_OTLP = {
    "orders": 3,
    "open": -2,
    "depth": 2.5,
    "latency_count": 3,
    "latency_sum": 101,
    "latency_bucket 0.5": 1,
    "latency_bucket 1.5": 2,
    "latency_bucket +Inf": 3,
}
ATTRIBUTES = {"orders": {"region": "eu"}, "latency": {"route": "/"}}

STEPS = [7, 1, 12, 3, 5, 40]
# No control characters, which line protocol has escaped; InfluxDB itself is asked about those.
PIECES = ["a", ",", "=", " ", '"', "é", "\U0001f600", "{", "}"]
TEXTS = [f"{one}x{two}" for one in PIECES for two in PIECES]
HISTORY = f"""
import json, sys, vigie
vigie.init(json.loads(sys.argv[1]))
orders, tagged = vigie.counter("orders"), vigie.counter("tagged")
latency = vigie.histogram("latency", buckets=[1.0, 2.0, 4.0])
for step in {STEPS}:
    orders.add(step)
    latency.record(step)
    assert vigie.flush(timeout=20)
for n, text in enumerate({TEXTS!r}):
    tagged.add(n, text=text)
assert vigie.shutdown(timeout=20)
"""


@pytest.fixture(scope="module")
def victoriametrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("victoriametrics"), free_port()
    options = {"httpListenAddr": f"127.0.0.1:{port}", "storageDataPath": str(folder / "data")}
    # The clock of the programs stands in the past.
    options |= {"retentionPeriod": "100y", "loggerLevel": "ERROR", "search.latencyOffset": "0s"}
    command = [built("victoria-metrics"), *(f"-{key}={value}" for key, value in options.items())]
    with serving(command, port, folder) as url:
        yield url
    assert (folder / "victoria-metrics.log").read_text() == "", "it has complained of nothing"


def config(way: str, compression: str, url: str, service: str) -> str:
    output = {**WAYS[way], "compression": compression}
    address = f"{url}{output.pop('path')}"
    output |= {"endpoints": {"metrics": address}} if way == "otlp" else {"url": address}
    testing = {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 7}
    settings = {"service": service, "version": "1.4.2", "level": "trace"}
    return json.dumps({**settings, "outputs": [output], "testing": testing})


def of(way: str, service: str) -> str:
    """What selects the series of a service, whose label has another name by each way."""
    return json.dumps("service.name" if way == "otlp" else "service") + f'="{service}"'


def series(url: str, selector: str, count: int) -> list[dict[str, Any]]:
    """All samples of all series that are selected, once there are so many series."""

    def ask() -> list[dict[str, Any]] | None:
        # What was added a moment ago can be asked for at once then.
        text(f"{url}/internal/force_flush")
        answered = text(f"{url}/api/v1/export", **{"match[]": f"{{{selector}}}"})
        found = [json.loads(line) for line in answered.split("\n") if line]
        return found if len(found) >= count else None

    return until(f"{count} series of {selector}", ask)


def value(url: str, expression: str, at: float) -> float:
    """What it answers to a query, which is one number."""
    result = answer(f"{url}/api/v1/query", query=expression, time=f"{at:.3f}")["data"]["result"]
    assert len(result) == 1, (expression, result)
    return float(result[0]["value"][1])


@pytest.mark.parametrize("language", SOURCES)
@pytest.mark.parametrize("compression", ["gzip", "none"])
@pytest.mark.parametrize("way", WAYS)
def test_what_was_measured_is_answered(
    language: str, compression: str, way: str, victoriametrics: str, tmp_path: Path
) -> None:
    service, wanted = f"{language}-{compression}-{way}", AS_OTLP if way == "otlp" else AS_LINES
    run(language, SOURCES[language], tmp_path, config(way, compression, victoriametrics, service))
    found = {}
    for one in series(victoriametrics, of(way, service), len(wanted)):
        labels = one["metric"]
        name = " ".join([labels["__name__"], *([labels["le"]] if "le" in labels else [])])
        found[name] = one["values"]
        assert one["timestamps"] == [AT // 1_000_000]
        assert labels["service.version" if way == "otlp" else "version"] == "1.4.2"
        attributes = ATTRIBUTES.get(name.split(" ")[0].split("_")[0], {})
        assert labels.items() >= attributes.items()
        queried = value(victoriametrics, f"{{{selected(labels)}}}", AT / 1e9)
        assert [queried] == one["values"]
    assert found == {name: [number] for name, number in wanted.items()}
    if way == "otlp":
        median = f"histogram_quantile(0.5, {{{of(way, service)},__name__='latency_bucket'}})"
        # The second of three lies in the middle of the bucket from 0.5 to 1.5.
        assert value(victoriametrics, median, AT / 1e9) == 1.0


def selected(labels: dict[str, str]) -> str:
    """What selects one series."""
    return ",".join(f"{json.dumps(key)}={json.dumps(text)}" for key, text in labels.items())


@pytest.mark.parametrize("way", WAYS)
def test_every_point_of_a_series_is_there(way: str, victoriametrics: str, tmp_path: Path) -> None:
    service = f"history-{way}"
    run("python", HISTORY, tmp_path, config(way, "gzip", victoriametrics, service))
    name = "orders" if way == "otlp" else "orders_value"
    (orders,) = series(victoriametrics, f'{of(way, service)},__name__="{name}"', 1)
    totals = list(accumulate(STEPS))
    # The last one again with the points of `shutdown`.
    assert orders["values"] == [*totals, totals[-1]]
    assert orders["timestamps"] == sorted(set(orders["timestamps"]))
    end = orders["timestamps"][-1] / 1000
    for function, expected in (("sum", sum(totals) + totals[-1]), ("max", totals[-1]), ("min", STEPS[0])):
        query = f'{function}_over_time({{{of(way, service)},__name__="{name}"}}[1h])'
        assert value(victoriametrics, query, end) == expected, function
    name = "tagged" if way == "otlp" else "tagged_value"
    tagged = series(victoriametrics, f'{of(way, service)},__name__="{name}"', len(TEXTS))
    assert {one["metric"]["text"]: one["values"] for one in tagged} == {
        text: [n] for n, text in enumerate(TEXTS)
    }
