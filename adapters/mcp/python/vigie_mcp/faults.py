"""Keeps failures of the adapter from the program that uses it: they are counted, the first of each kind is logged.

Not for failures of the program: those are its own, and reach it as they would without us.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import vigie

from . import names

_P = ParamSpec("_P")
_R = TypeVar("_R")
_O = TypeVar("_O")
_told: set[str] = set()


def quiet(otherwise: _O) -> Callable[[Callable[_P, _R]], Callable[_P, _R | _O]]:
    """Makes a function of ours fail without a trace in the caller: it returns ``otherwise`` then."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R | _O]:
        entry = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"

        @wraps(function)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R | _O:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                fault(entry, error)
                return otherwise

        return guarded

    return decorate


def fault(entry: str, error: Exception) -> None:
    """Counts a failure of ours, and says it once for each place that it happens in."""
    # Even this must not fail: the instrument may be refused where the name is another kind's already.
    try:
        metric = names.FAULTS
        counter = vigie.counter(metric.name, unit=metric.unit, description=metric.description)
        counter.add(1, **{names.ENTRY: entry})
        if entry not in _told:
            _told.add(entry)
            vigie.get_logger(names.LOGGER).warn(
                "the MCP adapter failed and goes on without what it could not record",
                exc_info=error,
                **{names.ENTRY: entry},
            )
    except Exception:
        return
