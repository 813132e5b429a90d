"""``lambda_handler``: what is recorded of an invocation, and that the handler is what it was.

Not for freezes, kills and servers that do not answer: see ``test_serverless.py``.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import vigie
from conftest import Records, Run

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
OTHER = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:shop"


class Context:
    """What the runtime hands to a handler."""

    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    function_name = "shop"
    function_version = "7"
    invoked_function_arn = f"{ARN}:live"

    def __init__(self, milliseconds: float = 30_000) -> None:
        self._end = time.monotonic() + milliseconds / 1000

    def get_remaining_time_in_millis(self) -> int:
        return int(max(0, self._end - time.monotonic()) * 1000)


def of_context(span: dict[str, Any]) -> dict[str, Any]:
    """The attributes without the one that only the first invocation of the process has."""
    return {key: value for key, value in span["attributes"].items() if key != "faas.coldstart"}


def test_an_invocation_is_a_server_span_with_what_the_context_says(records: Records) -> None:
    @vigie.lambda_handler
    def handler(event: dict[str, int], context: Context) -> int:
        vigie.get_logger("shop").info("inside")
        return event["n"] + 1

    assert handler({"n": 1}, Context()) == 2
    [span] = records.spans
    assert (span["name"], span["span_kind"], span["status"]) == ("shop", "server", "unset")
    assert "parent_span_id" not in span
    assert of_context(span) == {
        "faas.invocation_id": Context.aws_request_id,
        "faas.name": "shop",
        "faas.version": "7",
        "aws.lambda.invoked_arn": f"{ARN}:live",
        "cloud.resource_id": f"{ARN}:7",
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda",
        "cloud.region": "eu-west-1",
        "cloud.account.id": "123456789012",
    }
    [log] = records.logs
    assert (log["trace_id"], log["span_id"]) == (span["trace_id"], span["span_id"])


def sqs(*attributes: dict[str, Any], **system: str) -> dict[str, Any]:
    records = [
        {"eventSource": "aws:sqs", "messageAttributes": one, "attributes": system} for one in attributes
    ]
    return {"Records": records}


def told(text: str, name: str = "traceparent") -> dict[str, Any]:
    return {name: {"stringValue": text, "dataType": "String"}}


V1 = {"httpMethod": "GET", "resource": "/cart/{id}", "requestContext": {"stage": "prod"}}
V2 = {"version": "2.0", "routeKey": "GET /cart/{id}", "requestContext": {"http": {"method": "GET"}}}
XRAY = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.mark.parametrize(
    "event",
    [
        {**V1, "headers": {"traceparent": TRACEPARENT}},
        {**V1, "headers": {"TraceParent": TRACEPARENT, "other": None}},
        {**V1, "headers": None, "multiValueHeaders": {"TRACEPARENT": [TRACEPARENT]}},
        {**V2, "headers": {"Traceparent": TRACEPARENT}},
        {"headers": {"traceparent": TRACEPARENT}},
        sqs(told(TRACEPARENT)),
        sqs(told(TRACEPARENT, "TraceParent")),
        sqs({}, AWSTraceHeader=TRACEPARENT),
        sqs(told(TRACEPARENT), AWSTraceHeader=OTHER),
    ],
)
def test_the_trace_of_the_event_goes_on(records: Records, event: dict[str, Any]) -> None:
    vigie.lambda_handler(lambda *_: None)(event, Context())
    [span] = records.spans
    assert (span["trace_id"], span["parent_span_id"]) == (TRACE, PARENT)
    assert "links" not in span


def test_the_header_of_aws_is_read_where_that_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    vigie.reconfigure(settings, propagators=["xray"])
    try:
        header = f"Root=1-{TRACE[:8]}-{TRACE[8:]};Parent={PARENT};Sampled=1;Lineage=a:1"
        for event in (sqs({}, AWSTraceHeader=header), {**V1, "headers": {"X-Amzn-Trace-Id": header}}):
            with vigie.testing.capture() as records:
                vigie.lambda_handler(lambda *_: None)(event, Context())
            [span] = records.spans
            assert (span["trace_id"], span["parent_span_id"]) == (TRACE, PARENT)
        # Where the event says nothing, the runtime does.
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
        for event in (
            {},
            {"headers": {"accept": "*/*"}},
            {"Records": [{"eventSource": "aws:sns", "Sns": {}}]},
        ):
            with vigie.testing.capture() as records:
                vigie.lambda_handler(lambda *_: None)(event, Context())
            [span] = records.spans
            assert (span["trace_id"], span["parent_span_id"]) == (TRACE, PARENT)
    finally:
        vigie.reconfigure(settings)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"headers": {"traceparent": "00-nonsense"}},
        {"headers": {"X-Amzn-Trace-Id": XRAY}},
        sqs({}, AWSTraceHeader=XRAY),
        sqs({"traceparent": {"binaryValue": "AA=="}}),
        {"Records": [{"eventSource": "aws:sns", "Sns": {}}]},
    ],
)
def test_nothing_is_made_up_where_no_trace_comes(
    records: Records, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any]
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", XRAY)
    vigie.lambda_handler(lambda *_: None)(event, Context())
    [span] = records.spans
    assert "parent_span_id" not in span
    assert span["trace_id"] not in (TRACE, "5759e988bd862e3fe1be46a994272793")


def test_messages_of_several_traces_are_linked(records: Records) -> None:
    event = sqs(told(TRACEPARENT), {}, told(OTHER))
    vigie.lambda_handler(lambda *_: None)(event, Context())
    [span] = records.spans
    assert "parent_span_id" not in span
    assert [(link["trace_id"], link["span_id"]) for link in span["links"]] == [
        (TRACE, PARENT),
        (OTHER[3:35], OTHER[36:52]),
    ]


@pytest.mark.parametrize(
    ("event", "trigger"),
    [
        (V1, "http"),
        (V2, "http"),
        ({"httpMethod": "GET", "requestContext": {"elb": {}}}, "http"),
        (sqs({}), "pubsub"),
        ({"Records": [{"EventSource": "aws:sns"}]}, "pubsub"),
        ({"Records": [{"eventSource": "aws:kinesis"}]}, "pubsub"),
        ({"eventSource": "aws:kafka", "records": {}}, "pubsub"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "datasource"),
        ({"source": "aws.events", "detail-type": "Scheduled Event"}, "timer"),
        ({"source": "shop", "detail-type": "order"}, None),
        ({"httpMethod": "GET"}, None),
        ({"Records": []}, None),
        ("text", None),
    ],
)
def test_the_trigger_is_told_where_it_is_known(records: Records, event: Any, trigger: str | None) -> None:
    vigie.lambda_handler(lambda *_: None)(event, Context())
    assert records.spans[0]["attributes"].get("faas.trigger") == trigger


@pytest.mark.parametrize("event", [V1, V2])
def test_a_response_by_http_has_its_status(records: Records, event: dict[str, Any]) -> None:
    for status in (200, 404, 503):
        vigie.lambda_handler(lambda *_, status=status: {"statusCode": status})(event, Context())
    spans = records.spans
    assert [span["attributes"]["http.response.status_code"] for span in spans] == [200, 404, 503]
    assert [span["status"] for span in spans] == ["unset", "unset", "error"]
    assert {span["attributes"]["http.route"] for span in spans} == {"/cart/{id}"}
    assert {span["attributes"]["http.request.method"] for span in spans} == {"GET"}


class Failed(Exception):
    pass


def asynchronous(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    return lambda *args, **kwargs: asyncio.run(handler(*args, **kwargs))  # type: ignore[arg-type]  # a coroutine function


@pytest.mark.parametrize("style", ["plain", "async"])
def test_results_and_exceptions_are_the_handlers_own(records: Records, style: str) -> None:
    result, error = object(), Failed("no stock")

    @vigie.lambda_handler
    def plain(event: str, context: Any) -> object:
        """Of the handler."""
        if event == "fail":
            raise error
        return result

    @vigie.lambda_handler(budget=1)
    async def coroutine(event: str, context: Any) -> object:
        """Of the handler."""
        await asyncio.sleep(0)
        if event == "fail":
            raise error
        return result

    handler = plain if style == "plain" else asynchronous(coroutine)
    assert (plain.__name__, coroutine.__doc__) == ("plain", "Of the handler.")
    assert handler("go", Context()) is result
    with pytest.raises(Failed) as raised:
        handler("fail", Context())
    assert raised.value is error
    ended, failed = records.spans
    assert (ended["status"], failed["status"]) == ("unset", "error")
    assert failed["status_message"].endswith("Failed: no stock")
    assert failed["events"][0]["attributes"]["exception.message"] == "no stock"


def test_a_handler_may_be_a_method_or_a_partial_and_may_be_called_by_name(records: Records) -> None:
    class Shop:
        @vigie.lambda_handler
        def handle(self, event: dict[str, Any], context: Any) -> tuple[Any, ...]:
            return (self, event, context)

    shop, event, context = Shop(), {"headers": {"traceparent": TRACEPARENT}}, Context()
    assert shop.handle(event, context) == (shop, event, context)
    assert shop.handle(event=event, context=context) == (shop, event, context)
    partial = functools.partial(lambda n, *_: n, 5)
    assert vigie.lambda_handler(partial)(event, context) == 5
    assert {span["parent_span_id"] for span in records.spans} == {PARENT}
    assert {span["attributes"]["faas.invocation_id"] for span in records.spans} == {Context.aws_request_id}


def test_what_is_no_handler_is_told_where_the_decorator_stands() -> None:
    with pytest.raises(TypeError, match="a function is wanted, not int"):
        vigie.lambda_handler(5)  # type: ignore[type-var]  # the mistake
    for wrong in ("1", True, object()):
        with pytest.raises(TypeError, match=r"budget: .*; accepted: a number of seconds, or None"):
            vigie.lambda_handler(budget=wrong)  # type: ignore[call-overload]  # the mistake


class Hostile(dict):  # type: ignore[type-arg]  # of no type
    def get(self, *_: object) -> Any:
        raise RuntimeError("get")

    def items(self) -> Any:
        raise RuntimeError("items")


class HostileContext:
    def __getattr__(self, name: str) -> Any:
        # The test runner asks for names of its own.
        raise AttributeError(name) if name.startswith("__") else RuntimeError(name)


class OddContext:
    aws_request_id = 5
    function_name = 7.5
    invoked_function_arn = "arn"

    def __init__(self, remaining: Any) -> None:
        self.get_remaining_time_in_millis = remaining


def explode() -> float:
    raise RuntimeError("no time")


@pytest.mark.parametrize(
    "event",
    [
        None,
        5,
        [],
        Hostile(),
        {"headers": Hostile(a=1)},
        {"headers": [1]},
        {"headers": {5: 6, "traceparent": [None, 5]}},
        {"requestContext": Hostile()},
        {"Records": [None]},
        {"Records": [{"eventSource": "aws:sqs", "messageAttributes": Hostile(a=1)}, None, 5]},
        {"Records": [{"eventSource": ["aws:sqs"]}]},
    ],
)
def test_no_event_is_too_odd(records: Records, event: Any) -> None:
    assert vigie.lambda_handler(lambda event, _: event)(event, Context()) is event
    assert records.spans[0]["attributes"]["faas.name"] == "shop"


@pytest.mark.parametrize(
    "context",
    [
        None,
        HostileContext(),
        *(OddContext(remaining) for remaining in (None, explode, lambda: "5", lambda: float("nan"))),
        *(
            OddContext(remaining)
            for remaining in (lambda: -5, lambda: 0, lambda: float("inf"), lambda: 10**400)
        ),
    ],
)
def test_no_context_is_too_odd(records: Records, context: Any) -> None:
    before = threading.active_count()
    assert vigie.lambda_handler(lambda *_: 7)({}, context) == 7
    assert records.spans[0]["span_kind"] == "server"
    deadline = time.monotonic() + 5
    while threading.active_count() > before:
        assert time.monotonic() < deadline, "a watch stays behind"
        time.sleep(0.01)


def test_only_the_first_invocation_of_a_process_is_cold(run: Run) -> None:
    program = (
        "one = vigie.lambda_handler(lambda event, context: 1)\n"
        "two = vigie.lambda_handler(lambda event, context: 2)\n"
        "two({}, None); one({}, None); two({}, None)\n"
    )
    cold = [line["attributes"]["faas.coldstart"] for line in run(program).ok().lines()]
    assert cold == [True, False, False]
    env = {"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency", "AWS_LAMBDA_FUNCTION_NAME": "named"}
    lines = run(program, **env).ok().lines()[3:]
    assert [line["attributes"]["faas.coldstart"] for line in lines] == [False, False, False]
    assert {line["name"] for line in lines} == {"named"}


def test_an_invocation_whose_time_is_nearly_over_is_written_as_it_is(records: Records) -> None:
    during: list[Any] = []

    @vigie.lambda_handler
    def handler(event: str, context: Context) -> str:
        while context.get_remaining_time_in_millis() > 100:
            time.sleep(0.01)
        during.extend(records.spans + records.logs)
        vigie.get_logger("shop").info("late")
        if event == "fail":
            raise Failed("late")
        return "done"

    assert handler("go", Context(1_000)) == "done"
    [span, warning] = during
    assert (span["status"], span["attributes"]["vigie.interrupted"]) == ("error", True)
    assert span["status_message"] == "the invocation was about to time out"
    assert 700_000_000 <= span["duration_ns"] < 950_000_000
    assert (warning["level"], warning["event"]) == ("WARN", "faas.timeout_imminent")
    assert 100 <= warning["remaining_ms"] <= 200
    late, ended = records.logs[1:]
    assert (late["message"], ended["event"], ended["level"]) == ("late", "faas.invocation_ended", "INFO")
    assert {log["span_id"] for log in records.logs} == {span["span_id"]}
    assert len(records.spans) == 1

    with pytest.raises(Failed):
        handler("fail", Context(1_000))
    failed = records.logs[-1]
    assert (failed["level"], failed["event"], failed["error"]["message"]) == (
        "ERROR",
        "faas.invocation_ended",
        "late",
    )


def test_an_async_handler_that_is_thrown_away_or_cancelled_ends_its_span(records: Records) -> None:
    @vigie.lambda_handler
    async def handler(event: Any, context: Any) -> None:
        await asyncio.sleep(60)

    async def cancelled() -> None:
        task = asyncio.create_task(handler({}, Context()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())

    async def thrown_away() -> None:
        coroutine = handler({}, Context())
        coroutine.send(None)
        coroutine.close()

    asyncio.run(thrown_away())
    # As in a span: whoever was told to stop has not failed.
    assert [span["status"] for span in records.spans] == ["unset", "unset"]


def test_other_tasks_run_while_an_async_handler_is_flushed() -> None:
    ticks = 0

    @vigie.lambda_handler
    async def handler(event: Any, context: Any) -> int:
        return ticks

    async def main() -> None:
        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        before = await handler({}, Context())
        assert ticks > before
        ticking.cancel()

    asyncio.run(main())
