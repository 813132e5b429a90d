"""The bridge from the standard library's logging: its way in, what it does with records, how it lives and ends."""

from __future__ import annotations

import logging
import logging.config
import logging.handlers
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vigie
import vigie.logging
from conftest import Records, Run, parse

ROOT = logging.getLogger()


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger as it was, afterwards."""
    handlers, level = ROOT.handlers[:], ROOT.level
    yield ROOT
    vigie.logging.uninstall()
    ROOT.handlers[:] = handlers
    ROOT.setLevel(level)


def ours() -> list[logging.Handler]:
    return [handler for handler in ROOT.handlers if isinstance(handler, vigie.logging.Handler)]


def test_one_line_and_back(root: logging.Logger, records: Records) -> None:
    before = root.handlers[:]
    stream = logging.StreamHandler()
    root.addHandler(stream)
    vigie.logging.install(level="DEBUG")
    handler = vigie.logging.install(level="DEBUG")
    assert ours() == [handler]
    assert stream not in root.handlers
    logging.getLogger("shop").debug("hello %s", "you", extra={"order_id": 1})
    (line,) = records.logs
    assert (line["level"], line["message"], line["logger"], line["order_id"]) == (
        "DEBUG",
        "hello you",
        "shop",
        1,
    )
    vigie.logging.uninstall()
    vigie.logging.uninstall()
    assert root.handlers == [*before, stream]
    assert "removeHandler" not in vars(root)
    assert root.level == logging.WARNING


def test_handlers_may_stay(root: logging.Logger) -> None:
    stream = logging.StreamHandler()
    root.addHandler(stream)
    vigie.logging.install(keep_handlers=True)
    assert stream in root.handlers
    vigie.logging.uninstall()
    assert root.handlers.count(stream) == 1


def test_levels_that_are_none(root: logging.Logger) -> None:
    before = root.handlers[:]
    with pytest.raises(ValueError, match="LOUD"):
        vigie.logging.install(level="LOUD")
    with pytest.raises(TypeError):
        vigie.logging.install(level=1.5)  # type: ignore[arg-type]  # As a program without types may.
    assert root.handlers == before


def test_it_stays_behind_the_root_logger_that_is_configured_anew(
    root: logging.Logger, tmp_path: Path
) -> None:
    handler = vigie.logging.install()
    logging.basicConfig(force=True, level="ERROR", filename=tmp_path / "theirs.log")
    assert ours() == [handler]
    assert root.level == logging.ERROR
    assert any(isinstance(other, logging.FileHandler) for other in root.handlers)
    console = {"class": "logging.StreamHandler"}
    for configured in ({"level": "INFO"}, {"level": "INFO", "handlers": ["console"]}):
        logging.config.dictConfig({"version": 1, "handlers": {"console": console}, "root": configured})
        assert ours() == [handler]
        assert not any(isinstance(other, logging.FileHandler) for other in root.handlers)
        assert len(root.handlers) == 1 + len(configured.get("handlers", ()))
    ini = tmp_path / "logging.ini"
    ini.write_text(
        "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n"
        "[logger_root]\nlevel=INFO\nhandlers=h\n[handler_h]\nclass=StreamHandler\nargs=()\n",
        "utf-8",
    )
    logging.config.fileConfig(ini, disable_existing_loggers=False)
    assert ours() == [handler]
    # Whoever takes it off by hand means it.
    root.removeHandler(handler)
    assert ours() == []


def test_the_handler_in_configurations(root: logging.Logger, records: Records, tmp_path: Path) -> None:
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"shop": {"name": "shop"}},
            "handlers": {
                "vigie": {
                    "class": "vigie.logging.Handler",
                    "level": "INFO",
                    "location": True,
                    "filters": ["shop"],
                }
            },
            "root": {"level": "DEBUG", "handlers": ["vigie"]},
        }
    )
    logging.getLogger("shop").info("taken")
    logging.getLogger("shop").debug("below")
    logging.getLogger("other").info("filtered")
    (line,) = records.logs
    assert line["message"] == "taken"
    assert line["code.file.path"] == __file__
    assert line["code.function.name"] == "test_the_handler_in_configurations"
    assert isinstance(line["code.line.number"], int)
    ini = tmp_path / "logging.ini"
    ini.write_text(
        "[loggers]\nkeys=root\n[handlers]\nkeys=v\n[formatters]\nkeys=\n"
        "[logger_root]\nlevel=INFO\nhandlers=v\n[handler_v]\nclass=vigie.logging.Handler\nargs=('WARNING',)\n",
        "utf-8",
    )
    logging.config.fileConfig(ini, disable_existing_loggers=False)
    logging.getLogger("shop").info("below")
    logging.getLogger("shop").warning("by a file")
    assert records.last["message"] == "by a file"
    assert len(records.logs) == 2


def test_records_stand_in_the_current_span(root: logging.Logger, records: Records) -> None:
    vigie.logging.install()
    with vigie.context(user_id="u-7"), vigie.span("checkout") as span:
        logging.warning("in it")
    line = records.logs[0]
    assert (line["span_id"], line["trace_id"], line["user_id"]) == (span.span_id, span.trace_id, "u-7")


def test_the_context_goes_through_a_queue(root: logging.Logger, records: Records) -> None:
    waiting: queue.Queue[Any] = queue.Queue()
    sender = logging.handlers.QueueHandler(waiting)
    sender.addFilter(vigie.logging.keep_context)
    listener = logging.handlers.QueueListener(waiting, vigie.logging.Handler())
    log = logging.getLogger("queued")
    log.addHandler(sender)
    log.propagate = False
    listener.start()
    with vigie.span("checkout") as span:
        log.warning("in it")
    listener.stop()
    log.handlers.clear()
    assert records.logs[0]["span_id"] == span.span_id
    assert not any("context" in key for key in records.logs[0])


def test_the_time_is_the_records_own(records: Records) -> None:
    made = logging.makeLogRecord({"msg": "old", "created": 1_700_000_000.25})
    vigie.logging.Handler().handle(made)
    assert records.last["timestamp"] == "2023-11-14T22:13:20.250000Z"


def test_a_message_that_is_a_dict(records: Records) -> None:
    log, handler = logging.getLogger("dict"), vigie.logging.Handler()
    log.addHandler(handler)
    log.warning({"message": "hello", "order_id": 1, "event": "order.placed"})
    log.removeHandler(handler)
    line = records.last
    assert (line["message"], line["order_id"], line["event"]) == ("hello", 1, "order.placed")


def test_subclasses_have_a_say(records: Records) -> None:
    class Loud(vigie.logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            record.msg = str(record.msg).upper()
            super().emit(record)

    class Choosy(vigie.logging.Handler):
        def filter(self, record: logging.LogRecord) -> bool:
            return record.msg == "a"

    Loud().handle(logging.makeLogRecord({"msg": "hello"}))
    for text in "ab":
        Choosy().handle(logging.makeLogRecord({"msg": text}))
    assert [line["message"] for line in records.logs] == ["HELLO", "a"]


def test_a_record_whose_values_log_themselves(records: Records) -> None:
    log, handler = logging.getLogger("again"), vigie.logging.Handler()
    log.addHandler(handler)

    class Talkative:
        def __str__(self) -> str:
            log.warning("asked")
            return "text"

        def __repr__(self) -> str:
            log.warning("and again", extra={"value": self})
            return "repr"

    log.warning("say %s", Talkative())
    messages = [line["message"] for line in records.logs]
    # CPython 3.13.5 passes over what is logged while a record is handled.
    least = ["say text"] if hasattr(logging.Logger, "_is_disabled") else ["asked"]
    assert messages[:1] == least
    assert "say text" in messages
    assert (1 if least == ["say text"] else 2) <= len(messages) <= 600
    log.removeHandler(handler)


def test_interruptions_reach_the_program(records: Records) -> None:
    class Interrupting:
        def __str__(self) -> str:
            raise KeyboardInterrupt

    handler = vigie.logging.Handler()
    with pytest.raises(KeyboardInterrupt):
        handler.handle(logging.makeLogRecord({"msg": "it is %s", "args": (Interrupting(),)}))
    assert records.last["message"] == "it is %s"


def test_threads_lose_nothing(root: logging.Logger, records: Records) -> None:
    vigie.logging.install(level="INFO")

    def work(number: int) -> None:
        for at in range(200):
            logging.getLogger(f"t{number}").info("%d", at)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records.logs) == 1600


def test_caplog_beside_it(root: logging.Logger, records: Records, caplog: pytest.LogCaptureFixture) -> None:
    vigie.logging.install(level="INFO")
    logging.getLogger("shop").info("seen by %s", "both")
    assert caplog.messages == ["seen by both"]
    assert records.last["message"] == "seen by both"


def test_uvicorns_access_log(records: Records) -> None:
    handler = vigie.logging.Handler()
    made = {
        "name": "uvicorn.access",
        "levelno": 20,
        "msg": '%s - "%s %s HTTP/%s" %d',
        "args": ("[::1]:51234", "GET", "/cart?item=1", "1.1", 200),
    }
    handler.handle(logging.makeLogRecord(made))
    line = records.last
    assert line["message"] == '[::1]:51234 - "GET /cart?item=1 HTTP/1.1" 200'
    assert "args" not in line
    assert {
        key: line[key] for key in line if key.partition(".")[0] in ("http", "url", "client", "network")
    } == {
        "http.request.method": "GET",
        "url.path": "/cart",
        "url.query": "item=1",
        "network.protocol.version": "1.1",
        "client.address": "::1",
        "client.port": 51234,
        "http.response.status_code": 200,
    }
    handler.handle(logging.makeLogRecord({**made, "args": ("one",), "msg": "%s"}))
    assert records.last["args"] == ["one"]


BRIDGE = "import logging, vigie.logging\nvigie.logging.install(level='DEBUG')\n"


def test_levels_of_vigie_count_where_they_are_set(run: Run) -> None:
    program = BRIDGE + "logging.debug('let through')\nvigie.get_logger('own').debug('not asked for')\n"
    done = run(program).ok()
    assert [line["message"] for line in done.lines()] == ["let through"]
    for level in ('level="info"', 'levels={"root": "info"}'):
        prelude = f'import vigie\nvigie.init(outputs=[{{"to": "file", "path": "set.jsonl"}}], {level})\n'
        done = run(program + "logging.info('above')\n", prelude=prelude).ok()
        assert [line["message"] for line in done.lines("set.jsonl")][-1:] == ["above"]
        assert "let through" not in [line["message"] for line in done.lines("set.jsonl")]


def test_faults_are_told_in_one_line(run: Run) -> None:
    program = BRIDGE + "for n in range(1000): logging.info('%d items', 'x')\n"
    done = run(program)
    assert len(done.lines()) == 1000
    (line,) = done.err.splitlines()
    assert "'%d items'" in line.replace('"', "'")
    assert "program.py:" in line
    assert "TypeError" in line
    assert run(program.replace("for", "logging.raiseExceptions = False\nfor", 1)).err == ""


def test_the_last_resort_is_not_asked(run: Run) -> None:
    done = run("import logging\nlogging.getLogger('a').warning('to the last resort')\n")
    assert done.err == "to the last resort\n"
    assert run(BRIDGE + "logging.getLogger('a').warning('to us')\n").ok().err == ""


def test_at_the_interpreters_end(run: Run) -> None:
    program = (
        BRIDGE
        + """
