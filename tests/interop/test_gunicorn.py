"""Workers of gunicorn that are recycled and killed under load: what was counted for an answered request is there."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

from load import KILLS, gunicorn
from programs import python_module
from serving import free_port

APPLICATION = """
import os
import vigie

vigie.init(
    service="shop",
    outputs=[{"to": "prometheus", "listen": os.environ["METRICS"]}],
    metrics={"multiprocess": "metrics"},
)
requests = vigie.counter("requests")
latency = vigie.histogram("latency", unit="s")


def application(environ, start_response):
    requests.add(1, route=environ["PATH_INFO"])
    latency.record(0.001)
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Worker", str(os.getpid()))])
    return [b"ok"]
"""


def total(text: str, name: str) -> int:
    """The sum of all samples of this name."""
    lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines)


def test_killed_and_recycled_workers_lose_no_increment(tmp_path: Path) -> None:
    python_module("gunicorn", "pip install gunicorn (tests/requirements.txt has it)")
    metrics = free_port()
    seen = scrapes = 0

    def scrape() -> str:
        with urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as reply:
            text: str = reply.read().decode()
        return text

    with gunicorn(APPLICATION, tmp_path, {"METRICS": f"127.0.0.1:{metrics}"}) as (server, load):

        def scrape_and_kill(time: int) -> None:
            nonlocal seen, scrapes
            before, seen = seen, total(scrape(), "requests_total")
            scrapes = time
            assert seen >= before, "a counter went backwards"
            if time % 3 == 0:
                load.kill_one(server.pid)

        load.run(scrape_and_kill)
        text = scrape()
        counted = total(text, "requests_total")
        assert load.answered <= counted <= load.answered + load.failed, (counted, load.answered, load.failed)
        assert abs(total(text, "latency_count") - counted) <= load.kills
        assert load.kills >= KILLS and scrapes > 3, (load.kills, scrapes)
        assert len(list((tmp_path / "metrics").iterdir())) <= 20
