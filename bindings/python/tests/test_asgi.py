"""The middleware for ASGI: context, ids, span and wide event of a request, whatever becomes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import vigie
import vigie.asgi
from asgi_stand import SCOPE, answering, asked, headers_of
from conftest import Records

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
log = vigie.get_logger("shop")


def known(line: dict[str, Any]) -> dict[str, Any]:
    """What the event says of the request, without what the line has anyway and what differs each time."""
    kept = {key: value for key, value in line.items() if key not in ("timestamp", "host", "pid", "service")}
    assert isinstance(kept.pop("duration_ns"), int)
    for key in ("trace_id", "span_id", "request_id", "correlation_id"):
        kept.pop(key, None)
    return kept


def test_a_request_has_a_span_an_event_and_its_ids(records: Records) -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        log.info("inside")
        vigie.event(items=3, plan="gold")
        vigie.event(items=4, **{"cart.total": 9.5})
        await answering(200, b"four", b"teen bytes")(scope, receive, send)

    sent = asked(
        vigie.asgi.Middleware(app),
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.request", "body": b"de"},
        method="POST",
        headers=[
            (b"traceparent", TRACEPARENT.encode()),
            (b"x-request-id", b"req-1"),
            (b"x-correlation-id", b"corr-1"),
        ],
    )
    inside, event = records.logs
    [span] = records.spans
    ids = {key: span[key] for key in ("trace_id", "span_id", "correlation_id", "request_id")}
    assert (ids["trace_id"], span["parent_span_id"]) == (TRACEPARENT[3:35], TRACEPARENT[36:52])
    assert (ids["correlation_id"], ids["request_id"]) == ("corr-1", "req-1")
    for line in (inside, event):
        assert {key: line[key] for key in ids} == ids
    assert headers_of(sent) == {"x-request-id": "req-1", "x-correlation-id": "corr-1"}
    assert list(known(event).items()) == [
        ("level", "INFO"),
        ("message", "POST /cart/7 200"),
        ("logger", "vigie.http"),
        ("event", "http.request"),
        ("category", "web"),
        ("outcome", "success"),
        ("http.request.method", "POST"),
        ("url.path", "/cart/7"),
        ("http.response.status_code", 200),
        ("client.address", "192.0.2.7"),
        ("user_agent.original", "tests/1"),
        ("http.request.body.size", 5),
        ("http.response.body.size", 14),
        ("items", 4),
        ("plan", "gold"),
        ("cart.total", 9.5),
    ]
    assert list(event)[-4:] == ["duration_ns", "items", "plan", "cart.total"]
    assert (span["name"], span["span_kind"], span["status"]) == ("POST", "server", "unset")
    assert list(span["attributes"].items()) == [
        ("http.request.method", "POST"),
        ("url.path", "/cart/7"),
        ("url.scheme", "http"),
        ("server.address", "shop.example"),
        ("client.address", "192.0.2.7"),
        ("user_agent.original", "tests/1"),
        ("network.protocol.version", "1.1"),
        ("http.response.status_code", 200),
    ]
    assert "secret" not in "".join(map(str, records.all()))


def test_ids_are_made_where_none_came(records: Records) -> None:
    sent = asked(vigie.asgi.Middleware(answering()))
    [event] = records.logs
    request_id = event["request_id"]
    assert len(request_id) == 32 and int(request_id, 16)
    assert event["correlation_id"] == request_id
    assert headers_of(sent) == {"x-request-id": request_id, "x-correlation-id": request_id}
    asked(vigie.asgi.Middleware(answering()))
    assert records.last["request_id"] != request_id


@pytest.mark.parametrize(
    "value", [b"", b" ", b"x" * 129, b"a\x7fb", b"a\nb", b"caf\xe9", "café".encode(), b"\xff\xfe"]
)
def test_what_is_no_id_is_ignored(value: bytes, records: Records) -> None:
    asked(
        vigie.asgi.Middleware(answering()), headers=[(b"x-request-id", value), (b"x-correlation-id", value)]
    )
    [event] = records.logs
    assert len(event["request_id"]) == 32 and event["correlation_id"] == event["request_id"]


def test_ids_of_128_bytes_and_one_that_comes_twice(records: Records) -> None:
    longest = b"x" * 128
    app = vigie.asgi.Middleware(answering())
    asked(app, headers=[(b"x-request-id", b" " + longest + b" ")])
    assert records.last["request_id"] == longest.decode() == records.last["correlation_id"]
    asked(app, headers=[(b"x-request-id", b"a"), (b"x-request-id", b"b")])
    assert len(records.last["request_id"]) == 32


def test_the_application_sets_the_headers_itself() -> None:
    own = [(b"X-Request-ID", b"own"), (b"content-type", b"text/plain")]
    sent = asked(vigie.asgi.Middleware(answering(headers=own)), headers=[(b"x-correlation-id", b"c")])
    assert sent[0]["headers"] == [*own, (b"x-correlation-id", b"c")]


def test_strangers_give_no_ids(records: Records) -> None:
    settings: dict[str, Any] = {"service": "tests", "level": "trace", "outputs": [{"to": "null"}]}
    vigie.reconfigure(settings, public_endpoint=True)
    try:
        given = [(b"traceparent", TRACEPARENT.encode()), (b"x-request-id", b"r"), (b"x-correlation-id", b"c")]
        with vigie.testing.capture() as captured:
            asked(vigie.asgi.Middleware(answering()), headers=given)
    finally:
        vigie.reconfigure(settings)
    [event], [span] = captured.logs, captured.spans
    assert len(event["request_id"]) == 32 and event["correlation_id"] == event["request_id"]
    assert span["links"] == [{"trace_id": TRACEPARENT[3:35], "span_id": TRACEPARENT[36:52]}]
    assert span["trace_id"] != TRACEPARENT[3:35] and "parent_span_id" not in span


def test_an_exception_goes_on_unchanged(records: Records) -> None:
    error = ValueError("sold out")

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise error

    with pytest.raises(ValueError, match="sold out") as raised:
        asked(vigie.asgi.Middleware(app))
    assert raised.value is error
    [event], [span] = records.logs, records.spans
    assert (event["level"], event["message"], event["outcome"]) == ("ERROR", "GET /cart/7 500", "failure")
    assert (event["error"]["type"], event["error"]["message"]) == ("ValueError", "sold out")
    assert (span["status"], span["events"][0]["name"]) == ("error", "exception")
    assert span["attributes"]["http.response.status_code"] == 500


@pytest.mark.parametrize(
    ("status", "level", "outcome", "of_span"),
    [
        (404, "INFO", "success", "unset"),
        (499, "INFO", "success", "unset"),
        (503, "ERROR", "failure", "error"),
    ],
)
def test_a_status(status: int, level: str, outcome: str, of_span: str, records: Records) -> None:
    asked(vigie.asgi.Middleware(answering(status)))
    [event], [span] = records.logs, records.spans
    assert (event["level"], event["outcome"], span["status"]) == (level, outcome, of_span)
    assert "error" not in event


def test_no_answer_at_all(records: Records) -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        pass

    asked(vigie.asgi.Middleware(app))
    assert (records.last["message"], records.last["level"]) == ("GET /cart/7 500", "ERROR")


def test_a_client_that_goes_away_while_it_is_served(records: Records) -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        assert (await receive())["type"] == "http.disconnect"

    asked(vigie.asgi.Middleware(app), {"type": "http.disconnect"})
    event = records.last
    assert (event["level"], event["outcome"], event["message"]) == ("WARN", "unknown", "GET /cart/7 200")
    assert event["http.response.body.size"] == 5


def test_a_client_that_goes_away_at_a_send() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def serve() -> None:
        async def send(_message: Any) -> None:
            raise OSError("gone")

        await vigie.asgi.Middleware(app)(dict(SCOPE), None, send)  # type: ignore[arg-type]  # Nobody receives.

    with vigie.testing.capture() as records, pytest.raises(OSError, match="gone"):
        asyncio.run(serve())
    assert (records.logs[0]["level"], records.logs[0]["outcome"]) == ("WARN", "unknown")


def test_a_cancelled_handler(records: Records) -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        await asyncio.sleep(60)

    async def serve() -> None:
        task = asyncio.create_task(vigie.asgi.Middleware(app)(dict(SCOPE), None, None))  # type: ignore[arg-type]  # Nobody asks them.
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(serve())
    event = records.last
    assert (event["level"], event["outcome"], event["message"]) == ("WARN", "unknown", "GET /cart/7")
    assert "error" not in event
    assert records.spans[0]["status"] == "unset"


def test_what_runs_behind_the_answer_belongs_to_the_request(records: Records) -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await answering()(scope, receive, send)
        vigie.event(late=1)
        log.info("in the background")
        with vigie.span("background"):
            pass

    asked(vigie.asgi.Middleware(app))
    event, behind = records.logs
    assert event["logger"] == "vigie.http" and "late" not in event
    request, background = records.spans
    assert (behind["request_id"], behind["trace_id"]) == (event["request_id"], request["trace_id"])
    assert background["parent_span_id"] == request["span_id"]
    assert vigie.current_context().trace_id is None


def test_a_websocket(records: Records) -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": "pong"})
            vigie.event(pings=1)

    messages = [{"type": f"websocket.{kind}"} for kind in ("connect", "receive", "receive", "disconnect")]
    sent = asked(vigie.asgi.Middleware(app), *messages, type="websocket", path="/ws", raw_path=b"/ws")
    [event], [span] = records.logs, records.spans
    assert (event["level"], event["message"], event["outcome"], event["pings"]) == (
        "INFO",
        "GET /ws 101",
        "success",
        1,
    )
    assert "http.response.body.size" not in event
    assert (span["name"], span["attributes"]["url.scheme"]) == ("GET", "ws")
    assert headers_of(sent)["x-request-id"] == event["request_id"]


def test_a_websocket_that_is_refused_and_one_that_breaks_off(records: Records) -> None:
    async def refused(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 1008})

    asked(vigie.asgi.Middleware(refused), {"type": "websocket.connect"}, type="websocket")
    assert records.last["http.response.status_code"] == 403

    async def breaks(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        raise ConnectionError("left")

    left = [{"type": "websocket.connect"}, {"type": "websocket.disconnect"}]
    with pytest.raises(ConnectionError):
        asked(vigie.asgi.Middleware(breaks), *left, type="websocket")
    assert (records.last["level"], records.last["outcome"]) == ("WARN", "unknown")


def test_lifespan_passes_through(records: Records) -> None:
    seen = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append((scope, receive, send))

    scope = {"type": "lifespan"}
    asyncio.run(vigie.asgi.Middleware(app)(scope, 1, 2))  # type: ignore[arg-type]  # They pass through.
    assert seen == [(scope, 1, 2)] and seen[0][0] is scope
    assert records.logs == []


def test_options(records: Records) -> None:
    app = answering()
    asked(vigie.asgi.Middleware(app, span=False))
    assert records.spans == [] and "span_id" not in records.last
    asked(vigie.asgi.Middleware(app, event=False))
    assert len(records.logs) == 1 and len(records.spans) == 1
    skipping = vigie.asgi.Middleware(app, skip=["/health*", "/a*b*c"])
    for path in ("/health", "/healthz", "/abc", "/axxbxxbxc"):
        sent = asked(skipping, path=path, raw_path=path.encode())
        assert len(headers_of(sent)["x-request-id"]) == 32, "the ids are there all the same"
    assert len(records.logs) == 1 and len(records.spans) == 1
    for path in ("/shop/health", "/heal", "/ab", "/acb", "/abcd"):
        asked(skipping, path=path, raw_path=path.encode())
    assert len(records.logs) == 6


def test_context_of_the_program(records: Records) -> None:
    def told(scope: dict[str, Any]) -> dict[str, object]:
        assert scope["path"] == "/cart/7"
        assert vigie.current_context().trace_id is None
        return {"user_id": "u-7", "tenant_id": "acme", "region": "eu"}

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        log.info("inside")
        await answering()(scope, receive, send)

    asked(vigie.asgi.Middleware(app, context=told))
    for line in records.logs:
        assert (line["user_id"], line["tenant_id"], line["region"]) == ("u-7", "acme", "eu")
    assert records.spans[0]["user_id"] == "u-7"


@pytest.mark.parametrize("said", [None, {}, 5, [1], "text"])
def test_a_function_that_says_something_else(said: Any, records: Records) -> None:
    served = vigie.asgi.Middleware(answering(), context=lambda _scope: said)
    for _ in range(2):
        asked(served)
    told = [line for line in records.logs if line["level"] == "WARN"]
    assert len(told) == (0 if not said else 1), "told once"
    assert sum(line.get("event") == "http.request" for line in records.logs) == 2


def test_options_that_are_not_accepted() -> None:
    with pytest.raises(vigie.ConfigError) as refused:
        vigie.asgi.Middleware(answering(), span=1, event="no", context=5, skip="/health")  # type: ignore[arg-type]  # That is the point.
    assert [key for key, _, _ in refused.value.problems] == ["span", "event", "context", "skip"]
    assert "skip: '/health'; accepted: texts" in str(refused.value)
    for skip in (5, [1], b"/health"):
        with pytest.raises(vigie.ConfigError, match="skip"):
            vigie.asgi.Middleware(answering(), skip=skip)  # type: ignore[arg-type]  # That is the point.


def test_one_middleware_inside_another(records: Records) -> None:
    asked(vigie.asgi.Middleware(vigie.asgi.Middleware(answering())))
    assert (len(records.logs), len(records.spans)) == (1, 1)


def test_a_server_that_calls_itself(records: Records) -> None:
    inner = vigie.asgi.Middleware(answering())

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        carrier = [(name.lower().encode(), value.encode()) for name, value in vigie.inject().items()]

        async def nobody(_message: Any) -> None:
            pass

        await inner({**SCOPE, "headers": carrier}, receive, nobody)
        await answering()(scope, receive, send)

    messages = [{"type": "http.request"}] * 2
    asked(vigie.asgi.Middleware(app), *messages)
    inside, outside = records.spans
    assert inside["parent_span_id"] == outside["span_id"] and inside["trace_id"] == outside["trace_id"]
    first, second = records.logs
    assert first["request_id"] != second["request_id"] and first["correlation_id"] == second["correlation_id"]


def test_a_span_that_another_instrumentation_has_opened(records: Records) -> None:
    carrier = {"traceparent": TRACEPARENT}
    headers = [(b"traceparent", TRACEPARENT.encode())]
    with vigie.extract(carrier), vigie.span("GET /cart/{number}", kind="server") as opened:
        asked(vigie.asgi.Middleware(answering()), headers=headers)
    assert [span["span_id"] for span in records.spans] == [opened.span_id]
    assert (records.last["span_id"], records.last["trace_id"]) == (opened.span_id, TRACEPARENT[3:35])
    with vigie.span("without a caller", kind="server") as opened:
        asked(vigie.asgi.Middleware(answering()))
    assert len(records.spans) == 2 and records.last["span_id"] == opened.span_id
    # Another request's, and one that is no server's.
    with vigie.span("elsewhere", kind="server"):
        asked(vigie.asgi.Middleware(answering()), headers=headers)
    with vigie.span("work"):
        asked(vigie.asgi.Middleware(answering()))
    assert len(records.spans) == 6


def test_an_event_outside_of_requests_and_of_too_many_keys(records: Records) -> None:
    vigie.event(nothing="happens")
    before = vigie.stats()["truncated"]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        for number in range(1000):
            vigie.event(**{f"k{number}": number})
        vigie.event(k0="again")
        await answering()(scope, receive, send)

    asked(vigie.asgi.Middleware(app))
    event = records.last
    assert event["k0"] == "again" and "nothing" not in event
    assert 100 < sum(key.startswith("k") for key in event) <= 128
    assert vigie.stats()["truncated"] > before


def test_threads_and_tasks_add_to_the_event(records: Records) -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def task() -> None:
            vigie.event(task=1)

        await asyncio.create_task(task())
        await asyncio.to_thread(vigie.event, to_thread=1)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, vigie.wrap(lambda: vigie.event(wrapped=1)))
        await loop.run_in_executor(None, lambda: vigie.event(bare=1))
        await answering()(scope, receive, send)

    asked(vigie.asgi.Middleware(app))
    assert [records.last.get(key) for key in ("task", "to_thread", "wrapped", "bare")] == [1, 1, 1, None]


def test_routes_of_mounted_and_included_parts(records: Records, tmp_path: Path) -> None:
    fastapi = pytest.importorskip("fastapi")
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    router = fastapi.APIRouter(prefix="/items")
    router.add_api_route("/{number}", lambda number: number)
    outer = fastapi.APIRouter(prefix="/v1")
    outer.include_router(router)
    inner = fastapi.FastAPI()
    inner.add_api_route("/in/{number}", lambda number: number)
    inner.include_router(router)
    app = fastapi.FastAPI()
    app.add_api_route("/{number}", lambda number: number)
    app.include_router(outer, prefix="/api")
    app.mount("/sub", inner)
    plain = Starlette(
        routes=[
            Mount("/m", routes=[Route("/{number}", lambda _: PlainTextResponse("x"))]),
            Mount("/static", StaticFiles(directory=tmp_path)),
        ]
    )
    for application, paths in [
        (app, {"/7": "/{number}", "/api/v1/items/7": "/api/v1/items/{number}", "/nowhere/at/all": None}),
        (app, {"/sub/in/7": "/sub/in/{number}", "/sub/items/7": "/sub/items/{number}"}),
        (plain, {"/m/7": "/m/{number}", "/static/no-file": "/static"}),
    ]:
        served = vigie.asgi.Middleware(application)
        for path, route in paths.items():
            asked(served, path=path, raw_path=path.encode())
            assert records.last.get("http.route") == route, path
    asked(vigie.asgi.Middleware(app), path="/front/7", raw_path=b"/front/7", root_path="/front")
    assert records.last["http.route"] == "/front/{number}"
