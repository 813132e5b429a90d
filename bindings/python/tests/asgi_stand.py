"""A client and a server in one for ASGI applications: hands them a scope and messages, and keeps what they send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

SCOPE: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.4"},
    "http_version": "1.1",
    "scheme": "http",
    "method": "GET",
    "path": "/cart/7",
    "raw_path": b"/cart/7",
    "query_string": b"token=secret",
    "root_path": "",
    "headers": [(b"host", b"shop.example:8080"), (b"user-agent", b"tests/1")],
    "client": ("192.0.2.7", 4242),
    "server": ("127.0.0.1", 8080),
}
WEBSOCKET = {key: value for key, value in SCOPE.items() if key != "method"} | {
    "type": "websocket",
    "scheme": "ws",
}


def asked(
    app: Application,
    *messages: dict[str, Any],
    headers: list[tuple[bytes, bytes]] | None = None,
    **scope: Any,
) -> list[dict[str, Any]]:
    """What the application sends to such a request; behind the messages that it gets the client is silent."""
    sent: list[dict[str, Any]] = []
    base = WEBSOCKET if scope.get("type") == "websocket" else SCOPE
    whole = {**base, "headers": [*base["headers"], *(headers or [])], **scope}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def serve() -> None:
        left = iter(messages or [{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            for message in left:
                return message
            await asyncio.sleep(60)
            raise AssertionError

        await app(whole, receive, send)

    asyncio.run(serve())
    return sent


def answering(
    status: int = 200, *bodies: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> Application:
    """An application that reads the request and answers."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        while scope["type"] == "http" and (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": status, "headers": headers or []})
        for number, body in enumerate(bodies or (b"ok",), 1):
            await send(
                {"type": "http.response.body", "body": body, "more_body": number < max(1, len(bodies))}
            )

    return app


def headers_of(sent: list[dict[str, Any]]) -> dict[str, str]:
    """The headers of the answer."""
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}
