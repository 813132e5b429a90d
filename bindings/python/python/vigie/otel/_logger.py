"""Loggers of the OpenTelemetry API over Vigie's."""

from __future__ import annotations

from typing import Any

from opentelemetry._logs import Logger as _Logger
from opentelemetry._logs import LogRecord, SeverityNumber

from .. import _native
from ._quiet import quiet
from ._scope import Named
from ._translate import object_of
from ._values import named

#: What a record without a severity counts as.
_INFO = 9


class Logger(_Logger):
    """A logger of the OpenTelemetry API whose records Vigie writes (OpenTelemetry Logs API, "Logger"). Nothing raises."""

    def __init__(self, scope: Named, name: str, official: Any) -> None:
        super().__init__(name)
        self._scope = scope
        self._native = _native.get_logger(name)
        # Gives the one of the official SDK, where the user has added processors.
        self._official = official

    @property
    def _instrumentation_scope(self) -> Any:
        """Whose logger it is; by this name others ask for it."""
        return self._scope.shown

    def emit(self, record: LogRecord | None = None, **told: Any) -> None:
        """Writes a record, given whole or by its parts.

        The level is the name of the severity number, whatever ``severity_text`` says. A body that is no text stands under the
        key ``body``, the event's name under ``event``.
        """
        with quiet("log record"):
            self._write(LogRecord(**told) if record is None else record)
        official = self._official()
        if official is not None:
            with quiet("log record processor"):
                official.emit(record, **told)

    def _write(self, record: LogRecord) -> None:
        attributes = named(record.attributes)
        body, event = record.body, getattr(record, "event_name", None)
        if event is not None:
            attributes["event"] = event
        if body is not None and not isinstance(body, str):
            attributes["body"] = body
        _native.write_log(
            self._native,
            _number(record.severity_number),
            body if isinstance(body, str) else "",
            attributes,
            getattr(record, "exception", None),
            record.timestamp,
            None if record.context is None else object_of(record.context),
        )

    def enabled(self, *, severity_number: SeverityNumber | None = None, **others: Any) -> bool:
        """Whether a record of that severity would be written, or a processor of the user's wants it."""
        if _native.logs(self._native, _number(severity_number)):
            return True
        official = self._official()
        if official is not None:
            with quiet("log record processor"):
                return bool(official.enabled(severity_number=severity_number, **others))
        return False


def _number(severity: SeverityNumber | None) -> int:
    return _INFO if severity is None or not severity.value else severity.value
