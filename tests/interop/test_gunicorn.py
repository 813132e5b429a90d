"""Workers of gunicorn that are recycled and killed under load: what was counted for an answered request is there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

from programs import FULL, environment, python_module
from serving import free_port

REQUESTS = 5_000 if FULL else 600
CLIENTS = 4
# So many workers die by SIGKILL at least; the clients go on until then.
KILLS = 2

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


class Load:
    """Clients that ask until enough was answered, and the workers that they met."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered = 0
        self.failed = 0
        self.kills = 0
        self.workers: set[int] = set()
        self.lock = threading.Lock()

    def client(self) -> None:
        while self.answered < REQUESTS or self.kills < KILLS:
            worker = self.ask()
            with self.lock:
                self.answered += worker is not None
                self.failed += worker is None
                self.workers |= set() if worker is None else {worker}

    def kill_one(self, server: int) -> None:
        """Kills a worker that was met. One that was recycled meanwhile is none any more, whoever has its number."""
        with self.lock:
            met = sorted(self.workers)
        for worker in random.sample(met, len(met)):
            with self.lock:
                self.workers.discard(worker)
            if not is_child(worker, server):
                continue
            try:
                os.kill(worker, signal.SIGKILL)
            except ProcessLookupError:
                # It ended between the two looks.
                continue
            self.kills += 1
            return

    def ask(self) -> int | None:
        """The worker that answered; none where it was killed meanwhile."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", random.choice(["/a", "/b"]))
            reply = connection.getresponse()
            reply.read()
            return int(reply.headers["X-Worker"]) if reply.status == 200 else None
        except OSError:
            return None
        finally:
            connection.close()


def is_child(process: int, parent: int) -> bool:
    """Whether it lives and was started by the other one."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    state, of = status.rsplit(")", 1)[1].split()[:2]
    return state != "Z" and int(of) == parent


def total(text: str, name: str) -> int:
    """The sum of all samples of this name."""
    lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines)


def test_killed_and_recycled_workers_lose_no_increment(tmp_path: Path) -> None:
    python_module("gunicorn", "pip install gunicorn (tests/requirements.txt has it)")
    (tmp_path / "shop.py").write_text(APPLICATION, encoding="utf-8")
    port, metrics = free_port(), free_port()
    options = [
        "--preload",
        "--workers=4",
        "--max-requests=25",
        "--max-requests-jitter=10",
        "--log-level=error",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, f"--bind=127.0.0.1:{port}", "shop:application"],
        cwd=tmp_path,
        env={**environment(), "METRICS": f"127.0.0.1:{metrics}"},
    )

    def scrape() -> str:
        with urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as reply:
            text: str = reply.read().decode()
        return text

    load = Load(port)
    try:
        due = time.monotonic() + 60
        while load.ask() is None:
            assert server.poll() is None and time.monotonic() < due, "gunicorn does not answer"
            time.sleep(0.1)
        load.answered = 1
        clients = [threading.Thread(target=load.client) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        seen = scrapes = 0
        while any(client.is_alive() for client in clients):
            time.sleep(0.1)
            before, seen = seen, total(scrape(), "requests_total")
            scrapes += 1
            assert seen >= before, "a counter went backwards"
            if scrapes % 3 == 0:
                load.kill_one(server.pid)
        text = scrape()
        counted = total(text, "requests_total")
        assert load.answered <= counted <= load.answered + load.failed, (counted, load.answered, load.failed)
        assert abs(total(text, "latency_count") - counted) <= load.kills
        assert load.kills >= KILLS and scrapes > 3, (load.kills, scrapes)
        assert len(list((tmp_path / "metrics").iterdir())) <= 20
    finally:
        server.terminate()
        server.wait(timeout=30)
