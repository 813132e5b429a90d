"""The tracer provider: takes what the official one takes, and makes tracers whose spans Vigie records."""

from __future__ import annotations

import atexit
import random
import threading
from typing import Any

from opentelemetry import trace

from .. import _native
from ._quiet import quiet
from ._scope import Scope
from ._tracer import Tracer


class _RandomIds:
    """Ids at random, for a sampler of the user's that has to see them before there is a span."""

    def generate_trace_id(self) -> int:
        """An id that is not zero."""
        return random.getrandbits(128) or 1

    def generate_span_id(self) -> int:
        """An id that is not zero."""
        return random.getrandbits(64) or 1


class TracerProvider(trace.TracerProvider):
    """A tracer provider of the OpenTelemetry API over Vigie.

    The arguments are those of ``opentelemetry.sdk.trace.TracerProvider``. Without a `sampler` and an `id_generator` Vigie
    decides and makes the ids, which is the quick way; with one of them, each span is decided by that. `resource` is what span
    processors are shown; what lines and exports say of the process comes from Vigie's configuration. `span_limits` is taken
    and has no effect: ``limits`` of the configuration counts, and so do ``OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`` and its
    siblings. Raises nothing.
    """

    def __init__(
        self,
        sampler: Any = None,
        resource: Any = None,
        shutdown_on_exit: bool = True,
        active_span_processor: Any = None,
        id_generator: Any = None,
        span_limits: Any = None,
        **_others: Any,
    ) -> None:
        self.sampler = sampler
        self._resource = resource
        self.id_generator = id_generator if id_generator is not None else _RandomIds()
        #: Whether each span is asked of what the user gave.
        self.decides = sampler is not None or id_generator is not None
        #: Who is shown each span, in the order in which they were added.
        self.processors: tuple[Any, ...] = () if active_span_processor is None else (active_span_processor,)
        self._lock = threading.Lock()
        self._ends_at_exit = shutdown_on_exit
        self._end_at_exit()

    def _end_at_exit(self) -> None:
        """Processors hold spans back, and at the end of the program nobody else asks them for these."""
        if self.processors and self._ends_at_exit:
            self._ends_at_exit = False
            atexit.register(self.shutdown)

    @property
    def resource(self) -> Any:
        """What the provider was told of the process."""
        if self._resource is None:
            # The SDK is imported only for whoever reads.
            from ._official import Resource

            self._resource = Resource.create({})
        return self._resource

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> Tracer:
        """A tracer for an instrumentation scope."""
        # Some instrumentations hand over what is no name.
        name = instrumenting_module_name if isinstance(instrumenting_module_name, str) else ""
        return Tracer(Scope(self, name, instrumenting_library_version, schema_url, attributes))

    def add_span_processor(self, span_processor: Any) -> None:
        """Shows all spans that begin from now on to a span processor, beside what Vigie does with them."""
        with self._lock:
            self.processors = (*self.processors, span_processor)
            self._end_at_exit()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Waits until everything is out, in the processors and in Vigie's outputs."""
        done = True
        for processor in self.processors:
            with quiet("span processor"):
                done = processor.force_flush(timeout_millis) is not False and done
        return _native.flush(timeout_millis / 1000) and done

    def shutdown(self) -> None:
        """Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone."""
        for processor in self.processors:
            with quiet("span processor"):
                processor.shutdown()
        _native.flush()
