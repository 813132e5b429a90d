"""A real Jaeger, and the spans that its HTTP API gives back."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from receiver import attributes, span
from serving import answer, free_port, serving, until

IDS = ("traceId", "spanId", "parentSpanId")
DAY_S = 86_400


@contextmanager
def jaeger(program: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Where it takes OTLP, and where it answers."""
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


def of_service(url: str, service: str, count: int) -> list[dict[str, Any]]:
    """The spans of a service once there are so many, whose traces are of today."""

    def ask() -> list[dict[str, Any]] | None:
        day = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + far)) for far in (-DAY_S, DAY_S)]
        within = {"query.start_time_min": day[0], "query.start_time_max": day[1], "query.num_traces": "100"}
        try:
            found = spans(
                answer(f"{url}/api/v3/traces", **{"query.service_name": service, **within})["result"]
            )
        except HTTPError as error:
            if error.code == 404:
                return None
            raise
        return [*found.values()] if len(found) >= count else None

    return until(f"{count} spans of {service}", ask)
