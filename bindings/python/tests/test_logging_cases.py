"""What goes wrong with the standard library's logging: each case beside what its own handler does with it."""

from __future__ import annotations

import contextlib
import io
import logging
import logging.config
import logging.handlers
import queue
import re
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import vigie
import vigie.logging
from conftest import Records

END = "\x1e"


class Broken:
    """A value whose text cannot be had."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class BrokenError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Brace(logging.LogRecord):
    """Fills its message by a way of its own."""

    def getMessage(self) -> str:
        return str(self.msg).format(*(self.args or ()))


class Both:
    """A logger with the library's handler and ours."""

    def __init__(self) -> None:
        self.log = logging.getLogger("cases")
        self.stream = io.StringIO()
        self.theirs = logging.StreamHandler(self.stream)
        self.theirs.terminator = END
        self.ours = vigie.logging.Handler()

    @property
    def handlers(self) -> list[logging.Handler]:
        return [self.theirs, self.ours]

    def messages(self) -> list[str]:
        """What the library's handler wrote, without tracebacks."""
        texts = self.stream.getvalue().split(END)[:-1]
        return [re.split("\n(?:Traceback|Stack|ValueError:|NoneType:) ", text)[0] for text in texts]


@pytest.fixture
def both() -> Iterator[Both]:
    made = Both()
    made.log.setLevel(logging.DEBUG)
    made.log.propagate = False
    for handler in made.handlers:
        made.log.addHandler(handler)
    yield made
    made.log.handlers.clear()
    made.log.filters.clear()
    made.log.disabled = False
    made.log.propagate = True


def failing() -> None:
    raise ValueError("no stock")


def in_except(log: Callable[[], None]) -> None:
    try:
        failing()
    except ValueError:
        log()


def too_few(both: Both) -> None:
    both.log.warning("%s and %s", 1)


def too_many(both: Both) -> None:
    both.log.warning("nothing to fill", 1, 2)


def wrong_type(both: Both) -> None:
    both.log.warning("%d items", "three")


def broken_argument(both: Both) -> None:
    both.log.warning("it is %s", Broken())


def broken_message(both: Both) -> None:
    both.log.warning(Broken())


def tuple_without_traceback(both: Both) -> None:
    error = ValueError("no stock")
    both.log.error("failed", exc_info=(ValueError, error, None))


def fabricated_traceback(both: Both) -> None:
    try:
        failing()
    except ValueError as error:
        trace = error.__traceback__
        assert trace is not None
        # A line beyond the end of the file.
        broken = types.TracebackType(None, trace.tb_frame, 0, 10**6)
        both.log.error("failed", exc_info=(ValueError, error, broken))


def with_broken_error(both: Both) -> None:
    try:
        raise BrokenError
    except BrokenError:
        both.log.exception("failed")


def reserved(both: Both) -> None:
    both.log.info("mine", extra={"level": "x", "service": "y", "timestamp": 1})


def overwriting(both: Both) -> None:
    with pytest.raises(KeyError):
        both.log.info("mine", extra={"message": "x"})
    both.log.info("after")


def below_the_handlers_level(both: Both) -> None:
    for handler in both.handlers:
        handler.setLevel(logging.ERROR)
    both.log.warning("below")
    both.log.error("at")


def below_the_loggers_level(both: Both) -> None:
    both.log.setLevel(logging.ERROR)
    both.log.warning("below")
    both.log.error("at")


def disabled_by_dict_config(both: Both) -> None:
    logging.config.dictConfig({"version": 1, "incremental": False, "disable_existing_loggers": True})
    both.log.error("nobody hears it")
    both.log.disabled = False
    both.log.error("enabled again")


def disabled_altogether(both: Both) -> None:
    logging.disable(logging.ERROR)
    try:
        both.log.error("nobody hears it")
        both.log.critical("above")
    finally:
        logging.disable(logging.NOTSET)


def filtered_by_the_handler(both: Both) -> None:
    for handler in both.handlers:
        handler.addFilter(lambda record: "secret" not in record.getMessage())
    both.log.info("a secret")
    both.log.info("nothing special")


def changed_by_a_filter(both: Both) -> None:
    def add(record: logging.LogRecord) -> bool:
        record.user = "u-7"
        record.msg = "by a filter"
        return True

    both.log.addFilter(add)
    both.log.info("by the program")


def custom_level(both: Both) -> None:
    logging.addLevelName(25, "SUCCESS")
    both.log.log(25, "done")


