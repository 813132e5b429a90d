"""A receiver of OTLP over HTTP: what arrives, decoded into plain values that tell the types apart."""

from __future__ import annotations

import base64
import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = ("gauge", "sum", "histogram")


def value(any_value: Any) -> Any:
    """An AnyValue: `{type: value}`, doubles as text so that NaN equals itself, None for one with nothing in it."""
    kind = any_value.WhichOneof("value")
    match kind:
        case None:
            return None
        case "array_value":
            return {"array": [value(one) for one in any_value.array_value.values]}
        case "kvlist_value":
            return {"map": attributes(any_value.kvlist_value.values)}
        case "bytes_value":
            return {"bytes": base64.b64encode(any_value.bytes_value).decode()}
        case "double_value":
            return {"double": repr(any_value.double_value)}
        case _:
            return {kind.removesuffix("_value"): getattr(any_value, kind)}


def attributes(pairs: Any) -> dict[str, Any]:
    """A list of KeyValue; a key that came twice is an error."""
    found = {pair.key: value(pair.value) for pair in pairs}
    assert len(found) == len(pairs), pairs
    return found


def log(record: Any, scope: str) -> dict[str, Any]:
    return {
        "time": record.time_unix_nano,
        "observed": record.observed_time_unix_nano,
        "severity": (record.severity_number, record.severity_text),
        "scope": scope,
        "body": value(record.body),
        "attributes": attributes(record.attributes),
        "dropped": record.dropped_attributes_count,
        "event": record.event_name,
        "span": (record.trace_id.hex(), record.span_id.hex(), record.flags),
    }


def span(record: Any) -> dict[str, Any]:
    return {
        "span": (record.trace_id.hex(), record.span_id.hex(), record.flags),
        "parent": record.parent_span_id.hex(),
        "name": record.name,
        "kind": record.kind,
        "times": (record.start_time_unix_nano, record.end_time_unix_nano),
        "status": (record.status.code, record.status.message),
        "attributes": attributes(record.attributes),
        "events": [(e.time_unix_nano, e.name, attributes(e.attributes)) for e in record.events],
        "links": [
            (link.trace_id.hex(), link.span_id.hex(), attributes(link.attributes)) for link in record.links
        ],
        "dropped": (
            record.dropped_attributes_count,
            record.dropped_events_count,
            record.dropped_links_count,
        ),
    }


def metric(record: Any) -> dict[str, Any]:
    kind = next(kind for kind in KINDS if record.HasField(kind))
    data = getattr(record, kind)
    seen = {"kind": kind, "unit": record.unit, "description": record.description}
    if kind != "gauge":
        seen["temporality"] = data.aggregation_temporality
    if kind == "sum":
        seen["is_monotonic"] = data.is_monotonic
    return {**seen, "points": [point(one, kind) for one in data.data_points]}


def point(one: Any, kind: str) -> dict[str, Any]:
    seen = {
        "times": (one.start_time_unix_nano, one.time_unix_nano),
        "attributes": attributes(one.attributes),
    }
    if kind == "histogram":
        counts = (one.count, list(one.bucket_counts), list(one.explicit_bounds))
        return {**seen, "counts": counts, "sum": one.sum, "range": (one.min, one.max)}
    which = one.WhichOneof("value")
    return {**seen, "value": {which: getattr(one, which)}}


class Receiver:
    """Listens on loopback; what arrived is kept by service."""

    def __init__(self, port: int = 0) -> None:
        self.services: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver.take(self.path, body)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """The tests say what there is to say."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path: str, body: bytes) -> None:
        match path:
            case "/v1/logs":
                for of in ExportLogsServiceRequest.FromString(body).resource_logs:
                    records = [
                        log(record, scope.scope.name)
                        for scope in of.scope_logs
                        for record in scope.log_records
                    ]
                    self.keep(of.resource, "logs", records)
            case "/v1/traces":
                for of in ExportTraceServiceRequest.FromString(body).resource_spans:
                    records = [span(record) for scope in of.scope_spans for record in scope.spans]
                    self.keep(of.resource, "spans", records)
            case "/v1/metrics":
                for of in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                    found = [record for scope in of.scope_metrics for record in scope.metrics]
                    self.keep(of.resource, "metrics", [{"name": one.name, **metric(one)} for one in found])

    def keep(self, resource: Any, signal: str, records: list[dict[str, Any]]) -> None:
        of = attributes(resource.attributes)
        with self.lock:
            kept = self.services.setdefault(of["service.name"]["string"], {})
            kept.setdefault("resource", of)
            kept.setdefault(signal, []).extend(records)

    def wait(self, service: str, counts: dict[str, int]) -> dict[str, Any]:
        """What a service has sent, once there are so many records of each signal."""
        due = time.monotonic() + 30
        while True:
            with self.lock:
                kept = dict(self.services.get(service, {}))
            if all(len(kept.get(signal, ())) >= count for signal, count in counts.items()):
                return kept
            assert time.monotonic() < due, f"of {counts} there is {kept}"
            time.sleep(0.05)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
