"""What the event and the context of an AWS Lambda invocation say. Both come from outside: nothing about them is relied
on, and what cannot be read counts as absent. Follows OpenTelemetry's semantic conventions for FaaS and AWS Lambda."""

from __future__ import annotations

import os
from contextlib import suppress

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# No function runs for longer; what is told beyond it is no time.
_LONGEST_SECONDS = 86_400.0

# What invokes a function, by the source that its records name.
_TRIGGERS = {
    "aws:sqs": "pubsub",
    "aws:sns": "pubsub",
    "aws:kinesis": "pubsub",
    "aws:kafka": "pubsub",
    "aws:mq": "pubsub",
    "aws:s3": "datasource",
    "aws:dynamodb": "datasource",
}


class Seen:
    """What is known of an invocation at its beginning."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.attributes: dict[str, Any] = {}
        self.parent: _native.Context | None = None
        self.links: list[_native.Context] = []
        self.is_http = False
        self._remaining: Any = None

    def seconds_left(self) -> float | None:
        """How long the invocation may still run; None when nobody says."""
        try:
            seconds = float(self._remaining()) / 1000
            return min(max(0.0, seconds), _LONGEST_SECONDS) if seconds == seconds else None
        except Exception:
            return None


def seen(event: Any, context: Any) -> Seen:
    """What these two say."""
    found = Seen()
    for read in (_read_context, _read_event):
        # What was read before an error stays.
        with suppress(Exception):
            read(found, event, context)
    return found


def is_provisioned() -> bool:
    """Whether the environment was started ahead of any invocation, so that none waited for it."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency"


def status_code(result: Any) -> int | None:
    """The status of an HTTP response, where the result of a handler is one."""
    status = result.get("statusCode") if isinstance(result, dict) else None
    return status if isinstance(status, int) and 100 <= status <= 599 else None


def _read_context(found: Seen, _: Any, context: Any) -> None:
    found._remaining = getattr(context, "get_remaining_time_in_millis", None)
    name = _text(getattr(context, "function_name", None)) or os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
    version = _text(getattr(context, "function_version", None))
    arn = _text(getattr(context, "invoked_function_arn", None))
    found.name = name
    put = {
        "faas.invocation_id": _text(getattr(context, "aws_request_id", None)),
        "faas.name": name,
        "faas.version": version,
        **_of_arn(arn, version),
    }
    found.attributes.update((key, value) for key, value in put.items() if value)


def _of_arn(arn: str | None, version: str | None) -> dict[str, str | None]:
    """What `arn:aws:lambda:region:account:function:name:alias` says."""
    if arn is None:
        return {}
    parts = arn.split(":")
    if len(parts) < 7:
        return {"aws.lambda.invoked_arn": arn}
    # An alias is a name for a version, which is what ran.
    resource = ":".join([*parts[:7], *([version or parts[7]] if len(parts) > 7 else [])])
    return {
        "aws.lambda.invoked_arn": arn,
        "cloud.resource_id": resource,
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda",
        "cloud.region": parts[3],
        "cloud.account.id": parts[4],
    }


def _read_event(found: Seen, event: Any, _: Any) -> None:
    if not isinstance(event, dict):
        return
    trigger = _read_http(found, event) or _read_records(found, event) or _trigger_of_bus(event)
    if trigger is not None:
        found.attributes["faas.trigger"] = trigger
    headers = _pairs(event.get("headers")) or _pairs(event.get("multiValueHeaders"))
    if headers:
        found.parent = _native.context_from(headers)
    if not _is_named(found.parent):
        # The trace that the runtime says the function is invoked in, where the propagator of X-Ray is chosen.
        of_runtime = _native.context_from([(_OF_AWS[0], os.environ.get("_X_AMZN_TRACE_ID", ""))])
        found.parent = of_runtime if _is_named(of_runtime) else found.parent


def _read_http(found: Seen, event: dict[str, Any]) -> str | None:
    """API Gateway with payloads of version 1 and 2, function URLs, load balancers."""
    request = event.get("requestContext")
    if not isinstance(request, dict):
        return None
    http = request.get("http")
    method = _text(event.get("httpMethod") or (http.get("method") if isinstance(http, dict) else None))
    if method is None:
        return None
    found.is_http = True
    found.attributes["http.request.method"] = method
    route = _text(event.get("resource")) or (_text(event.get("routeKey")) or "").rpartition(" ")[2]
    if route.startswith("/"):
        found.attributes["http.route"] = route
    return "http"


def _read_records(found: Seen, event: dict[str, Any]) -> str | None:
    """Queues, topics, streams and stores, whose events are lists of records."""
    records = event.get("Records")
    if not isinstance(records, list) or not records or not isinstance(records[0], dict):
        return _TRIGGERS.get(_text(event.get("eventSource")) or "")
    source = _text(records[0].get("eventSource") or records[0].get("EventSource")) or ""
    if source == "aws:sqs":
        contexts = [context for context in map(_context_of_message, records) if context is not None]
        if len(records) == 1 and contexts:
            found.parent = contexts[0]
        else:
            found.links = contexts
    return _TRIGGERS.get(source)


#: What the header of AWS may be.
_OF_AWS = ("X-Amzn-Trace-Id", "traceparent")


def _context_of_message(record: Any) -> _native.Context | None:
    """The context that a message of a queue was sent in. The header of AWS counts where it can be read: it is X-Ray's, or a
    ``traceparent``.
    """
    if not isinstance(record, dict):
        return None
    attributes = record.get("messageAttributes")
    carrier = [
        (name, value["stringValue"])
        for name, value in (attributes.items() if isinstance(attributes, dict) else ())
        if isinstance(value, dict) and isinstance(value.get("stringValue"), str)
    ]
    context = _native.context_from(carrier)
    if not _is_named(context):
        system = record.get("attributes")
        header = _text(system.get("AWSTraceHeader")) if isinstance(system, dict) else None
        context = _native.context_from([(name, header) for name in _OF_AWS] if header else [])
    return context if _is_named(context) else None


def _is_named(context: _native.Context | None) -> bool:
    """Whether another process's span is named in it."""
    return context is not None and (context.is_remote or _native.is_linked(context))


def _trigger_of_bus(event: dict[str, Any]) -> str | None:
    """Rules of EventBridge that run by the clock."""
    return "timer" if event.get("source") == "aws.events" and "detail-type" in event else None


def _pairs(headers: Any) -> list[tuple[str, str]]:
    """Headers with one value each, or lists of them."""
    if not isinstance(headers, dict):
        return []
    pairs: list[tuple[str, str]] = []
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(name, str) and isinstance(value, str):
                pairs.append((name, value))
    return pairs


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
