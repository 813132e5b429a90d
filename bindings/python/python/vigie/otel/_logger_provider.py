"""The logger provider: takes what the official one takes, and makes loggers whose records Vigie writes."""

from __future__ import annotations

import atexit
import threading
from typing import Any

from opentelemetry import _logs

from .. import _native
from ._logger import Logger
from ._quiet import quiet
from ._scope import Named
from ._standing import is_disabled, stand_for_official


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
        self._resource = resource
        self._loggers: dict[tuple[str, ...], Logger] = {}
        self._is_disabled = is_disabled()
        self._lock = threading.Lock()
        stand_for_official()
        if multi_log_record_processor is not None:
            self._told["multi_log_record_processor"] = multi_log_record_processor
            self._with_official()

    @property
    def resource(self) -> Any:
        """What the provider was told of the process."""
        if self._resource is None:
            # The SDK is imported only for whoever reads.
            from ._official import Resource

            self._told["resource"] = self._resource = Resource.create({})
        return self._resource

    def get_logger(
        self,
        name: str,
        version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> _logs.Logger:
        """The logger for an instrumentation scope, the same for the same one."""
        stand_for_official()
        if self._is_disabled:
            return _logs.NoOpLogger(name or "", version, schema_url, attributes)
        key = (str(name), str(version), str(schema_url), repr(attributes))
        with self._lock:
            if key not in self._loggers:
                made: list[Any] = []

                def official() -> Any:
                    if self._official is None:
                        return None
                    if not made:
                        made.append(self._official.get_logger(name, version, schema_url, attributes))
                    return made[0]

                scope = Named(name or "", version, schema_url, attributes)
                self._loggers[key] = Logger(scope, name or "", official)
            return self._loggers[key]

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
