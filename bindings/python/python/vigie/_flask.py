"""The exceptions that Flask answers itself, by its signal. Flask is not imported: who has an application of it has done so."""

from __future__ import annotations

import sys

from . import _event
from ._request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def listen() -> None:
    """Hear of such exceptions from now on, where Flask is there. A second time changes nothing."""
    signal = getattr(sys.modules.get("flask"), "got_request_exception", None)
    if signal is not None:
        signal.connect(_caught)


def _caught(_application: object, exception: BaseException, **_: Any) -> None:
    served = _event.current()
    if isinstance(served, Request):
        served.caught = exception
