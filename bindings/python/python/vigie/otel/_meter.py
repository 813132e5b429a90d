"""Meters and instruments of the OpenTelemetry API over Vigie's.

Not for callbacks: see `_observables`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from opentelemetry import metrics

from .. import _native
from ._observables import Observables
from ._values import named

_log = _native.get_logger("vigie.otel")


class _Told:
    """Measurements go to Vigie's instrument, and to the official one where the user gave readers or views."""

    def __init__(self, take: Callable[..., None] | None, also: Callable[..., None] | None) -> None:
        self._take = take
        self._also = also

    def _measured(self, amount: float, attributes: Mapping[str, Any] | None, context: Any) -> None:
        if self._take is not None:
            if attributes:
                try:
                    self._take(amount, **attributes)
                except TypeError:
                    self._take(amount, **named(attributes))
            else:
                self._take(amount)
        if self._also is not None:
            self._also(amount, attributes, context)


class Counter(_Told, metrics.Counter):
    """A sum that only grows (OpenTelemetry Metrics API, "Counter")."""

    def add(self, amount: float, attributes: Mapping[str, Any] | None = None, context: Any = None) -> None:
        """Adds to the series of these attributes."""
        self._measured(amount, attributes, context)


class UpDownCounter(_Told, metrics.UpDownCounter):
    """A sum that goes both ways (OpenTelemetry Metrics API, "UpDownCounter")."""

    def add(self, amount: float, attributes: Mapping[str, Any] | None = None, context: Any = None) -> None:
        """Adds to the series of these attributes."""
        self._measured(amount, attributes, context)


class Histogram(_Told, metrics.Histogram):
    """The distribution of measurements (OpenTelemetry Metrics API, "Histogram")."""

    def record(self, amount: float, attributes: Mapping[str, Any] | None = None, context: Any = None) -> None:
        """Takes a measurement into the series of these attributes."""
        self._measured(amount, attributes, context)


class Gauge(_Told, metrics._Gauge):
    """The last value (OpenTelemetry Metrics API, "Gauge")."""

    def set(self, amount: float, attributes: Mapping[str, Any] | None = None, context: Any = None) -> None:
        """Sets the series of these attributes."""
        self._measured(amount, attributes, context)


class _Observable(metrics.ObservableCounter, metrics.ObservableUpDownCounter, metrics.ObservableGauge):
    """What callbacks are asked for; nothing is said to it."""

    def __init__(self) -> None:
        """It has nothing of its own."""


class Kind(NamedTuple):
    """A kind of instrument: as the API has it, as Vigie makes it, what is said to it, who makes the official one."""

    face: Any
    make: Any
    method: str
    official: str


COUNTER = Kind(Counter, _native.counter, "add", "create_counter")
UP_DOWN_COUNTER = Kind(UpDownCounter, _native.up_down_counter, "add", "create_up_down_counter")
HISTOGRAM = Kind(Histogram, _native.histogram, "record", "create_histogram")
GAUGE = Kind(Gauge, _native.gauge, "set", "create_gauge")


class Meter(metrics.Meter):
    """A meter of the OpenTelemetry API whose instruments are Vigie's: the same name and kind give the same instrument.

    A name that is another kind's already gives an instrument that measures nothing, and a record that says so.
    """

    def __init__(
        self, name: str, version: str | None, schema_url: str | None, also: Any, observables: Observables
    ) -> None:
        super().__init__(name, version=version, schema_url=schema_url)
        self._official = also
        self._observables = observables

    def _told(self, kind: Kind, described: tuple[str, str, str], advice: Any = None) -> Any:
        native, also = self._native(kind, described, advice), None
        if self._official is not None:
            more = {} if advice is None else {"explicit_bucket_boundaries_advisory": advice}
            also = getattr(getattr(self._official, kind.official)(*described, **more), kind.method)
        return kind.face(None if native is None else getattr(native, kind.method), also)

    def _asked(self, kind: Kind, official: str, callbacks: Any, described: tuple[str, str, str]) -> Any:
        if self._official is not None:
            name, *rest = described
            getattr(self._official, official)(name, callbacks, *rest)
        native = self._native(kind, described)
        if native is not None and callbacks:
            self._observables.add(native, list(callbacks))
        return _Observable()

    def _native(self, kind: Kind, described: tuple[str, str, str], buckets: Any = None) -> Any:
        name, unit, description = described
        more = {} if buckets is None else {"buckets": list(buckets)}
        try:
            return kind.make(name, unit=unit or "", description=description or "", **more)
        except (_native.ConfigError, TypeError) as error:
            _log.warn("an instrument of the OpenTelemetry API measures nothing: {why}", why=str(error))
            return None

    def create_counter(self, name: str, unit: str = "", description: str = "") -> Any:
        """A ``Counter``."""
        return self._told(COUNTER, (name, unit, description))

    def create_up_down_counter(self, name: str, unit: str = "", description: str = "") -> Any:
        """An ``UpDownCounter``."""
        return self._told(UP_DOWN_COUNTER, (name, unit, description))

    def create_histogram(
        self,
        name: str,
        unit: str = "",
        description: str = "",
        *,
        explicit_bucket_boundaries_advisory: Sequence[float] | None = None,
    ) -> Any:
        """A ``Histogram``; without advised bounds Vigie's for the unit."""
        return self._told(HISTOGRAM, (name, unit, description), advice=explicit_bucket_boundaries_advisory)

    def create_gauge(self, name: str, unit: str = "", description: str = "") -> Any:
        """A ``Gauge``."""
        return self._told(GAUGE, (name, unit, description))

    def create_observable_counter(
        self, name: str, callbacks: Any = None, unit: str = "", description: str = ""
    ) -> Any:
        """An ``ObservableCounter``: its callbacks tell totals."""
        return self._asked(COUNTER, "create_observable_counter", callbacks, (name, unit, description))

    def create_observable_up_down_counter(
        self, name: str, callbacks: Any = None, unit: str = "", description: str = ""
    ) -> Any:
        """An ``ObservableUpDownCounter``: its callbacks tell totals."""
        return self._asked(
            UP_DOWN_COUNTER, "create_observable_up_down_counter", callbacks, (name, unit, description)
        )

    def create_observable_gauge(
        self, name: str, callbacks: Any = None, unit: str = "", description: str = ""
    ) -> Any:
        """An ``ObservableGauge``."""
        return self._asked(GAUGE, "create_observable_gauge", callbacks, (name, unit, description))


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
        self._official: Any = None
        if metric_readers or views:
            from opentelemetry.sdk.metrics import MeterProvider as Official

            self._official = Official(metric_readers, resource, exemplar_filter, shutdown_on_exit, views)
        self._observables = Observables()
        self._meters: dict[tuple[Any, ...], Meter] = {}
        self._lock = threading.Lock()

    def get_meter(
        self, name: str, version: str | None = None, schema_url: str | None = None, attributes: Any = None
    ) -> Meter:
        """A meter for an instrumentation scope."""
        key = (name, version, schema_url)
        with self._lock:
            if key not in self._meters:
                also = None if self._official is None else self._official.get_meter(name, version, schema_url)
                self._meters[key] = Meter(name, version, schema_url, also, self._observables)
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