import atexit

class Late:
    def __del__(self):
        self.log.info("in __del__")

late = Late()
late.log = logging.getLogger("late")
late.me = late
atexit.register(logging.info, "in atexit %s", 1)
logging.info("before")
"""
    )
    done = run(program).ok()
    assert done.err == ""
    messages = [line["message"] for line in done.lines()]
    assert messages[:2] == ["before", "in atexit 1"]
    assert messages[2:] in ([], ["in __del__"])


def test_what_nobody_catches(run: Run) -> None:
    program = """
import logging, vigie.logging, threading
vigie.logging.install(uncaught=True, warnings=True)

class Fails:
    def __del__(self):
        raise ValueError("in __del__")

def fail():
    raise RuntimeError("in a thread")

Fails()
thread = threading.Thread(target=fail)
thread.start()
thread.join()
import warnings
warnings.warn("old")
raise KeyError("at the top")
"""
    done = run(program)
    assert done.code == 1
    lines = {line["error"]["type"]: line for line in done.lines() if "error" in line}
    assert lines["ValueError"]["level"] == "ERROR"
    # From 3.14 on the interpreter names what failed in its own words alone.
    assert "__del__" in lines["ValueError"]["message" if sys.version_info >= (3, 14) else "object"]
    assert lines["RuntimeError"]["level"] == lines["KeyError"]["level"] == "FATAL"
    assert any(line["logger"] == "py.warnings" for line in done.lines())
    # The interpreter still says it, as ever.
    ignored = "while calling deallocator" if sys.version_info >= (3, 14) else "in"
    assert f"Exception ignored {ignored}" in done.err
    assert "KeyError" in done.err


def test_asyncio(run: Run) -> None:
    program = (
        BRIDGE
        + """
