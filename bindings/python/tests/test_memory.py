"""References and memory: what is recorded is not kept."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vigie


class Thing:
    def __repr__(self) -> str:
        return "<thing>"


def everything(value: Any, text: str, headers: dict[str, str]) -> None:
    """Every recording call once, with the same objects."""
    log = vigie.get_logger(text)
    log.info(text, value=value, list=[value], text=text, exc_info=None)
    log.log(text, text, value, key=value)
    log.bind(value=value).error(value, exc_info=value)
    with vigie.context(value=value, baggage=headers), vigie.span(text, value=value, links=[value]) as span:
        span.set_attribute(text, value)
        span.set_attributes({text: value})
        span.add_event(text, value=value)
        span.record_exception(value)
        span.set_status(text, text)  # type: ignore[arg-type]
        span.add_link(span)
        vigie.inject({}, span)
        vigie.inject(headers)
        vigie.current_context()
    with vigie.extract(headers) as context:
        vigie.start_span(text, parent=context).end()
    vigie.counter("m_total").add(1, value=value)
    vigie.counter("m_total").bind(value=value).add(1)
    with vigie.histogram("m_seconds").time(value=value):
        pass
    try:
        raise ValueError(text)
    except ValueError:
        log.exception(text, value=value)


def test_no_reference_is_kept() -> None:
    value, text, headers = Thing(), "".join(["some", " text"]), {"x": "".join(["head", "er"])}
    held = [value, text, headers, headers["x"], Thing, None]
    everything(value, text, headers)
    gc.collect()
    before = [sys.getrefcount(thing) for thing in held]
    for _ in range(1000):
        everything(value, text, headers)
    gc.collect()
    after = [sys.getrefcount(thing) for thing in held]
    # None is shared with the whole interpreter, and immortal from 3.12 on.
    assert [new - old for new, old in zip(after, before, strict=True)][:-1] == [0] * (len(held) - 1)
    assert abs(after[-1] - before[-1]) < 100


def resident_kib() -> int:
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")
    ]
    return int(line.split()[1])


WORK: dict[str, Callable[[int], Any]] = {
    "everything": lambda n: everything(Thing(), f"n{n % 7}", {"x": "y"}),
    "call sites": lambda n: exec(f"vigie.get_logger('x').info('hi', k{n}=1)", {"vigie": vigie}),
    "loggers": lambda n: vigie.get_logger(f"logger{n % 50}").bind(n=n).info("hi"),
    "classes": lambda n: vigie.get_logger("x").info("hi", v=type(f"C{n}", (), {})()),
}


@pytest.mark.parametrize("name", WORK)
def test_memory_does_not_grow(name: str) -> None:
    work = WORK[name]
    for n in range(3000):
        work(n)
    gc.collect()
    before = resident_kib()
    for n in range(3000, 6000):
        work(n)
    gc.collect()
    assert resident_kib() - before < 4096
