"""The cost of ours against one property of the input at a time: a JSON line for each value of each property.

Not for judging: `shapes.py` beside this folder prints the table and names the steps.
"""

from __future__ import annotations

import datetime
import itertools
import json
import uuid
from collections.abc import Callable, Iterator

import varied
from measure import calibrate, timed
from peer_vigie import configure, vigie
from workloads import HEADERS, Case

TEXT = 512
SAMPLES = 7
SAMPLE_NS = 4e6
# A property of values without an order numbers them.
KINDS: list[object] = [
    1,
    "text",
    1.5,
    True,
    None,
    b"bytes",
    2**70,
    varied.ORDER_ID,
    varied.PLACED_AT,
    datetime.date(2026, 3, 14),
    (1, 2),
    {1},
    uuid.UUID,
]

Run = Callable[[], object]


def repeated(once: Run) -> Case:
    """A case that does one thing again and again."""

    def run(count: int) -> None:
        for _ in range(count):
            once()

    return Case(run)


def logged(**attributes: object) -> Case:
    """Records with these attributes."""
    log = vigie.get_logger("shop.api")
    return repeated(lambda: log.info("request handled", **attributes))


def mixed(count: int, other: str) -> str:
    """512 characters of words, so many of them `other`, spread evenly."""
    plain = ("aaaaaa " * TEXT)[:TEXT]
    places = {at * TEXT // count for at in range(count)} if count else set()
    return "".join(other if at in places else character for at, character in enumerate(plain))


def keys(count: int) -> dict[str, object]:
    """So many attributes."""
    return dict.fromkeys((f"key_{n}" for n in range(count)), 1)


def nested(depth: int) -> object:
    """A map inside of a map."""
    return {"inner": nested(depth - 1)} if depth else 1


def failed(causes: int) -> Case:
    """Records of an error with so many causes, all raised."""
    error: Exception | None = None
    for _ in range(causes + 1):
        try:
            raise ValueError("the disk is full") from error
        except ValueError as raised:
            error = raised
    log = vigie.get_logger("shop.api")
    return repeated(lambda: log.info("request failed", exc_info=error))


def recursed(frames: int) -> Case:
    """Records of an error that so many calls of the same line raised."""

    def down(left: int) -> None:
        if left == 0:
            raise ValueError("deep")
        down(left - 1)

    try:
        down(frames)
    except ValueError as raised:
        log, error = vigie.get_logger("shop.api"), raised
    return repeated(lambda: log.info("request failed", exc_info=error))


def span(attributes: int = 0, events: int = 0, links: int = 0) -> Case:
    """A span with so many of each."""
    names, linked = list(keys(attributes)), vigie.start_span("linked")

    def once() -> None:
        with vigie.span("child") as child:
            for name in names:
                child.set_attribute(name, 1)
            for _ in range(events):
                child.add_event("stock reserved", left=1)
            for _ in range(links):
                child.add_link(linked)

    return repeated(once)


def counted(series: int, labels: int) -> Case:
    """A counter with so many labels, of which the first takes so many values."""
    counter = vigie.counter(f"requests_{series}_{labels}")
    rest = dict.fromkeys((f"label_{n}" for n in range(1, labels)), "value")
    values: Iterator[str] = itertools.cycle([f"/shop/{n * 7919 % series}" for n in range(series)])
    one = {"label_0"} if labels else set()

    def once() -> None:
        counter.add(1, **{name: next(values) for name in one}, **rest)

    for _ in range(series):
        once()
    return repeated(once)


def carried(tracestate: str = "", baggage: str = "") -> Case:
    """Headers in and out."""
    headers = {**HEADERS, "tracestate": tracestate, "baggage": baggage}

    def once() -> None:
        with vigie.extract(headers):
            vigie.inject({})

    return repeated(once)


def members(count: int) -> str:
    """A list as headers have them."""
    return ",".join(f"v{n}=a1b2c3" for n in range(count))


PROPERTIES: dict[str, tuple[list[int], Callable[[int], Case]]] = {
    "L bytes of a text": ([8, 64, 512, 4096, 16_384], lambda n: logged(note="a" * n)),
    "L % not ASCII": ([0, 1, 10, 50, 100], lambda n: logged(note=mixed(n * TEXT // 100, "é"))),
    "L % Chinese": ([0, 1, 10, 50, 100], lambda n: logged(note=mixed(n * TEXT // 100, "価"))),
    "L escapes in 512": ([0, 1, 8, 64, 256], lambda n: logged(note=mixed(n, "\n"))),
    "L attributes": ([0, 1, 2, 4, 8, 16, 32, 64, 128], lambda n: logged(**keys(n))),
    "L depth": ([0, 1, 2, 4, 8], lambda n: logged(outer=nested(n))),
    "L items of a list": ([1, 8, 64, 512], lambda n: logged(items=list(range(n)))),
    "L kind of value": (list(range(len(KINDS))), lambda n: logged(value=KINDS[n])),
    "L causes of an error": ([0, 1, 2, 4, 8], failed),
    "L frames of one line": ([0, 1, 2, 3, 10, 100], recursed),
    "S attributes": ([0, 1, 2, 4, 8, 16, 32, 64, 128], lambda n: span(attributes=n)),
    "S events": ([0, 1, 2, 4, 8, 32], lambda n: span(events=n)),
    "S links": ([0, 1, 2, 4, 8, 32], lambda n: span(links=n)),
    "M labels": ([0, 1, 2, 3, 4, 8, 16], lambda n: counted(1, n)),
    "M series": ([1, 10, 100, 500, 1000, 2000], lambda n: counted(n, 3)),
    "P members of baggage": ([0, 1, 2, 4, 8, 9, 32, 64], lambda n: carried(baggage=members(n))),
    "P members of tracestate": ([0, 1, 2, 4, 8, 9, 32], lambda n: carried(tracestate=members(n))),
    "P escapes in baggage": (
        [0, 1, 4, 16, 64],
        lambda n: carried(baggage="user=" + "%20" * n + "a" * (64 - n)),
    ),
}


def main() -> None:
    """Measure and print all of them."""
    configure({"to": "null"}, level="info", limits={"series_per_instrument": 4_000})
    for name, (values, make) in PROPERTIES.items():
        for value in values:
            case = make(value)
            count = calibrate(case, SAMPLE_NS)
            least = min(timed(case, count)[1] / count for _ in range(SAMPLES))
            print(json.dumps({"property": name, "at": value, "ns": round(least, 1)}), flush=True)


if __name__ == "__main__":
    main()