def adapter(both: Both) -> None:
    logging.LoggerAdapter(both.log, {"request": "r-1"}).info("through %s", "it")


def made_elsewhere(both: Both) -> None:
    both.log.handle(
        logging.makeLogRecord({"name": "cases", "msg": "from %s", "args": ("afar",), "levelno": 40})
    )


def made_of_nothing(both: Both) -> None:
    for handler in both.handlers:
        handler.handle(logging.makeLogRecord({}))


def sent_by_a_socket(both: Both) -> None:
    sender = logging.handlers.SocketHandler("localhost", 1)
    try:
        failing()
    except ValueError as error:
        made = both.log.makeRecord(
            "cases", 40, "f", 1, "failed %s", ("here",), (ValueError, error, error.__traceback__)
        )
    import pickle

    both.log.handle(logging.makeLogRecord(pickle.loads(sender.makePickle(made)[4:])))


def through_a_queue(both: Both) -> None:
    records: queue.Queue[Any] = queue.Queue()
    sender = logging.handlers.QueueHandler(records)
    listener = logging.handlers.QueueListener(records, *both.handlers)
    log = logging.getLogger("cases.queue")
    log.propagate = False
    log.addHandler(sender)
    listener.start()
    log.warning("queued %s", "up", extra={"order_id": 1})
    listener.stop()
    log.handlers.clear()


def through_memory(both: Both) -> None:
    log = logging.getLogger("cases.memory")
    log.propagate = False
    memories = [logging.handlers.MemoryHandler(10, target=handler) for handler in both.handlers]
    log.handlers[:] = memories
    log.error("kept %d", 1)
    for memory in memories:
        memory.close()
    log.handlers.clear()


def warned(both: Both) -> None:
    log = logging.getLogger("py.warnings")
    log.handlers[:] = both.handlers
    log.propagate = False
    # pytest catches warnings itself unless asked not to.
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        try:
            warnings.warn("old", DeprecationWarning, stacklevel=1)
        finally:
            logging.captureWarnings(False)
            log.handlers.clear()


def own_way_to_fill(both: Both) -> None:
    logging.setLogRecordFactory(Brace)
    try:
        both.log.info("{} of {}", 1, 2)
    finally:
        logging.setLogRecordFactory(logging.LogRecord)


def own_way_that_fails(both: Both) -> None:
    logging.setLogRecordFactory(Brace)
    try:
        both.log.info("{} of {}", 1)
    finally:
        logging.setLogRecordFactory(logging.LogRecord)


def below_with_a_parent(both: Both) -> None:
    logging.getLogger("cases.deep.down").info("from below")


def surrogates(both: Both) -> None:
    both.log.info("caf\ud800 %s", "\u2028\x1b[31m")


def with_stack(both: Both) -> None:
    both.log.info("here", stack_info=True)


SIMPLE: dict[str, Callable[[Both], None]] = {
    "plain": lambda both: both.log.info("hello"),
    "arguments": lambda both: both.log.info("%s of %d, %.1f%%", "a", 2, 3.25),
    "a mapping": lambda both: both.log.info("%(who)s paid %(sum)d", {"who": "u", "sum": 3}),
    "a mapping that is not asked for": lambda both: both.log.info("a mapping: %s", {"who": "u"}),
    "percent without arguments": lambda both: both.log.info("100% %s"),
    "braces": lambda both: both.log.info("{braces} %s {0}", 1),
    "an object": lambda both: both.log.info(["a", 1]),
    "an object with arguments": lambda both: both.log.info(ValueError("%s"), 1),
    "an error that is handled": lambda both: in_except(lambda: both.log.exception("failed")),
    "an error by itself": lambda both: both.log.error("failed", exc_info=ValueError("no stock")),
    "no error at all": lambda both: both.log.error("failed", exc_info=True),
    "an error without traceback": tuple_without_traceback,
    "a traceback that leads nowhere": fabricated_traceback,
    "stack_info": with_stack,
    "extra": lambda both: both.log.info("hello", extra={"order_id": 42, "items": [1, {"a": None}]}),
    "extra with reserved names": reserved,
    "extra that overwrites": overwriting,
    "the handler's level": below_the_handlers_level,
    "the logger's level": below_the_loggers_level,
    "dictConfig that disables": disabled_by_dict_config,
    "logging.disable": disabled_altogether,
    "a filter": filtered_by_the_handler,
    "a filter that changes": changed_by_a_filter,
    "a custom level": custom_level,
    "LoggerAdapter": adapter,
    "makeLogRecord": made_elsewhere,
    "makeLogRecord of nothing": made_of_nothing,
    "SocketHandler": sent_by_a_socket,
    "QueueHandler": through_a_queue,
    "MemoryHandler": through_memory,
    "captureWarnings": warned,
    "a record class with getMessage": own_way_to_fill,
    "a logger below": below_with_a_parent,
}
# The library's handler writes "--- Logging error ---" and a traceback to standard error here, and nothing else.
LOST: dict[str, Callable[[Both], None]] = {
    "too few arguments": too_few,
    "too many arguments": too_many,
    "an argument of the wrong type": wrong_type,
    "an argument without text": broken_argument,
    "a message without text": broken_message,
    "getMessage that fails": own_way_that_fails,
}
LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "ERROR": "ERROR", "FATAL": "CRITICAL"}


