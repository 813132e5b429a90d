"""The middleware for WSGI, behind the server of the standard library and, where the steps of a body matter, called directly."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
import vigie
import vigie.wsgi
from conftest import Records

log = vigie.get_logger("shop")


def environ(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "REMOTE_ADDR": "192.0.2.7",
        "PATH_INFO": "/cart/7",
        "HTTP_HOST": "shop.example:8080",
    }
    setup_testing_defaults(made)
    return {**made, "SERVER_PROTOCOL": "HTTP/1.1", **changes}


def asked(app: Any, **changes: Any) -> str:
    """The whole answer of the standard library's server."""
    answer, said = io.BytesIO(), io.StringIO()
    handler = SimpleHandler(io.BytesIO(), answer, said, environ(**changes), multithread=False)  # type: ignore[arg-type]  # Text is what it writes.
    handler.run(app)
    return answer.getvalue().decode("latin-1")


def headers_of(answer: str) -> dict[str, str]:
    lines = answer.partition("\r\n\r\n")[0].splitlines()[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def listing(status: str = "200 OK", *bodies: bytes) -> Any:
    def app(_environ: Any, start_response: Any) -> list[bytes]:
        log.info("inside")
        start_response(status, [("Content-Type", "text/plain")])
        return list(bodies or (b"ok",))

    return app


def test_a_request_has_a_span_an_event_and_its_ids(records: Records) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        vigie.event(items=3)
        body: list[bytes] = listing("200 OK", b"four", b"teen bytes")(environ, start_response)
        return body

    answer = asked(
        vigie.wsgi.Middleware(app),
        REQUEST_METHOD="POST",
        QUERY_STRING="token=secret",
        CONTENT_LENGTH="5",
        HTTP_USER_AGENT="tests/1",
        HTTP_TRACEPARENT="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        HTTP_X_REQUEST_ID="req-1",
        HTTP_X_CORRELATION_ID="corr-1",
    )
    inside, event = records.logs
    [span] = records.spans
    for line in (inside, event, span):
        assert (line["trace_id"], line["request_id"], line["correlation_id"]) == (
            "0af7651916cd43dd8448eb211c80319c",
            "req-1",
            "corr-1",
        )
    assert inside["span_id"] == event["span_id"] == span["span_id"]
    assert (headers_of(answer)["x-request-id"], headers_of(answer)["x-correlation-id"]) == ("req-1", "corr-1")
    assert isinstance(event["duration_ns"], int)
    assert list(event.items())[list(event).index("event") :] == [
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
        ("duration_ns", event["duration_ns"]),
        ("items", 3),
    ]
    assert (event["level"], event["message"], event["logger"]) == ("INFO", "POST /cart/7 200", "vigie.http")
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


def test_a_list_keeps_the_length_that_the_server_takes_from_it() -> None:
    plain, served = asked(listing()), asked(vigie.wsgi.Middleware(listing()))
    assert headers_of(plain)["content-length"] == headers_of(served)["content-length"] == "2"


def test_a_body_runs_in_the_context_of_its_request(records: Records) -> None:
    def app(_environ: Any, start_response: Any) -> Iterator[bytes]:
        # It begins when the server asks for the body.
        write = start_response("200 OK", [])
        write(b"written ")
        for number in range(3):
            log.info("step")
            vigie.event(steps=number)
            yield b"x"

    answer = asked(vigie.wsgi.Middleware(app))
    *steps, event = records.logs
    assert {line["request_id"] for line in steps} == {event["request_id"]} and len(steps) == 3
    assert (event["steps"], event["http.response.body.size"], event["outcome"]) == (2, 11, "success")
    assert answer.endswith("written xxx")
    assert vigie.current_context().trace_id is None


def test_between_the_steps_of_a_body_nothing_is_current() -> None:
    def app(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"a"
        yield b"b"

    bodies = [iter(vigie.wsgi.Middleware(app)(environ(), lambda *_: None)) for _ in range(2)]
    for body in bodies:
        assert next(body) == b"a"
        assert vigie.current_context().trace_id is None
    with vigie.testing.capture() as records:
        for body in bodies:
            body.close()  # type: ignore[attr-defined]  # That is what a server does with it.
    assert [(line["level"], line["outcome"]) for line in records.logs] == [("WARN", "unknown")] * 2


def test_the_body_is_closed_and_its_errors_go_on(records: Records) -> None:
    class Body:
        closed = 0

        def __iter__(self) -> Iterator[bytes]:
            yield b"first"
            raise ValueError("torn")

        def close(self) -> None:
            Body.closed += 1
            log.info("closing")

    def app(_environ: Any, start_response: Any) -> Body:
        start_response("200 OK", [])
        return Body()

    body = vigie.wsgi.Middleware(app)(environ(), lambda *_: None)
    with pytest.raises(ValueError, match="torn"):
        list(body)
    body.close()  # type: ignore[attr-defined]  # That is what a server does with it.
    event, closing = records.logs
    assert Body.closed == 1 and closing["request_id"] == event["request_id"]
    assert (event["level"], event["message"], event["error"]["message"]) == (
        "ERROR",
        "GET /cart/7 200",
        "torn",
    )


def test_an_exception_goes_on_unchanged(records: Records) -> None:
    error = ValueError("sold out")

    def app(_environ: Any, _start_response: Any) -> list[bytes]:
        raise error

    with pytest.raises(ValueError, match="sold out") as raised:
        vigie.wsgi.Middleware(app)(environ(), lambda *_: None)
    assert raised.value is error
    event, [span] = records.last, records.spans
    assert (event["level"], event["message"], event["outcome"]) == ("ERROR", "GET /cart/7 500", "failure")
    assert event["error"]["type"] == "ValueError" and span["status"] == "error"


def test_an_error_page_tells_its_error(records: Records) -> None:
    def app(_environ: Any, start_response: Any) -> list[bytes]:
        try:
            raise ValueError("sold out")
        except ValueError as error:
            start_response("500 Internal Server Error", [], (ValueError, error, None))
        return [b"sorry"]

    asked(vigie.wsgi.Middleware(app))
    assert (records.last["error"]["message"], records.last["level"]) == ("sold out", "ERROR")


def test_a_worker_that_is_told_to_end(records: Records) -> None:
    def app(_environ: Any, _start_response: Any) -> list[bytes]:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        vigie.wsgi.Middleware(app)(environ(), lambda *_: None)
    event = records.last
    assert (event["level"], event["message"], event["error"]["type"]) == (
        "ERROR",
        "GET /cart/7",
        "SystemExit",
    )


def test_a_file_stays_one_that_the_server_sends_itself(records: Records) -> None:
    closed = []

    class File(io.BytesIO):
        def close(self) -> None:
            closed.append(True)
            super().close()

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](File(b"content"))

    made = environ(**{"wsgi.file_wrapper": FileWrapper})
    body: Any = vigie.wsgi.Middleware(app)(made, lambda *_: None)
    assert type(body) is FileWrapper and records.logs == []
    assert b"".join(body) == b"content"
    body.close()
    assert closed and (records.last["message"], records.last["outcome"]) == ("GET /cart/7 200", "success")
    assert "http.response.body.size" not in records.last


def test_a_head_and_an_empty_answer(records: Records) -> None:
    asked(vigie.wsgi.Middleware(listing()), REQUEST_METHOD="HEAD")
    assert records.last["http.response.body.size"] == 0
    asked(vigie.wsgi.Middleware(listing("204 No Content", b"")))
    event = records.last
    assert (event["http.response.status_code"], event["http.response.body.size"]) == (204, 0)
    assert "http.request.body.size" not in event


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"SCRIPT_NAME": "/shop", "PATH_INFO": "/caf\xc3\xa9 1"}, "/shop/caf%C3%A9%201"),
        ({"RAW_URI": "/caf%c3%a9?token=secret"}, "/caf%c3%a9"),
        ({"REQUEST_URI": "/a%2Fb"}, "/a%2Fb"),
        ({"RAW_URI": "http://shop.example/cart/7"}, "/cart/7"),
    ],
)
def test_paths(changes: dict[str, str], path: str, records: Records) -> None:
    asked(vigie.wsgi.Middleware(listing()), **changes)
    assert records.last["url.path"] == path


