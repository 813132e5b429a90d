"""How requests are listened to, by REST and by gRPC, sync and async. Not for what is recorded of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from . import _exchanges as exchanges
from ._exchanges import Answer
from ._faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable

Address = tuple[str, str, "int | None"]


def rest(original: Callable[..., Any]) -> Callable[..., Any]:
    """``ApiClient.send_inner``."""

    @functools.wraps(original)
    def send_inner(self: Any, request: Any) -> Any:
        sent = exchanges.begin(_rest_request, request)
        if sent is None:
            return original(self, request)
        _add_headers(sent, request)
        try:
            response = original(self, request)
        except BaseException as error:
            sent.failed(error)
            raise
        _tell(sent, _rest_answer, response)
        return response

    return send_inner


def rest_async(original: Callable[..., Any]) -> Callable[..., Any]:
    """``AsyncApiClient.send_inner``."""

    @functools.wraps(original)
    async def send_inner(self: Any, request: Any) -> Any:
        sent = exchanges.begin(_rest_request, request)
        if sent is None:
            return await original(self, request)
        try:
            response = await original(self, request)
        except BaseException as error:
            sent.failed(error)
            raise
        _tell(sent, _rest_answer, response)
        return response

    return send_inner


def grpc(original: Callable[..., Any]) -> Callable[..., Any]:
    """``intercept_unary_unary`` of the client's interceptor; what it returns is a call that has ended."""

    @functools.wraps(original)
    def intercept_unary_unary(self: Any, continuation: Any, details: Any, request: Any) -> Any:
        sent = exchanges.begin(_grpc_request, request)
        if sent is None:
            return original(self, continuation, details, request)
        try:
            call = original(self, continuation, details, request)
        except BaseException as error:
            sent.failed(error)
            raise
        _tell(sent, _grpc_answer, call)
        return call

    return intercept_unary_unary


def grpc_async(original: Callable[..., Any]) -> Callable[..., Any]:
    """The same of the async interceptor, which gives the message itself."""

    @functools.wraps(original)
    async def intercept_unary_unary(self: Any, continuation: Any, details: Any, request: Any) -> Any:
        sent = exchanges.begin(_grpc_request, request)
        if sent is None:
            return await original(self, continuation, details, request)
        try:
            message = await original(self, continuation, details, request)
        except BaseException as error:
            sent.failed(error)
            raise
        _tell(sent, _grpc_message, message)
        return message

    return intercept_unary_unary


def _add_headers(sent: exchanges.Sent, request: Any) -> None:
    try:
        for name, value in sent.headers.items():
            request.headers.setdefault(name, value)
    except Exception:
        fault("headers")


def _tell(sent: exchanges.Sent, read: Callable[[Any], Answer], answer: Any) -> None:
    try:
        sent.answered(read(answer))
    except Exception:
        fault("response")


def _rest_request(request: Any) -> tuple[int | None, Address]:
    length = request.headers.get("content-length")
    url = request.url
    port = url.port or (443 if url.scheme == "https" else 80)
    return int(length) if length else None, ("rest", url.host, port)


def _rest_answer(response: Any) -> Answer:
    seconds = exchanges.server_seconds(response.content)
    status = str(response.status_code)
    return Answer(status, response.num_bytes_downloaded, seconds, response.headers.get("retry-after"))


def _grpc_request(request: Any) -> tuple[int | None, Address]:
    return request.ByteSize(), ("grpc", "", None)


def _grpc_answer(call: Any) -> Answer:
    code = getattr(call.code(), "name", None)
    if code != "OK":
        return Answer(code, None, None, None)
    return _grpc_message(call.result())


def _grpc_message(message: Any) -> Answer:
    seconds = getattr(message, "time", None)
    return Answer("OK", message.ByteSize(), seconds if isinstance(seconds, float) else None, None)
