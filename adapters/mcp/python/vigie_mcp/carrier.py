"""The trace context of a message: the keys of ``params._meta`` that the protocol reserves for it (SEP-414).

Not for HTTP headers: those belong to the transport's request, which is another span.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import vigie

from .faults import quiet
from .names import CARRIED


@quiet(None)
def context_in(meta: Mapping[str, Any] | None) -> vigie.Context | None:
    """The context that a message brings, or None where it brings no usable one."""
    if not meta:
        return None
    carried = {key: meta[key] for key in CARRIED if isinstance(meta.get(key), str)}
    if "traceparent" not in carried:
        return None
    before = vigie.current_context()
    context = vigie.context_from(carried)
    # Without a usable header the context is the current one.
    taken = context.trace_id is not None and (context.is_remote or context.span_id != before.span_id)
    return context if taken else None


@quiet(None)
def write_into(meta: MutableMapping[str, Any], context: vigie.Context) -> None:
    """Puts the context into a message. What another library put there is replaced."""
    headers: dict[str, str] = vigie.inject({}, context)
    if "traceparent" not in headers:
        return
    for key in CARRIED:
        value = headers.get(key)
        if value is not None:
            meta[key] = value
        elif key != "baggage":
            # A trace state belongs to the trace that it came with.
            meta.pop(key, None)


@quiet(None)
def with_context(params: Mapping[str, Any] | None, context: vigie.Context) -> dict[str, Any] | None:
    """A copy of a request's parameters that carries the context; None where that fails. The caller's own are left as they
    are.
    """
    copy = dict(params or {})
    meta = dict(copy.get("_meta") or {})
    write_into(meta, context)
    if meta:
        copy["_meta"] = meta
    return copy
