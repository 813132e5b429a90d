"""The sessions that are open, and when each was last active. One whose peer went away without a word stays open and silent.

Not for what is asked in them.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import cache
from threading import Lock
from typing import NamedTuple

import vigie

from . import names
from .faults import quiet
from .instruments import gauge, histogram, up_down_counter
from .names import Side

_lock = Lock()


class _Session(NamedTuple):
    began: float
    active: float


# By the object that stands for a session, the longest silent first.
_open: dict[Side, OrderedDict[int, _Session]] = {"client": OrderedDict(), "server": OrderedDict()}


@quiet(None)
def opened(side: Side, key: int) -> None:
    """A session begins. A second time it is only activity."""
    with _lock:
        known = key in _open[side]
        if not known:
            _open[side][key] = _Session(time.perf_counter(), time.time())
    if not known:
        up_down_counter(names.SESSIONS_OPEN).add(1, **{names.SIDE: side})
    _activity(side)


@quiet(None)
def active(side: Side, key: int) -> None:
    """A message was seen. The key may be of no session at all: the protocol has requests that belong to none."""
    with _lock:
        session = _open[side].get(key)
        if session is not None:
            _open[side][key] = session._replace(active=time.time())
            _open[side].move_to_end(key)
    _activity(side)


@quiet(None)
def touched(key: int) -> None:
    """A message was sent in a session, whichever side it is of: a server may ask its client something."""
    for side in _open:
        if key in _open[side]:
            active(side, key)


@quiet(None)
def closed(side: Side, key: int, error_type: str | None = None) -> None:
    """A session ends, for the reason given if it was an error."""
    with _lock:
        session = _open[side].pop(key, None)
    if session is None:
        return
    up_down_counter(names.SESSIONS_OPEN).add(-1, **{names.SIDE: side})
    metric = names.SERVER_SESSION if side == names.SERVER else names.CLIENT_SESSION
    attributes = {names.ERROR_TYPE: error_type} if error_type else {}
    histogram(metric).record(time.perf_counter() - session.began, **attributes)
    _activity(side)


def _activity(side: Side) -> None:
    now = time.time()
    with _lock:
        stalest = next(iter(_open[side].values())).active if _open[side] else now
    last, oldest = _gauges(side)
    last.set(now)
    oldest.set(stalest)


@cache
def _gauges(side: Side) -> tuple[vigie.BoundGauge, vigie.BoundGauge]:
    # Every message sets them, so that looking the series up each time would cost more than setting it.
    labels = {names.SIDE: side}
    return gauge(names.LAST_ACTIVITY).bind(**labels), gauge(names.STALEST_ACTIVITY).bind(**labels)
