"""A trace goes on from every language to every other one, in each format that carries it; no peer makes a reader keep much."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hops import HOPS
from programs import ask, rust_example, start, started

LANGUAGES = [*HOPS, "rust"]
FORMATS = ["tracecontext", "baggage", "correlation", "b3", "b3multi", "jaeger", "xray", "x-trace-id"]
#: Formats that name no span.
BESIDE = ["baggage", "correlation"]


class Hop:
    """A program, asked in words and answering in JSON."""

    def __init__(self, language: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        if language == "rust":
            self.process = started(rust_example("hop"), folder)
        else:
            self.process = start(language, HOPS[language], folder)

    def begin(self, line: str) -> None:
        """Says a line; `end` has the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def ask(self, line: str) -> Any:
        return json.loads(ask(self.process, line))

    def use(self, *propagators: str, share: float = 1.0) -> None:
        outputs = [{"to": "null"}]
        document = {
            "service": "hop",
            "outputs": outputs,
            "propagators": propagators,
            "sample": {"traces": share},
        }
        assert self.ask(f"use {json.dumps(document)}") == "used"

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def hops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Hop, Hop]]]:
    """Of each language one that calls and one that is called."""
    with contextlib.ExitStack() as stack:
        made: dict[str, tuple[Hop, Hop]] = {}
        for language in LANGUAGES:
            pair = []
            for role in ("caller", "called"):
                hop = Hop(language, tmp_path_factory.mktemp(f"{language}-{role}"))
                stack.callback(hop.close)
                pair.append(hop)
            made[language] = (pair[0], pair[1])
        yield made


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize("share", [1.0, 0.0])
@pytest.mark.parametrize("propagator", FORMATS)
def test_a_trace_goes_from_every_language_to_every_other(
    hops: dict[str, tuple[Hop, Hop]], propagator: str, share: float
) -> None:
    for caller, called in hops.values():
        caller.use(propagator, share=share)
        called.use(propagator)
    ports = {language: called.ask("where") for language, (_, called) in hops.items()}
    for one, other in product(hops, hops):
        caller, called = hops[one][0], hops[other][1]
        called.begin("serve")
        sent, served = caller.ask(f"call {ports[other]}"), called.end()
        way = f"{propagator}, {one} to {other}: {sent}, {served}"
        trace, span, is_sampled = sent["span"]
        assert is_sampled == (share > 0) and sent["headers"], way
        # What goes on is what came, with the identity of the next span.
        on = {name: value.replace(span, served["span"][1]) for name, value in lower(sent["headers"]).items()}
        if propagator in BESIDE:
            assert served["parent"] is None and served["span"][0] != trace, way
            assert lower(served["headers"]) == on, way
            continue
        # The plain headers say nothing of sampling, so the one that is called decides.
        decided = True if propagator == "x-trace-id" else is_sampled
        assert served["parent"] == [trace, span, decided] and served["span"][0] == trace, way
        assert served["span"][1] != span and served["span"][2] == decided, way
        assert lower(served["headers"]) == on, way


def test_a_flood_of_headers_is_read_as_far_as_the_specification_asks(
    hops: dict[str, tuple[Hop, Hop]],
) -> None:
    for language, (hop, _) in hops.items():
        hop.use("tracecontext", "baggage", "correlation")
        # The first header has more members than anybody reads, all of one name.
        assert lower(hop.ask("flood")) == {"baggage": "a=1"}, language


def test_no_language_keeps_what_a_flood_brings(hops: dict[str, tuple[Hop, Hop]]) -> None:
    def peak(process: subprocess.Popen[str]) -> int:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1])

    for language, (hop, _) in hops.items():
        hop.ask("flood")
        before = peak(hop.process)
        for _ in range(10):
            hop.ask("flood")
        assert peak(hop.process) - before < 64 << 10, f"{language}: KiB more than before"