@pytest.mark.parametrize("name", SIMPLE)
def test_the_same_as_the_librarys_handler(name: str, both: Both, records: Records) -> None:
    SIMPLE[name](both)
    expected = both.messages()
    assert expected
    assert [line["message"] for line in records.logs] == expected


@pytest.mark.parametrize("name", LOST)
def test_better_than_the_librarys_handler(
    name: str, both: Both, records: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    # pytest's own handler, which raises, listens to all loggers that have a place in the tree.
    both.log = logging.Logger("cases")
    both.log.handlers[:] = both.handlers
    LOST[name](both)
    assert both.messages() == []
    assert "--- Logging error ---" in capsys.readouterr().err
    line = records.last
    assert line["logger"] == "cases"
    if name != "a message without text":
        assert line["format_error"]


def test_a_broken_error(both: Both, records: Records) -> None:
    with_broken_error(both)
    assert both.messages() == ["failed"]
    line = records.last
    assert line["message"] == "failed"
    assert line["error"]["type"].endswith("BrokenError")
    assert "with_broken_error" in line["error"]["stack"]


def test_a_filter_that_fails_costs_no_record_and_reaches_nobody(both: Both, records: Records) -> None:
    def fail(_: logging.LogRecord) -> bool:
        raise RuntimeError("filter")

    both.log.removeHandler(both.theirs)
    both.ours.addFilter(fail)
    both.log.info("kept")
    assert records.last["message"] == "kept"
    both.log.handlers[:] = [both.theirs]
    both.theirs.addFilter(fail)
    with pytest.raises(RuntimeError):
        both.log.info("the library's own")


def test_hostile_characters(both: Both, records: Records) -> None:
    with contextlib.suppress(UnicodeError):
        surrogates(both)
    assert records.last["message"] == "caf\ufffd \u2028\x1b[31m"


def test_what_the_cases_leave_beside_the_message(both: Both, records: Records) -> None:
    def last(name: str) -> dict[str, Any]:
        SIMPLE[name](both)
        return records.last

    line = last("arguments")
    assert (line["template"], line["args"]) == ("%s of %d, %.1f%%", ["a", 2, 3.25])
    line = last("a mapping")
    assert (line["template"], line["who"], line["sum"]) == ("%(who)s paid %(sum)d", "u", 3)
    assert "template" not in last("plain")
    assert "template" not in last("percent without arguments")
    line = last("extra")
    assert (line["order_id"], line["items"]) == (42, [1, {"a": None}])
    line = last("extra with reserved names")
    assert (line["level"], line["level_"], line["service_"], line["timestamp_"]) == ("INFO", "x", "y", 1)
    line = last("an error that is handled")
    assert (line["error"]["type"], line["error"]["message"]) == ("ValueError", "no stock")
    assert "in failing" in line["error"]["stack"]
    assert "error" not in last("no error at all")
    assert "in with_stack" in last("stack_info")["code.stacktrace"]
    line = last("a custom level")
    assert (line["level"], line["level_name"]) == ("INFO", "SUCCESS")
    assert last("LoggerAdapter")["request"] == "r-1"
    line = last("SocketHandler")
    assert (line["error"]["type"], line["error"]["message"]) == ("ValueError", "no stock")
    assert "in failing" in line["error"]["stack"]
    assert last("QueueHandler")["order_id"] == 1
    assert last("a filter that changes")["user"] == "u-7"
    assert last("captureWarnings")["logger"] == "py.warnings"
    assert last("a logger below")["logger"] == "cases.deep.down"
    for line, level in zip(records.logs, (line["level"] for line in records.logs), strict=True):
        assert level in LEVELS, line
