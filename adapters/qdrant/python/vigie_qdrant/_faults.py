"""Failures of the adapter itself: counted, never shown to the program. Not for errors of Qdrant or its client."""

import contextlib
import logging

from . import _instruments

_counts: dict[str, int] = {}
_log = logging.getLogger("vigie_qdrant")


def fault(where: str) -> None:
    """Count the failure that is being handled. The first of each place is told at debug level of ``logging``."""
    first = where not in _counts
    _counts[where] = _counts.get(where, 0) + 1
    if first:
        _log.debug("the adapter failed in %s; calls go on without it", where, exc_info=True)
    # What counts failures must not fail itself: the number above stays.
    with contextlib.suppress(Exception):
        _instruments.faults(where)


def faults() -> dict[str, int]:
    """How often the adapter itself failed, by place. Such a failure costs a record, never a call."""
    return dict(_counts)
