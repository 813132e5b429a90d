"""A fault of what users plugged in, or said wrongly, stays here, and is told once of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._native import get_logger

_told: set[str] = set()


def fault(whose: str, error: Exception) -> None:
    """Tells of the first fault of each kind."""
    if whose not in _told:
        _told.add(whose)
        get_logger("vigie.otel").warn("a {whose} failed; more of that is not told", error, whose=whose)


@contextmanager
def quiet(whose: str) -> Iterator[None]:
    """Lets no exception out of the block."""
    try:
        yield
    except Exception as error:
        fault(whose, error)