import asyncio, gc

async def fail():
    raise ValueError("in a task")

async def main():
    asyncio.get_running_loop().set_exception_handler(HANDLER)
    task = asyncio.ensure_future(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()

asyncio.run(main())
"""
    )
    for handler in ("None", "vigie.logging.asyncio_exception_handler"):
        done = run(program.replace("HANDLER", handler)).ok()
        line = next(line for line in done.lines() if "error" in line)
        assert (line["logger"], line["error"]["type"]) == ("asyncio", "ValueError")
        assert line["message"].startswith("Task exception was never retrieved")
        (Path(done._folder) / "out.jsonl").unlink()


def test_forked_children_log(run: Run) -> None:
    program = (
        BRIDGE
        + """
import os
logging.info("before")
for n in range(3):
    if not (pid := os.fork()):
        logging.info("child %d", n)
        os._exit(0)
    os.waitpid(pid, 0)
logging.info("after")
"""
    )
    messages = [line["message"] for line in run(program).ok().lines()]
    assert sorted(messages) == ["after", "before", "child 0", "child 1", "child 2"]


def test_what_was_flushed_survives_a_kill(run: Run) -> None:
    program = (
        BRIDGE
        + """
import os, signal
for n in range(100):
    logging.info("%d", n)
for handler in logging.root.handlers:
    handler.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    )
    done = run(program)
    assert done.code == -9
    assert [line["message"] for line in done.lines()] == [str(n) for n in range(100)]


def test_a_daemon_that_closed_everything(run: Run) -> None:
    program = BRIDGE + "logging.shutdown()\nlogging.info('after logging.shutdown')\n"
    assert [line["message"] for line in run(program).ok().lines()] == ["after logging.shutdown"]


def test_lines_follow_the_schema(records: Records) -> None:
    vigie.logging.Handler(location=True).handle(
        logging.makeLogRecord({"msg": "x", "stack_info": "s", "exc_text": "Traceback (most\n  a\nE: m"})
    )
    line = parse(records._records.lines[0])
    assert line["error"] == {"type": "E", "message": "m", "stack": "Traceback (most\n  a\nE: m"}
