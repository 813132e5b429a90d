"""The books as a dict."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def stats() -> dict[str, Any]:
    """What happened to everything recorded, per output and in total.

    For each output ``accepted == delivered + sum(dropped.values()) + queued + spooled``.

    >>> import vigie
    >>> vigie.stats()["internal_panics"]
    0
    """
    import json

    books: dict[str, Any] = json.loads(_native.stats_json())
    return books
