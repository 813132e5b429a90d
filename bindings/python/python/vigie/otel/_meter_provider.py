"""The meter provider: takes what the official one takes, and makes meters whose instruments are Vigie's."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from opentelemetry import metrics

from .. import _native
from ._meter import Meter
from ._observables import Observables
from ._scope import Named
from ._standing import is_disabled, stand_for_official


class MeterProvider(metrics.MeterProvider):
    """A meter provider of the OpenTelemetry API over Vigie.

    The arguments are those of ``opentelemetry.sdk.metrics.MeterProvider``. Measurements go to Vigie's outputs; where
    `metric_readers` or `views` are given, they go to an official provider with these too, which the SDK must be installed
    for. Views change what those readers see, not Vigie's outputs.
    """

    def __init__(
        self,
        metric_readers: Sequence[Any] = (),
        resource: Any = None,
        exemplar_filter: Any = None,
        shutdown_on_exit: bool = True,
        views: Sequence[Any] = (),
        **_others: Any,
    ) -> None:
        self._told = {
            "resource": resource,
            "exemplar_filter": exemplar_filter,
            "shutdown_on_exit": shutdown_on_exit,
        }
        self._official: Any = None
        self._is_disabled = is_disabled()
        self._observables = Observables()
        self._meters: dict[tuple[Any, ...], Meter] = {}
        self._lock = threading.Lock()
        stand_for_official()
        if metric_readers or views:
            self._with_official(metric_readers=metric_readers, views=views)

    def _with_official(self, **more: Any) -> Any:
        if self._official is None:
            from opentelemetry.sdk.metrics import MeterProvider as Official

            self._official = Official(**self._told, **more)
            for meter in self._meters.values():
                meter.tell(self._official_meter(meter.scope))
        return self._official

    def _official_meter(self, scope: Named) -> Any:
        return self._official.get_meter(scope.name, scope.version, scope.schema_url, scope.attributes)

    def add_metric_reader(self, metric_reader: Any) -> None:
        """Shows all measurements from now on to a reader, beside what Vigie does with them."""
        with self._lock:
            self._with_official().add_metric_reader(metric_reader)

    def remove_metric_reader(self, metric_reader: Any) -> None:
        """Ends a reader, and shows it nothing any more."""
        with self._lock:
            self._with_official().remove_metric_reader(metric_reader)

    def get_meter(
        self, name: str, version: str | None = None, schema_url: str | None = None, attributes: Any = None
    ) -> metrics.Meter:
        """The meter for an instrumentation scope, the same for the same one."""
        stand_for_official()
        if self._is_disabled:
            return metrics.NoOpMeter(name, version, schema_url)
        key = (name, version, schema_url, repr(attributes))
        with self._lock:
            if key not in self._meters:
                meter = Meter(Named(name, version, schema_url, attributes), self._observables)
                if self._official is not None:
                    meter.tell(self._official_meter(meter.scope))
                self._meters[key] = meter
            return self._meters[key]

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Waits until everything is out."""
        done = self._official is None or self._official.force_flush(timeout_millis)
        return _native.flush(timeout_millis / 1000) and bool(done)

    def shutdown(self, timeout_millis: float = 30_000) -> None:
        """Ends the readers and flushes Vigie, which goes on: its outputs are not the provider's alone."""
        if self._official is not None:
            self._official.shutdown(timeout_millis)
        _native.flush(timeout_millis / 1000)
