"""What Django knows of a request and nobody outside of it: the route, and the exception that it has answered.
Not for serving requests: ``vigie.wsgi`` and ``vigie.asgi`` do that."""

from __future__ import annotations

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

from . import _event
from ._request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Middleware"]


class Middleware:
    """Tells the request's span and wide event the route, and the exception of a view, which Django answers itself.

    It goes into the setting ``MIDDLEWARE``, at its end, and stands beside :class:`vigie.wsgi.Middleware` or
    :class:`vigie.asgi.Middleware` around the application; without one of these it does nothing.

    :param get_response: what Django hands over.

    >>> MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "vigie.django.Middleware"]
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """Hand the request on; what comes back is awaited by whoever awaits it."""
        return self._get_response(request)

    def process_view(self, request: Any, *_: object) -> None:
        """Take the route, which is known once a view is chosen."""
        served = _event.current()
        route = getattr(getattr(request, "resolver_match", None), "route", None)
        if isinstance(served, Request) and isinstance(route, str):
            # A pattern by regular expression begins with ^.
            served.route = route if route.startswith(("/", "^")) else f"/{route}"

    def process_exception(self, _request: object, exception: BaseException) -> None:
        """Take the exception that left a view: it counts where the answer is a status of 500 or above."""
        served = _event.current()
        if isinstance(served, Request):
            served.caught = exception
