"""Load on a server of forked workers, which are killed under it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

from programs import FULL, environment
from serving import free_port

REQUESTS = 5_000 if FULL else 600
CLIENTS = 4
# So many workers die by SIGKILL at least; the clients go on until then.
KILLS = 2

OPTIONS = [
    "--preload",
    "--workers=4",
    "--max-requests=25",
    "--max-requests-jitter=10",
    # A worker that is asked to end before it listens to signals never hears of it: gunicorn itself kills it then.
    "--graceful-timeout=5",
    "--log-level=error",
]


class Load:
    """Clients that ask until enough was answered, and the workers that they met."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered = 0
        self.failed = 0
        self.kills = 0
        # The numbers of the requests whose record the application says to be safe.
        self.acknowledged: list[int] = []
        self.workers: set[int] = set()
        self.numbers = count(1)
        # Whether there is nobody any more who could answer.
        self.is_over = False
        self.lock = threading.Lock()

    def client(self) -> None:
        while not self.is_over and (self.answered < REQUESTS or self.kills < KILLS):
            worker = self.ask()
            with self.lock:
                self.answered += worker is not None
                self.failed += worker is None
                self.workers |= set() if worker is None else {worker}

    def run(self, beside: Callable[[int], None]) -> None:
        """Has the clients ask until they have enough; meanwhile calls `beside` with 1, 2 and so on."""
        clients = [threading.Thread(target=self.client) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            rounds = count(1)
            while any(client.is_alive() for client in clients) and not self.is_over:
                time.sleep(0.1)
                beside(next(rounds))
        except BaseException:
            self.is_over = True
            raise
        finally:
            for client in clients:
                client.join()

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

    def kill_all(self, server: int) -> None:
        """Kills the server with all its workers; returns when none of them holds anything any more."""
        # A server that is halted starts no worker that would not be seen.
        os.kill(server, signal.SIGSTOP)
        family = [server, *children(server)]
        for process in family:
            os.kill(process, signal.SIGKILL)
        self.kills += len(family)
        self.is_over = True
        due = time.monotonic() + 30
        while any(lives(process) for process in family):
            assert time.monotonic() < due, "a process outlives SIGKILL"
            time.sleep(0.01)

    def ask(self) -> int | None:
        """The worker that answered; none where it was killed meanwhile."""
        with self.lock:
            number = next(self.numbers)
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"X-Number": str(number), "X-Correlation-ID": f"c-{number}"}
            connection.request("GET", random.choice(["/a", "/b"]), headers=headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                return None
            if reply.headers["X-Acknowledged"] == "True":
                with self.lock:
                    self.acknowledged.append(number)
            return int(reply.headers["X-Worker"])
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()


def is_child(process: int, parent: int) -> bool:
    """Whether it lives and was started by the other one."""
    return parent_of(process) == parent


def lives(process: int) -> bool:
    """Whether it is there and has not ended with all of its threads, whichever holds its files to the last."""
    if parent_of(process) is not None:
        return True
    try:
        return len(os.listdir(f"/proc/{process}/task")) > 1
    except OSError:
        return False


def parent_of(process: int) -> int | None:
    """Who started it, or took it over; none of one that has ended."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    state, parent = status.rsplit(")", 1)[1].split()[:2]
    return None if state in "ZX" else int(parent)


def children(parent: int) -> list[int]:
    """The processes that it started and that live."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [number for number in numbers if is_child(number, parent)]


@contextmanager
def gunicorn(
    application: str, folder: Path, settings: dict[str, str], options: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[bytes], Load]]:
    """A server of the application `shop` once it answers; one request has been answered."""
    (folder / "shop.py").write_text(application, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *OPTIONS, *options]
    command += [f"--bind=127.0.0.1:{port}", "shop:application"]
    server = subprocess.Popen(command, cwd=folder, env={**environment(), **settings})
    load = Load(port)
    try:
        due = time.monotonic() + 60
        while load.ask() is None:
            load.failed += 1
            assert server.poll() is None and time.monotonic() < due, "gunicorn does not answer"
            time.sleep(0.1)
        load.answered = 1
        yield server, load
    finally:
        server.terminate()
        server.wait(timeout=30)