@pytest.mark.parametrize("length", ["²", "9" * 5000, "-1", "1e3", " 5"])
def test_lengths_that_are_none(length: str, records: Records) -> None:
    vigie.wsgi.Middleware(listing())(environ(CONTENT_LENGTH=length), lambda *_: None)
    assert records.last["message"] == "GET /cart/7 200" and "http.request.body.size" not in records.last


def test_what_is_no_request_is_the_applications_matter(records: Records) -> None:
    served = vigie.wsgi.Middleware(listing())
    for _ in range(2):
        assert served({"PATH_INFO": 5}, lambda *_: None) == [b"ok"]
    assert [line["message"] for line in records.logs if line["level"] == "WARN"] == [
        "a request was not recorded; more of that is not told"
    ]


def test_options_and_nesting(records: Records) -> None:
    served = vigie.wsgi.Middleware(
        vigie.wsgi.Middleware(listing()),
        span=False,
        skip=["/health*"],
        context=lambda environ: {"user_id": environ["REMOTE_ADDR"]},
    )
    asked(served)
    inside, event = records.logs
    assert inside["user_id"] == event["user_id"] == "192.0.2.7"
    assert records.spans == []
    asked(served, PATH_INFO="/healthz")
    assert [line["message"] for line in records.logs] == ["inside", "GET /cart/7 200", "inside"]
    with pytest.raises(vigie.ConfigError, match="span: 'no'; accepted: true or false"):
        vigie.wsgi.Middleware(listing(), span="no")  # type: ignore[arg-type]  # That is the point.


def test_flask_tells_its_route(records: Records) -> None:
    flask = pytest.importorskip("flask")
    app = flask.Flask("shop")

    @app.get("/cart/<int:number>")
    def cart(number: int) -> str:
        vigie.event(number=number)
        return "cart"

    app.add_url_rule("/fails", view_func=lambda: 1 // 0, endpoint="fails")
    app.wsgi_app = vigie.wsgi.Middleware(app.wsgi_app)
    client = app.test_client()
    assert client.get("/cart/7", buffered=True).headers["X-Request-ID"] == records.last["request_id"]
    assert (records.last["http.route"], records.last["number"]) == ("/cart/<int:number>", 7)
    assert records.spans[0]["name"] == "GET /cart/<int:number>"
    assert records.spans[0]["attributes"]["http.route"] == "/cart/<int:number>"
    assert client.get("/fails", buffered=True).status_code == 500
    event = next(
        line for line in records.logs if line["logger"] == "vigie.http" and line["url.path"] == "/fails"
    )
    assert (event["level"], event["error"]["type"], event["http.route"]) == (
        "ERROR",
        "ZeroDivisionError",
        "/fails",
    )
    client.get("/nowhere", buffered=True)
    assert "http.route" not in records.last and records.spans[2]["name"] == "GET"
