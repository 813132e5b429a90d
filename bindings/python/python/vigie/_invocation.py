"""One invocation of a function: its span, the watch over its time, and the flush at its end.
Imported by ``_lambda_handler`` when there is a handler. Not for what events say: see ``_lambda_event``."""

from __future__ import annotations

import threading
from contextlib import suppress
from time import monotonic

from . import _lambda_event, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A flush takes no longer unless the handler's author says otherwise.
BUDGET_SECONDS = 2.0
# What is left to the runtime for handing the result over.
MARGIN_SECONDS = 0.1
# An invocation that still runs so long before its end, or for all but this share of its time, is written as it is.
WARNING_SECONDS = 0.5
WARNING_SHARE = 0.2

_log = _native.get_logger("vigie")
_is_first = True


def begun(handler: Any, args: tuple[Any, ...], kwargs: dict[str, Any], budget: float | None) -> Invocation:
    """Begin the record of an invocation. What event and context are, and whether they are any, is not relied on."""
    global _is_first
    event, context = _arguments(args, kwargs)
    seen = _lambda_event.seen(event, context)
    is_cold, _is_first = _is_first, False
    name = seen.name or getattr(handler, "__name__", None) or "handler"
    attributes = {**seen.attributes, "faas.coldstart": is_cold and not _lambda_event.is_provisioned()}
    span = _native.start_span(str(name), kind="server", parent=seen.parent, links=seen.links, **attributes)
    return Invocation(span, seen, budget)


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    # Both are the last positional ones: in front of them a method has its object.
    event, context = (*args, None, None)[:2] if len(args) < 2 else args[-2:]
    return kwargs.get("event", event), kwargs.get("context", context)


class Invocation:
    """What is recorded of one invocation. No method raises."""

    def __init__(self, span: _native.Span, seen: _lambda_event.Seen, budget: float | None) -> None:
        self._span = span
        self._seen = seen
        self._budget = BUDGET_SECONDS if budget is None else float(budget)
        # Carried on when the span has ended before its time, unlike a span that is current.
        self.context = span.context
        left = seen.seconds_left()
        self._ends_at = None if left is None else monotonic() + left
        self._lock = threading.Lock()
        self._has_ended = False
        self._was_given_up = False
        self._watch = None if left is None else _watch(left, self._give_up)

    def returned(self, result: Any) -> None:
        """End with the handler's result."""
        if self._ends(None):
            status = _lambda_event.status_code(result) if self._seen.is_http else None
            if status is not None:
                self._span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    self._span.set_status("error", f"status code {status}")
            self._span.end()

    def failed(self, error: BaseException) -> None:
        """End with what the handler raised."""
        if self._ends(error):
            self._span.__exit__(type(error), error, error.__traceback__)

    def send(self) -> None:
        """Flush within the budget."""
        _flush(self._seconds_for_flush())

    async def sent(self) -> None:
        """The same while other tasks run."""
        seconds = self._seconds_for_flush()
        done = _flush_aside(seconds)
        if done is None:
            _flush(seconds)
        else:
            await done

    def _ends(self, error: BaseException | None) -> bool:
        """Whether the span is to be ended now. One that was given up has ended; what became of it is a log record."""
        if self._watch is not None:
            self._watch.cancel()
        with self._lock:
            self._has_ended = True
        if self._was_given_up:
            with self.context:
                if error is None:
                    _log.info("the invocation ended in time after all", event="faas.invocation_ended")
                else:
                    _log.error("the invocation failed", exc_info=error, event="faas.invocation_ended")
        return not self._was_given_up

    def _give_up(self) -> None:
        """Write what there is of an invocation whose time is nearly over: nothing can be written when it is."""
        with self._lock:
            if self._has_ended:
                return
            self._was_given_up = True
        left = self._seconds_left()
        with self.context:
            _log.warn(
                "the invocation still runs and has {remaining_ms} ms left",
                remaining_ms=round(left * 1000),
                event="faas.timeout_imminent",
            )
        self._span.set_attribute("vigie.interrupted", True)
        self._span.set_status("error", "the invocation was about to time out")
        self._span.end()
        _flush(self._seconds_for_flush())

    def _seconds_left(self) -> float:
        return 0.0 if self._ends_at is None else max(0.0, self._ends_at - monotonic())

    def _seconds_for_flush(self) -> float:
        if self._ends_at is None:
            return self._budget
        return min(self._budget, max(0.0, self._seconds_left() - MARGIN_SECONDS))


def _flush(seconds: float) -> None:
    # It raises nothing that would be worth a handler's result.
    with suppress(Exception):
        _native.flush(seconds)


def _watch(left: float, give_up: Any) -> threading.Timer | None:
    if left <= 0:
        return None
    watch = threading.Timer(left - min(WARNING_SECONDS, left * WARNING_SHARE), give_up)
    watch.daemon = True
    try:
        watch.start()
    except RuntimeError:
        # No thread to be had: an invocation that times out is not written then.
        return None
    return watch


def _flush_aside(seconds: float) -> Any:
    """A future of the running loop that is done when a thread has flushed; None where there is no such loop or thread.

    Not one of the loop's own threads: all of them may be waiting for something else.
    """
    try:
        import asyncio

        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def set_done() -> None:
            if not done.done():
                done.set_result(None)

        def flush() -> None:
            _flush(seconds)
            # A loop that is closed has nobody who waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(set_done)

        threading.Thread(target=flush, daemon=True).start()
    except RuntimeError:
        return None
    return done
