"""The tracer provider: takes what the official one takes, and makes tracers whose spans Vigie records."""

from __future__ import annotations

import atexit
import random
import threading
from typing import Any

from opentelemetry import trace

from .. import _native
from ._limits import Limits
from ._processors import Processors
from ._scope import Scope
from ._standing import is_disabled, stand_for_official
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
    decides and makes the ids, which is the quick way; with one of them, each span is decided by that. `resource` and
    `span_limits` say what span processors are shown, of the process and of a span; what lines and exports say comes from
    Vigie's configuration, ``limits`` among it. With ``OTEL_SDK_DISABLED=true`` its tracers do nothing. Raises nothing.
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
        #: Who is shown each span, and how much of it.
        self.processors = Processors()
        self.limits = Limits(span_limits)
        #: By this name others look for where processors stand.
        self._active_span_processor = self.processors
        self._tracers: dict[tuple[Any, ...], Tracer] = {}
        self._lock = threading.Lock()
        self._ends_at_exit = shutdown_on_exit
        self._is_disabled = is_disabled()
        if active_span_processor is not None:
            self.add_span_processor(active_span_processor)
            self._active_span_processor = active_span_processor
        stand_for_official()

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
    ) -> trace.Tracer:
        """The tracer for an instrumentation scope, the same for the same one."""
        stand_for_official()
        if self._is_disabled:
            return trace.NoOpTracer()
        # Some instrumentations hand over what is no name.
        name = instrumenting_module_name if isinstance(instrumenting_module_name, str) else ""
        # Values of attributes may be of any type, and what is no version is none.
        key = (name, str(instrumenting_library_version), str(schema_url), repr(attributes))
        with self._lock:
            if key not in self._tracers:
                scope = Scope(self, name, instrumenting_library_version, schema_url, attributes)
                self._tracers[key] = Tracer(scope)
            return self._tracers[key]

    def add_span_processor(self, span_processor: Any) -> None:
        """Shows all spans from now on to a span processor, those that are open included, beside what Vigie does with them."""
        stand_for_official()
        self._active_span_processor.add_span_processor(span_processor)
        # What finds it out waits for threads: not at the end of the first span.
        _ = self.resource
        with self._lock:
            if self._ends_at_exit:
                # Processors hold spans back, and at the end of the program nobody else asks them for these.
                self._ends_at_exit = False
                atexit.register(self.shutdown)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Waits until everything is out, in the processors and in Vigie's outputs."""
        done = self.processors.force_flush(timeout_millis)
        return _native.flush(timeout_millis / 1000) and done

    def shutdown(self) -> None:
        """Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone."""
        atexit.unregister(self.shutdown)
        self.processors.shutdown()
        _native.flush()
