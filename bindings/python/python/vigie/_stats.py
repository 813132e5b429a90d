"""The books as a dict."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def stats() -> dict[str, Any]:
    """What happened to everything recorded, per output and in total.

    For each output ``accepted == delivered + sum(dropped.values()) + queued + spooled``. Beside them stand
    ``failed_attempts`` (to write or send; also those that were taken in part), and ``last_success``, ``last_error`` and
    ``last_error_at`` (what went wrong last, in words, and when) and ``oldest_queued_s``, each None while there is
    nothing to say.

    The reasons under ``dropped``: ``full`` (there was no room), ``shutdown``, ``io`` and ``closed`` (the system
    refused, the reader went away); over a network ``rejected`` and ``too_large`` by the far side, ``expired`` when it
    could not be reached for too long, ``tls``, and ``damaged`` in the spool.

    ``redacted`` is the number of values in which something was masked; ``redacted_by`` tells it by rule: ``key``, ``token``,
    ``jwt``, ``pem``, ``url``, ``assignment``, ``card``, ``iban``, ``email``, and the names of ``redact.patterns``. Rules that found
    nothing are left out.

    ``left_out_logs`` counts the log records that never came to an output because of ``sample.logs``, by ``share``,
    ``per_second``, ``fold`` and ``trail``.

    >>> import vigie
    >>> vigie.stats()["internal_panics"]
    0
    """
    import json

    books: dict[str, Any] = json.loads(_native.stats_json())
    return books
