"""A fault of what users plugged in stays here, and is told once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._native import get_logger

_told: set[str] = set()


@contextmanager
def quiet(whose: str) -> Iterator[None]:
    """Lets no exception out of the block; the first one of each kind of plug-in is a record."""
    try:
        yield
    except Exception as fault:
        if whose not in _told:
            _told.add(whose)
            get_logger("vigie.otel").warn("a {whose} failed; more of that is not told", fault, whose=whose)
