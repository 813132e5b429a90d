"""A real Jaeger keeps the spans that it is sent, and its HTTP API gives back every value of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collector import INSTALL
from programs import run
from recorded import EXPECTED_SPAN, SOURCES
from serving import built

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
from jaeger import jaeger, spans, trace

HOSTILE = r"""
import json, sys, vigie
vigie.init(json.loads(sys.argv[1]))
pieces = ["", " ", "a", "\"", "\\", "\n", "\0", "\x1b[31m", "é", "\U0001f600", "\u2028", "<&>", "\ud800"]
values = [2**63 - 1, -2**63, 2**63, 0, -0.0, 1.0, 0.1, 1e308, 5e-324, float("nan"), float("inf"), True, False, None,
          b"\0\xff", [], [1, "a", [0.5, None], {"b": b"x"}], {"a": {"b": {}}}]
with vigie.span("root", kind="producer") as root:
    for n, one in enumerate(pieces):
        with vigie.span("child " + one, kind=["client", "server", "consumer", "internal"][n % 4], n=n) as child:
            for m, two in enumerate(pieces):
                with vigie.span(f"{one}x{two}", text=one + two, **{"key" + two: values[(n + m) % len(values)]}) as last:
                    last.add_event("event " + two, at=m)
                    last.add_link(root, why=two)
            if n % 3 == 0:
                child.set_status("ok")
    for value in values:
        root.add_event("value", value=value)
    try:
        with vigie.span("failing"):
            raise ValueError("not so")
    except ValueError:
        pass
assert vigie.shutdown(timeout=20)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where it takes OTLP, and where it answers."""
    with jaeger(built("jaeger"), tmp_path_factory.mktemp("jaeger")) as addresses:
        yield addresses


def config(url: str, protocol: str, ids: int, *outputs: dict[str, Any]) -> str:
    """Settings of a program whose first trace has the number `ids`."""
    output = {"to": "otlp", "signals": ["spans"], "url": url, "protocol": protocol}
    testing = {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": ids, "host": "h", "pid": 7}
    settings = {"service": "shop", "version": "1.4.2", "level": "trace"}
    return json.dumps({**settings, "outputs": [output, *outputs], "testing": testing})


@pytest.mark.parametrize("language", SOURCES)
@pytest.mark.parametrize("protocol", ["protobuf", "json"])
def test_the_span_of_each_language_is_there(
    language: str, protocol: str, server: tuple[str, str], tmp_path: Path
) -> None:
    takes, answers = server
    # Jaeger puts together what is of one trace, whoever sent it.
    ids = 1000 * (1 + [*SOURCES].index(language)) + (protocol == "json") * 100
    run(language, SOURCES[language], tmp_path, config(takes, protocol, ids))
    ((number, found),) = trace(answers, ids, 1).items()
    assert number == f"{ids + 1:016x}"
    resource = found.pop("resource")
    assert (resource["service.name"], resource["process.pid"]) == ({"string": "shop"}, {"int": 7})
    assert found == {**EXPECTED_SPAN, "span": (f"{ids:032x}", number, 0x101)}


@pytest.mark.parametrize("protocol", ["protobuf", "json"])
def test_a_trace_is_there_as_the_file_has_it(protocol: str, server: tuple[str, str], tmp_path: Path) -> None:
    takes, answers = server
    ids = 100_000 + (protocol == "json") * 10_000
    beside = {"to": "file", "path": "requests.jsonl", "format": "otlp-json", "signals": ["spans"]}
    run("python", HOSTILE, tmp_path, config(takes, protocol, ids, beside))
    lines = (tmp_path / "requests.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    written = {number: one for line in lines for number, one in spans(json.loads(line)).items()}
    assert len(written) == 2 + 13 + 13 * 13
    assert trace(answers, ids, len(written)) == written
