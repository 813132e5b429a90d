"""The span processors of a provider: whom each span is shown to, beside what Vigie does with it.

Not for what they are shown: see `_reading`.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ._quiet import quiet


class Processors:
    """Shows spans to processors in the order in which they were added; what fails in one of them stays there.

    Itself a span processor of the official SDK's kind, like that one's ``SynchronousMultiSpanProcessor``.
    """

    #: Whether there are any.
    are_any = False

    def __init__(self) -> None:
        # By this name others look for them.
        self._span_processors: tuple[Any, ...] = ()
        self._lock = threading.Lock()

    def add_span_processor(self, span_processor: Any) -> None:
        """Adds the last one."""
        with self._lock:
            self._span_processors = (*self._span_processors, span_processor)
            self.are_any = True

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        """Shows a span that has begun."""
        for processor in self._span_processors:
            with quiet("span processor"):
                processor.on_start(span, parent_context=parent_context)

    def _on_ending(self, span: Any) -> None:
        """Shows a span that is about to end to those that want to know."""
        for processor in self._span_processors:
            hook = getattr(processor, "_on_ending", None)
            if hook is not None:
                with quiet("span processor"):
                    hook(span)

    def on_end(self, span: Any) -> None:
        """Shows a copy of a span that has ended."""
        for processor in self._span_processors:
            with quiet("span processor"):
                processor.on_end(span)

    def shutdown(self) -> None:
        """Ends all of them."""
        for processor in self._span_processors:
            with quiet("span processor"):
                processor.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Has all of them hand on what they hold back, one after the other; False where one could not, or time is over."""
        until = time.monotonic() + timeout_millis / 1000
        done = True
        for processor in self._span_processors:
            left_millis = int((until - time.monotonic()) * 1000)
            if left_millis <= 0:
                return False
            with quiet("span processor"):
                done = processor.force_flush(left_millis) is not False and done
        return done
