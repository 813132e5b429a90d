"""A real Jaeger keeps the spans that it is sent, and its HTTP API gives back every value of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from collector import INSTALL
from programs import run
from recorded import EXPECTED_SPAN, SOURCES
from serving import answer, built, free_port, serving, until

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from receiver import attributes, span

IDS = ("traceId", "spanId", "parentSpanId")

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
def jaeger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where it takes OTLP, and where it answers."""
    program, folder = built("jaeger"), tmp_path_factory.mktemp("jaeger")
    takes, answers = free_port(), free_port()
    config = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{takes}"}}}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "kept"}},
        "extensions": {
            "jaeger_storage": {"backends": {"kept": {"memory": {"max_traces": 1000}}}},
            "jaeger_query": {
                "storage": {"traces": "kept"},
                "http": {"endpoint": f"127.0.0.1:{answers}"},
                "grpc": {"endpoint": f"127.0.0.1:{free_port()}"},
            },
        },
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query"],
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}},
        },
    }
    with serving([program, f"--config=yaml:{json.dumps(config)}"], takes, folder) as url:
        yield url, f"http://127.0.0.1:{answers}"


def with_bytes(message: Any) -> Any:
    """OTLP's JSON as that of protobuf, which has no hexadecimal digits."""
    match message:
        case dict():
            return {
                key: base64.b64encode(bytes.fromhex(value)).decode() if key in IDS else with_bytes(value)
                for key, value in message.items()
            }
        case list():
            return [with_bytes(one) for one in message]
        case _:
            return message


def spans(request: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each span of a request by its id, with what it says of its service."""
    found = {}
    for of in json_format.ParseDict(with_bytes(request), ExportTraceServiceRequest()).resource_spans:
        resource = attributes(of.resource.attributes)
        for record in (record for scope in of.scope_spans for record in scope.spans):
            seen = span(record)
            assert seen["span"][1] not in found
            found[seen["span"][1]] = {**seen, "resource": resource}
    return found


def trace(url: str, number: int, count: int) -> dict[str, dict[str, Any]]:
    """A trace of Jaeger once it has so many spans."""

    def ask() -> dict[str, dict[str, Any]] | None:
        try:
            found = spans(answer(f"{url}/api/v3/traces/{number:032x}")["result"])
        except HTTPError as error:
            if error.code == 404:
                return None
            raise
        return found if len(found) >= count else None

    return until(f"{count} spans of trace {number}", ask)


def config(url: str, protocol: str, ids: int, *outputs: dict[str, Any]) -> str:
    """Settings of a program whose first trace has the number `ids`."""
    output = {"to": "otlp", "signals": ["spans"], "url": url, "protocol": protocol}
    testing = {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": ids, "host": "h", "pid": 7}
    settings = {"service": "shop", "version": "1.4.2", "level": "trace"}
    return json.dumps({**settings, "outputs": [output, *outputs], "testing": testing})


@pytest.mark.parametrize("language", SOURCES)
@pytest.mark.parametrize("protocol", ["protobuf", "json"])
def test_the_span_of_each_language_is_there(
    language: str, protocol: str, jaeger: tuple[str, str], tmp_path: Path
) -> None:
    takes, answers = jaeger
    # Jaeger puts together what is of one trace, whoever sent it.
    ids = 1000 * (1 + [*SOURCES].index(language)) + (protocol == "json") * 100
    run(language, SOURCES[language], tmp_path, config(takes, protocol, ids))
    ((number, found),) = trace(answers, ids, 1).items()
    assert number == f"{ids + 1:016x}"
    resource = found.pop("resource")
    assert (resource["service.name"], resource["process.pid"]) == ({"string": "shop"}, {"int": 7})
    assert found == {**EXPECTED_SPAN, "span": (f"{ids:032x}", number, 0x101)}


@pytest.mark.parametrize("protocol", ["protobuf", "json"])
def test_a_trace_is_there_as_the_file_has_it(protocol: str, jaeger: tuple[str, str], tmp_path: Path) -> None:
    takes, answers = jaeger
    ids = 100_000 + (protocol == "json") * 10_000
    beside = {"to": "file", "path": "requests.jsonl", "format": "otlp-json", "signals": ["spans"]}
    run("python", HOSTILE, tmp_path, config(takes, protocol, ids, beside))
    lines = (tmp_path / "requests.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    written = {number: one for line in lines for number, one in spans(json.loads(line)).items()}
    assert len(written) == 2 + 13 + 13 * 13
    assert trace(answers, ids, len(written)) == written
