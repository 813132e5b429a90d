"""What only Python knows of a process: its interpreter, and what its threads are called."""

from __future__ import annotations

import sys

from conftest import Run

PRELUDE = """
import logging, logging.handlers, queue, threading, vigie, vigie.logging
vigie.init(service="t", enrich=["runtime", "thread"], outputs=[{"to": "file", "path": "out.jsonl"}])
log = vigie.get_logger("t")
"""


def test_the_interpreter_is_told(run: Run) -> None:
    (line,) = run("log.info('m')\n", prelude=PRELUDE).ok().lines()
    assert line["process.runtime.name"] == sys.implementation.name
    assert line["process.runtime.version"] == ".".join(map(str, sys.version_info[:3]))
    assert line["process.runtime.description"] == sys.version


def test_threads_bear_pythons_names(run: Run) -> None:
    source = """
log.info("main")
def work():
    log.info("begun")
    threading.current_thread().name = "renamed"
    log.info("renamed")
    print(threading.get_ident())
thread = threading.Thread(target=work, name="worker")
thread.start()
thread.join()
"""
    done = run(source, prelude=PRELUDE).ok()
    lines = done.lines()
    assert [line["thread.name"] for line in lines] == ["MainThread", "worker", "renamed"]
    assert lines[1]["thread.id"] == lines[2]["thread.id"] == int(done.out)
    assert lines[0]["thread.id"] != lines[1]["thread.id"]


def test_a_record_of_logging_bears_the_thread_that_made_it(run: Run) -> None:
    source = """
waiting = queue.SimpleQueue()
logging.getLogger().addHandler(logging.handlers.QueueHandler(waiting))
listener = logging.handlers.QueueListener(waiting, vigie.logging.Handler())
listener.start()
thread = threading.Thread(target=lambda: logging.getLogger("shop").error("m"), name="maker")
thread.start()
thread.join()
listener.stop()
"""
    (line,) = run(source, prelude=PRELUDE).ok().lines()
    assert (line["message"], line["thread.name"]) == ("m", "maker")
