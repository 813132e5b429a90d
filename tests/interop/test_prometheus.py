"""A real Prometheus scrapes programs of several languages and answers what can be computed exactly."""

from __future__ import annotations

import json
import math
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from programs import ask, start, tool
from scraped import BOUNDS, LATENCIES, SCRAPED
from serving import free_port

INSTALL = "apt-get install prometheus"
STEPS = [7, 1, 12, 3, 5, 40]


@pytest.fixture(params=SCRAPED)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    started = start(request.param, SCRAPED[request.param], tmp_path)
    yield started
    assert started.stdin is not None
    started.stdin.close()
    assert started.wait(timeout=30) == 0


class Prometheus:
    """A server with one target."""

    def __init__(self, folder: Path, target: str, port: int) -> None:
        config = folder / "prometheus.yml"
        job = {"job_name": "shop", "scrape_interval": "1s", "static_configs": [{"targets": [target]}]}
        config.write_text(json.dumps({"scrape_configs": [job]}), encoding="utf-8")
        self.url = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen(
            [
                tool("prometheus", INSTALL),
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=error",
            ],
            cwd=folder,
        )

    def query(self, expression: str, at: float | None = None) -> list[dict[str, Any]]:
        asked = {"query": expression} | ({} if at is None else {"time": f"{at:.3f}"})
        with urlopen(f"{self.url}/api/v1/query?{urlencode(asked)}", timeout=10) as reply:
            answer = json.load(reply)
        assert answer["status"] == "success", answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def value(self, expression: str, at: float | None = None) -> float | None:
        found = self.query(expression, at)
        return float(found[0]["value"][1]) if found else None

    def wait(self, expression: str, wanted: float) -> None:
        due = time.monotonic() + 30
        while True:
            try:
                if self.value(expression) == wanted:
                    return
            except OSError:
                # It has not begun to listen.
                assert self.server.poll() is None, "prometheus has ended"
            assert time.monotonic() < due, expression
            time.sleep(0.1)


def exact_rate(samples: list[tuple[int, float]], end: int, span: float) -> float:
    """What Prometheus says that `rate` is: the increase over the samples, extrapolated to the range.

    Moments are in milliseconds, as there: differences of seconds since 1970 are not exact.
    """
    (first_at, first), (last_at, last) = samples[0], samples[-1]
    increase, sampled = last - first, (last_at - first_at) / 1000
    average = sampled / (len(samples) - 1)
    to_start, to_end = (first_at - end) / 1000 + span, (end - last_at) / 1000
    if increase > 0 and first >= 0:
        to_start = min(to_start, sampled * (first / increase))
    covered = sampled
    covered += to_start if to_start < average * 1.1 else average / 2
    covered += to_end if to_end < average * 1.1 else average / 2
    return increase * (covered / sampled / span)


def exact_quantile(share: float, values: list[float]) -> float:
    """What Prometheus says that `histogram_quantile` is: linear inside of a bucket."""
    rank = share * len(values)
    below = 0.0
    for lower, upper in zip([0.0, *BOUNDS], BOUNDS, strict=False):
        count = sum(lower < value <= upper for value in values)
        if below + count >= rank:
            return lower + (upper - lower) * ((rank - below) / count)
        below += count
    return BOUNDS[-1]


def test_prometheus_answers_what_was_recorded(program: subprocess.Popen[str], tmp_path: Path) -> None:
    tool("prometheus", INSTALL)
    target = ask(program, "where")
    prometheus = Prometheus(tmp_path, target, free_port())
    try:
        prometheus.wait('up{job="shop"}', 1)
        totals = [0.0]
        for step in STEPS:
            assert ask(program, str(step)) == "done"
            totals.append(totals[-1] + step)
            prometheus.wait('orders_total{region="eu"}', totals[-1])

        end = time.time()
        (series,) = prometheus.query('orders_total{region="eu"}[30s]', end)
        samples = [(round(at * 1000), float(value)) for at, value in series["values"]]
        assert {value for _, value in samples} == set(totals[1:]), "each total was seen, and nothing else"
        rate = prometheus.value('rate(orders_total{region="eu"}[30s])', end)
        assert rate is not None
        assert math.isclose(rate, exact_rate(samples, round(end * 1000), 30), rel_tol=1e-12)

        recorded = LATENCIES * len(STEPS)
        for share in (0.1, 0.5, 0.9, 0.95):
            quantile = prometheus.value(f"histogram_quantile({share}, latency_seconds_bucket)")
            assert quantile is not None
            assert math.isclose(quantile, exact_quantile(share, recorded), rel_tol=1e-12), share
        assert prometheus.value("latency_seconds_count") == len(recorded)
        total = prometheus.value("latency_seconds_sum")
        assert total is not None and math.isclose(total, sum(recorded), rel_tol=1e-12)
        assert prometheus.value("count_over_time(up[1m]) - sum_over_time(up[1m])") == 0, "no scrape failed"
    finally:
        prometheus.server.terminate()
        prometheus.server.wait(timeout=30)


@pytest.mark.parametrize("accept", ["*/*", "text/plain;version=1.0.0;escaping=values"])
def test_promtool_has_nothing_to_say(program: subprocess.Popen[str], accept: str) -> None:
    promtool = tool("promtool", INSTALL)
    target = ask(program, "where")
    assert ask(program, "3") == "done"
    time.sleep(0.5)
    with urlopen(Request(f"http://{target}/metrics", headers={"Accept": accept}), timeout=10) as reply:
        text = reply.read()
    assert b"orders_total" in text
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b""), text.decode()
