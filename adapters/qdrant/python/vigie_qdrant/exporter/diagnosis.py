"""Why a collection is not green, in words. They name what the server said and what helps."""

from __future__ import annotations

import math
from typing import Any


def diagnose(
    info: dict[str, Any], optimizations: dict[str, Any] | None, remaining: float | None, eta: float | None
) -> str:
    """A sentence or two on a collection's state."""
    status = info.get("status")
    parts = [_of_status(status, info, optimizations or {}, remaining, eta)]
    error = _optimizer_error(info)
    if error is not None:
        parts.append(f"The optimizer reports: {error}.")
    parts += [f"The server warns: {warning.get('message')}." for warning in info.get("warnings") or []]
    queue = (info.get("update_queue") or {}).get("length") or 0
    if queue:
        parts.append(f"{queue} updates wait to be applied.")
    deferred = (info.get("update_queue") or {}).get("deferred_points") or 0
    if deferred:
        parts.append(f"{deferred} points are not seen by searches until they are indexed.")
    return " ".join(part for part in parts if part)


def _of_status(
    status: object,
    info: dict[str, Any],
    optimizations: dict[str, Any],
    remaining: float | None,
    eta: float | None,
) -> str:
    if status == "red":
        return "Red: an operation failed and was not recovered; the log of the server has it, a restart applies it again."
    if status == "grey":
        return _grey(info)
    if status == "yellow":
        return _yellow(optimizations, remaining, eta)
    return ""


def _grey(info: dict[str, Any]) -> str:
    optimizer = (info.get("config") or {}).get("optimizer_config") or {}
    if optimizer.get("max_optimization_threads") == 0:
        return (
            "Grey: segments could be optimized, but max_optimization_threads is 0, which switches that off."
        )
    return (
        "Grey: segments could be optimized, but nothing has begun it since the server started. "
        "Any update of the collection does, an empty PATCH of its optimizers_config as well."
    )


def _yellow(optimizations: dict[str, Any], remaining: float | None, eta: float | None) -> str:
    running = optimizations.get("running") or []
    summary = optimizations.get("summary") or {}
    if not running:
        return "Yellow: the optimizer is about to begin, or between two segments."
    kinds = sorted({str(one.get("optimizer")) for one in running})
    words = (
        f"Yellow: {len(running)} optimization{'s' if len(running) > 1 else ''} at work ({', '.join(kinds)})"
    )
    queued = summary.get("queued_optimizations") or 0
    if queued:
        words += f", {queued} more wait with {summary.get('queued_points', 0)} points"
    if remaining:
        words += f"; {remaining:.0f} vectors are not indexed yet"
        if eta == math.inf:
            words += ", and none was in the last minutes"
        elif eta is not None:
            words += f", about {spoken(eta)} to go"
    return words + "."


def _optimizer_error(info: dict[str, Any]) -> str | None:
    status = info.get("optimizer_status")
    return str(status.get("error")) if isinstance(status, dict) else None


def spoken(seconds: float) -> str:
    """45 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
