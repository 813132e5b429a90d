"""The logs API of OpenTelemetry over Vigie: records by both of its ways, the SDK's handler of `logging`, processors of the user."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import vigie
import vigie.otel
from conftest import Records, Run
from opentelemetry import _logs, context, trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggingHandler
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    vigie.otel.install()
    assert isinstance(_logs.get_logger_provider(), vigie.otel.LoggerProvider)


def test_a_record_by_its_parts_and_as_a_whole(records: Records) -> None:
    logger = _logs.get_logger("shop.cart")
    error = ValueError("no stock")
    logger.emit(
        timestamp=1_700_000_000_123_456_789,
        severity_number=SeverityNumber.WARN2,
        severity_text="whatever",
        body="sold {out}",
        attributes={"out": 1, "list": [1, "a"]},
        event_name="stock.out",
        exception=error,
    )
    line = records.last
    assert (line["level"], line["message"], line["logger"]) == ("WARN", "sold {out}", "shop.cart")
    assert line["timestamp"] == "2023-11-14T22:13:20.123456Z"
    assert (line["out"], line["list"], line["event"]) == (1, [1, "a"], "stock.out")
    assert (line["error"]["type"], line["error"]["message"]) == ("ValueError", "no stock")
    logger.emit(LogRecord(severity_number=SeverityNumber.ERROR, body={"a": [1, None]}))
    line = records.last
    assert (line["level"], line["message"], line["body"]) == ("ERROR", "", {"a": [1, None]})
    logger.emit(body="plain")
    assert (records.last["level"], records.last["message"]) == ("INFO", "plain")


def test_records_stand_in_the_span_that_is_current_or_that_their_context_has(records: Records) -> None:
    logger = _logs.get_logger("shop.cart")
    with vigie.span("native") as native:
        before = context.get_current()
        logger.emit(body="in it")
        assert records.last["span_id"] == native.span_id
        with trace.get_tracer("t").start_as_current_span("inner") as inner:
            logger.emit(body="deeper")
            assert records.last["span_id"] == format(inner.get_span_context().span_id, "016x")
            logger.emit(body="above", context=before)
            assert records.last["span_id"] == native.span_id
            logger.emit(LogRecord(body="above", context=before))
            assert records.last["span_id"] == native.span_id


def test_levels_hold_and_may_be_asked_for(run: Run) -> None:
    done = run(
        """
import vigie.otel
from opentelemetry import _logs
from opentelemetry._logs import SeverityNumber

vigie.otel.install(level="warn", outputs=[{"to": "file", "path": "out.jsonl"}])
logger = _logs.get_logger("quiet")
for number in (SeverityNumber.INFO, SeverityNumber.WARN, None):
    print(logger.enabled(severity_number=number))
    logger.emit(severity_number=number, body=str(number))
""",
        prelude="",
    ).ok()
    assert done.out.split() == ["False", "True", "False"]
    assert [line["message"] for line in done.lines()] == ["SeverityNumber.WARN"]


def test_the_handler_of_the_sdk_for_logging(records: Records) -> None:
    logger = logging.getLogger("app.of.others")
    handler = LoggingHandler(logger_provider=vigie.otel.LoggerProvider())
    logger.addHandler(handler)
    try:
        with vigie.span("s") as span:
            try:
                raise KeyError("sku")
            except KeyError:
                logger.exception("cannot %s", "sell", extra={"order_id": 7})
    finally:
        logger.removeHandler(handler)
    line = records.last
    assert (line["level"], line["message"], line["logger"]) == ("ERROR", "cannot sell", "app.of.others")
    assert (line["order_id"], line["span_id"]) == (7, span.span_id)


def test_processors_of_the_user_see_each_record(records: Records) -> None:
    exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]  # Its package has no types.
    provider = vigie.otel.LoggerProvider()
    logger = provider.get_logger("a", "1")
    logger.emit(body="before")
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    logger.emit(body="beside", severity_number=SeverityNumber.INFO)
    logger.emit(LogRecord(body="whole"))
    assert [read.log_record.body for read in exporter.get_finished_logs()] == ["beside", "whole"]
    assert records.last["message"] == "whole"
    assert provider.force_flush()
    provider.shutdown()
    logger.emit(body="after")
    assert records.last["message"] == "after"


class Fails:
    def on_emit(self, _record: object) -> None:
        raise RuntimeError("processor")

    def emit(self, _record: object) -> None:
        raise RuntimeError("processor")

    def shutdown(self) -> None:
        raise RuntimeError("processor")

    def force_flush(self, _timeout_millis: int = 0) -> bool:
        raise RuntimeError("processor")


def test_nothing_that_is_said_wrongly_raises(records: Records) -> None:
    provider: Any = vigie.otel.LoggerProvider()
    provider.add_log_record_processor(Fails())
    logger: Any = provider.get_logger(None)
    logger.emit(body=object(), attributes={1: 2, "a": object()}, timestamp="soon", severity_number=7)
    logger.emit(nonsense=1)
    logger.emit(object())
    logger.emit(body="still here")
    assert "still here" in [line["message"] for line in records.all()]
    provider.force_flush()
    provider.shutdown()
