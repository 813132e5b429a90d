"""What stands in for a collector, and a closed loop in front of it: only so many records are on their way at any
time, so that no library has to drop any.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from urllib.request import urlopen

RECEIVER = os.environ.get("VIGIE_BENCH_RECEIVER", "")
# How many records may be on their way, how many are made before it is looked how many came out, and how long to
# wait between two looks: each costs as much as some records.
IN_FLIGHT = 8_192
PORTION = 2_048
NAP_S = 0.001


def received() -> int:
    """Records that the receiver has counted."""
    with urlopen(RECEIVER) as reply:
        return int(reply.read())


def in_portions(make: Callable[[int], object], out: Callable[[], int]) -> Callable[[int], None]:
    """Makes records in portions; `make` makes so many and `out` says how many came out so far."""

    def run(count: int) -> None:
        before, made = out(), 0
        while made < count:
            portion = min(PORTION, count - made)
            make(portion)
            made += portion
            while made + PORTION > out() - before + IN_FLIGHT:
                time.sleep(NAP_S)

    return run
