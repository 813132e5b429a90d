"""Django behind the middleware for WSGI and for ASGI, with `vigie.django.Middleware` in its settings."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Run

pytest.importorskip("django", reason="django is missing (tests/requirements.txt has it)")

PROGRAM = """
import asyncio, io
import django
import vigie.asgi, vigie.wsgi
from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import include, path, re_path
from wsgiref.handlers import SimpleHandler
from wsgiref.util import setup_testing_defaults

log = vigie.get_logger("views")


def cart(request, number):
    log.info("inside")
    vigie.event(number=number)
    return HttpResponse("a cart")


async def later(request):
    await asyncio.sleep(0)
    log.info("inside")
    return HttpResponse("later")


def fails(request):
    log.info("inside")
    raise ValueError("sold out")


def missing(request, slug):
    raise Http404("no such thing")


def stream(request):
    def chunks():
        for number in range(3):
            log.info("inside")
            yield b"chunk"
    return StreamingHttpResponse(chunks())


urlpatterns = [
    path("shop/", include([path("cart/<int:number>", cart)])),
    path("later", later),
    path("fails", fails),
    re_path(r"^things/(?P<slug>[a-z]+)$", missing),
    path("stream", stream),
]
settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, LOGGING_CONFIG=None,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "vigie.django.Middleware"],
)
django.setup()
PATHS = ["/shop/cart/7", "/later", "/fails", "/things/a", "/stream", "/nowhere"]


def by_wsgi():
    from django.core.wsgi import get_wsgi_application
    application = vigie.wsgi.Middleware(get_wsgi_application())
    for path in PATHS:
        environ = {"PATH_INFO": path, "REMOTE_ADDR": "192.0.2.7"}
        setup_testing_defaults(environ)
        handler = SimpleHandler(io.BytesIO(), io.BytesIO(), io.StringIO(), environ)
        handler.run(application)


def by_asgi():
    from django.core.asgi import get_asgi_application
    application = vigie.asgi.Middleware(get_asgi_application())

    async def ask(path):
        messages = [{"type": "http.request"}]
        async def receive():
            if messages:
                return messages.pop()
            await asyncio.sleep(60)
        async def send(message):
            pass
        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"x")], "client": ("192.0.2.7", 1)}
        await application(scope, receive, send)

    for path in PATHS:
        asyncio.run(ask(path))


by_asgi() if SERVED == "asgi" else by_wsgi()
"""


@pytest.mark.parametrize("served", ["wsgi", "asgi"])
def test_django_tells_routes_and_exceptions(served: str, run: Run) -> None:
    prelude = (
        f'SERVED = "{served}"\nimport logging\nlogging.disable()\nimport vigie\n'
        'vigie.init(service="t", outputs=[{"to": "file", "path": "out.jsonl"}])\n'
    )
    # Django says on its own that a synchronous stream is read at once by an asynchronous server.
    finished = run(PROGRAM, prelude=prelude, PYTHONWARNINGS="ignore")
    assert finished.code == 0, finished.err
    lines = finished.lines()
    events = {line["url.path"]: line for line in lines if line.get("event") == "http.request"}
    told: dict[str, tuple[Any, ...]] = {
        path: (line.get("http.route"), line["http.response.status_code"], line["level"])
        for path, line in events.items()
    }
    assert told == {
        "/shop/cart/7": ("/shop/cart/<int:number>", 200, "INFO"),
        "/later": ("/later", 200, "INFO"),
        "/fails": ("/fails", 500, "ERROR"),
        "/things/a": ("^things/(?P<slug>[a-z]+)$", 404, "INFO"),
        "/stream": ("/stream", 200, "INFO"),
        "/nowhere": (None, 404, "INFO"),
    }
    assert events["/shop/cart/7"]["number"] == 7 and events["/stream"]["http.response.body.size"] == 15
    errors = {path: line["error"]["message"] for path, line in events.items() if "error" in line}
    assert errors == {"/fails": "sold out"}
    requests = {line["request_id"]: line for line in events.values()}
    inside = [line for line in lines if line.get("message") == "inside"]
    assert len(inside) == 6
    for line in inside:
        assert line["span_id"] == requests[line["request_id"]]["span_id"]
    names = {line["name"] for line in lines if line.get("kind") == "span"}
    assert "GET /shop/cart/<int:number>" in names and "GET" in names
