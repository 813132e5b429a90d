"""Workers of gunicorn that are recycled and killed under load, at last with their master: no record is lost that was safe.

A record is safe, and the application says so in its answer, when `flush()` has returned True. In a file it is safe when
the call that records has returned: a forked process writes through, even where "delivery" does not say so.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from collector import INSTALL
from load import KILLS, REQUESTS, Load, gunicorn
from programs import python_module, run
from serving import free_port, until

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
from receiver import Receiver

APPLICATION = """
import json
import os
import vigie

vigie.init(json.loads(os.environ["CONFIG"]))
log = vigie.get_logger("shop.requests")
has_to_flush = os.environ["FLUSH"] == "yes"


def application(environ, start_response):
    log.info("request", number=int(environ["HTTP_X_NUMBER"]))
    is_safe = vigie.flush(timeout=10) if has_to_flush else True
    headers = [("Content-Type", "text/plain"), ("X-Worker", str(os.getpid())), ("X-Acknowledged", str(is_safe))]
    start_response("200 OK", headers)
    return [b"ok"]
"""

# A process of the same service, which sends what the killed ones have left.
SUCCESSOR = """
import json, sys, vigie
vigie.init(json.loads(sys.argv[1]))
vigie.get_logger("shop.requests").info("request", number=0)
assert vigie.shutdown(timeout=30)
"""

# One attempt sends so many, and a process that is killed before it has noted the answer leaves them to be sent again.
TWICE_PER_KILL = 512


def load_it(folder: Path, outputs: list[dict[str, Any]], flush: str, is_killed_at_last: bool) -> Load:
    """Load with kills, at the end of which the whole service is killed or asked to end."""
    python_module("gunicorn", "pip install gunicorn (tests/requirements.txt has it)")
    config = json.dumps({"service": "shop", "outputs": outputs})
    with gunicorn(APPLICATION, folder, {"CONFIG": config, "FLUSH": flush}) as (server, load):

        def kill(time: int) -> None:
            if is_killed_at_last and load.kills >= KILLS and load.answered >= REQUESTS // 2:
                # The clients are still asking.
                load.kill_all(server.pid)
            elif time % 3 == 0:
                load.kill_one(server.pid)

        load.run(kill)
    assert load.kills >= KILLS and load.is_over is is_killed_at_last
    # What is not acknowledged would not be missed.
    assert len(load.acknowledged) == load.answered >= REQUESTS // 2
    return load


@pytest.mark.parametrize("is_killed_at_last", [True, False], ids=["killed", "ended"])
@pytest.mark.parametrize(
    ("delivery", "flush"), [("buffered", "yes"), ("buffered", "no"), ("write_through", "no")]
)
def test_a_file_has_every_record_once(
    delivery: str, flush: str, is_killed_at_last: bool, tmp_path: Path
) -> None:
    output = {"to": "file", "path": "lines.jsonl", "delivery": delivery}
    load = load_it(tmp_path, [output], flush, is_killed_at_last)
    lines = (tmp_path / "lines.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    written = Counter(json.loads(line)["number"] for line in lines)
    assert set(load.acknowledged) <= written.keys()
    assert set(written.values()) == {1}, "none came twice"
    assert len(written) <= load.answered + load.failed


@pytest.mark.parametrize("is_killed_at_last", [True, False], ids=["killed", "ended"])
@pytest.mark.parametrize("far_side", ["there", "away"])
def test_a_spool_has_every_record_until_the_far_side_has_it(
    far_side: str, is_killed_at_last: bool, tmp_path: Path
) -> None:
    port = free_port()
    output = {"to": "otlp", "signals": ["logs"], "url": f"http://127.0.0.1:{port}", "spool": "spool"}
    receiver = Receiver(port) if far_side == "there" else None
    try:
        load = load_it(tmp_path, [output], "yes", is_killed_at_last)
        receiver = receiver or Receiver(port)
        config = {"service": "shop", "outputs": [{**output, "spool": str(tmp_path / "spool")}]}
        run("python", SUCCESSOR, tmp_path, json.dumps(config))
        listening = receiver

        def arrived() -> Counter[int] | None:
            records = list(listening.services.get("shop", {}).get("logs", ()))
            found = Counter(record["attributes"]["number"]["int"] for record in records)
            return found if {0, *load.acknowledged} <= found.keys() else None

        found = until(f"{len(load.acknowledged)} records", arrived)
        assert found.total() - len(found) <= TWICE_PER_KILL * load.kills, "what may come twice"
        if far_side == "away":
            assert set(found.values()) == {1}, "what was never sent comes once"
        assert len(found) <= load.answered + load.failed + 1
    finally:
        if receiver is not None:
            receiver.close()
