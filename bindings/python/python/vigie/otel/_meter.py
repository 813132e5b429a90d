"""Meters and instruments of the OpenTelemetry API over Vigie's.

Not for callbacks: see `_observables`. Not for who gives meters: see `_meter_provider`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from opentelemetry import metrics

from .. import _native
from ._observables import Observables
from ._scope import Named
from ._values import named

_log = _native.get_logger("vigie.otel")


class _Told:
    """Measurements go to Vigie's instrument, and to the official one where the user gave readers or views."""

    def __init__(self, take: Callable[..., None] | None) -> None:
        self._take = take
        #: What the official instrument is told by, if there is one.
        self.also: Callable[..., None] | None = None

    def _measured(self, amount: float, attributes: Mapping[str, Any] | None, context: Any) -> None:
        if self._take is not None:
            if attributes:
                try:
                    self._take(amount, **attributes)
                except TypeError:
                    self._take(amount, **named(attributes))
            else:
                self._take(amount)
        if self.also is not None:
            self.also(amount, attributes, context)


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

    def __init__(self, scope: Named, observables: Observables) -> None:
        super().__init__(scope.name, scope.version, scope.schema_url)
        #: Whose meter it is.
        self.scope = scope
        self._official: Any = None
        self._observables = observables
        # The same said again gives the same instrument. With it, who makes the official one.
        self._made: dict[tuple[Any, ...], tuple[_Told, Callable[[], Any]]] = {}
        self._lock = threading.Lock()
        # Who makes the official instruments that are asked.
        self._asking: list[Callable[[], Any]] = []

    def tell(self, official: Any) -> None:
        """Has all measurements from now on told to an official meter, too."""
        with self._lock:
            self._official = official
            for told, make in self._made.values():
                told.also = make()
            for make in self._asking:
                make()

    @property
    def _instrumentation_scope(self) -> Any:
        """Whose meter it is; by this name others ask for it."""
        return self.scope.shown

    def _told(self, kind: Kind, described: tuple[str, str, str], advice: Any = None) -> Any:
        def official() -> Any:
            more = {} if advice is None else {"explicit_bucket_boundaries_advisory": advice}
            return getattr(getattr(self._official, kind.official)(*described, **more), kind.method)

        key = (kind.method, kind.official, *described, None if advice is None else tuple(advice))
        with self._lock:
            if key not in self._made:
                native = self._native(kind, described, advice)
                made = kind.face(None if native is None else getattr(native, kind.method))
                self._made[key] = made, official
                if self._official is not None:
                    made.also = official()
            return self._made[key][0]

    def _asked(self, kind: Kind, official: str, callbacks: Any, described: tuple[str, str, str]) -> Any:
        def make() -> Any:
            name, *rest = described
            return getattr(self._official, official)(name, callbacks, *rest)

        with self._lock:
            self._asking.append(make)
            if self._official is not None:
                make()
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
