"""The logger provider: takes what the official one takes, and makes loggers whose records Vigie writes."""

from __future__ import annotations

import atexit
import threading
from typing import Any

from opentelemetry import _logs

from .. import _native
from ._logger import Logger
from ._quiet import quiet


class LoggerProvider(_logs.LoggerProvider):
    """A logger provider of the OpenTelemetry API over Vigie (OpenTelemetry Logs SDK, "LoggerProvider").

    The arguments are those of ``opentelemetry.sdk._logs.LoggerProvider``. Log record processors are shown each record by an
    official provider beside Vigie's outputs, which ``opentelemetry-sdk`` must be installed for. Raises nothing but
    ``ImportError`` for a processor without that package.
    """

    def __init__(
        self,
        resource: Any = None,
        shutdown_on_exit: bool = True,
        multi_log_record_processor: Any = None,
        **others: Any,
    ) -> None:
        # At exit `shutdown` is called here, which lets no fault of a processor out.
        self._told = {"resource": resource, "shutdown_on_exit": False, **others}
        self._ends_at_exit = shutdown_on_exit
        self._official: Any = None
        self._lock = threading.Lock()
        if multi_log_record_processor is not None:
            self._told["multi_log_record_processor"] = multi_log_record_processor
            self._with_official()

    def get_logger(
        self,
        name: str,
        version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> Logger:
        """A logger for an instrumentation scope."""
        made: list[Any] = []

        def official() -> Any:
            if self._official is None:
                return None
            if not made:
                made.append(self._official.get_logger(name, version, schema_url, attributes))
            return made[0]

        return Logger(name or "", official)

    def add_log_record_processor(self, log_record_processor: Any) -> None:
        """Shows all records from now on to a processor, beside what Vigie does with them."""
        self._with_official().add_log_record_processor(log_record_processor)

    def _with_official(self) -> Any:
        with self._lock:
            if self._official is None:
                from opentelemetry.sdk._logs import LoggerProvider as Official

                self._official = Official(**self._told)
                if self._ends_at_exit:
                    atexit.register(self.shutdown)
            return self._official

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Waits until everything is out, in the processors and in Vigie's outputs."""
        done = True
        if self._official is not None:
            with quiet("log record processor"):
                done = self._official.force_flush(timeout_millis) is not False
        return _native.flush(timeout_millis / 1000) and done

    def shutdown(self) -> None:
        """Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone."""
        if self._official is not None:
            with quiet("log record processor"):
                self._official.shutdown()
        _native.flush()
