"""Instruments that are asked: their callbacks are called before each collection.

Not for instruments that are told: see `_meter`.
"""

from __future__ import annotations

import threading
from typing import Any

from opentelemetry.metrics import CallbackOptions

from .. import _native
from ._quiet import quiet
from ._values import named

_OPTIONS = CallbackOptions()

#: Of so many series of an instrument the last total is kept in mind: as many as a process has in all by default.
MOST_SERIES = 20_000


class Observables:
    """The callbacks of one provider's instruments."""

    def __init__(self) -> None:
        self._asked: list[tuple[Any, list[Any], dict[Any, float]]] = []
        self._lock = threading.Lock()
        self._is_asked = False

    def add(self, native: Any, callbacks: list[Any]) -> None:
        """Has the callbacks asked from now on."""
        with self._lock:
            self._asked.append((native, [_stepped(callback) for callback in callbacks], {}))
            if not self._is_asked:
                self._is_asked = True
                # A gauge that never has a value: its callback is called before each collection.
                _native.gauge("vigie.otel.asked", callback=self._ask)

    def _ask(self) -> None:
        for native, callbacks, totals in self._asked:
            for callback in callbacks:
                with quiet("callback of an instrument"):
                    for observation in callback() or ():
                        _observe(native, observation, totals)


def _stepped(callback: Any) -> Any:
    """A generator is asked for one list of observations at each collection, a function is called."""
    if hasattr(callback, "send"):
        return lambda: next(callback)
    return lambda: callback(_OPTIONS)


def _observe(native: Any, observation: Any, totals: dict[Any, float]) -> None:
    attributes = named(observation.attributes)
    value = observation.value
    if isinstance(native, _native.Gauge):
        native.set(value, **attributes)
        return
    # A sum takes what was added; callbacks tell the total.
    key = tuple(sorted((name, repr(member)) for name, member in attributes.items()))
    if len(totals) >= MOST_SERIES and key not in totals:
        return
    native.add(value - totals.get(key, 0), **attributes)
    totals[key] = value
