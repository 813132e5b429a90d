"""Vigie behind the OpenTelemetry API: what is instrumented for OpenTelemetry runs on Vigie unchanged.

Needs ``opentelemetry-api``, which nothing else in Vigie imports::

    import vigie.otel

    vigie.otel.install(service="shop")

or, without a change to the program, ``opentelemetry-instrument python app.py``, which finds the distribution
``vigie``.
"""

from __future__ import annotations

from typing import Any

from opentelemetry import _logs, metrics, propagate, trace
from opentelemetry import context as _api

from .. import _native
from ._context import RuntimeContext
from ._logger import Logger
from ._logger_provider import LoggerProvider
from ._meter import Meter
from ._meter_provider import MeterProvider
from ._propagator import Propagator
from ._provider import TracerProvider
from ._span import Span
from ._standing import stand_for_official, stands
from ._tracer import Tracer

__all__ = [
    "Logger",
    "LoggerProvider",
    "Meter",
    "MeterProvider",
    "Propagator",
    "RuntimeContext",
    "Span",
    "Tracer",
    "TracerProvider",
    "install",
]

stands("opentelemetry.sdk.trace", TracerProvider=TracerProvider, Tracer=Tracer, Span=Span)
stands("opentelemetry.sdk.metrics", MeterProvider=MeterProvider, Meter=Meter)
stands("opentelemetry.sdk._logs", LoggerProvider=LoggerProvider, Logger=Logger)


def install(**settings: Any) -> TracerProvider:
    """Puts Vigie behind the OpenTelemetry API of this process: context, providers of tracers, meters and loggers, propagators.

    `settings` are those of ``vigie.init``, which is called with them if there are any. Again it changes nothing. Where another
    provider was set before, that one stays, as the API has it, and a warning of the API says so. Returns the tracer provider.
    Raises ``vigie.ConfigError`` as ``vigie.init`` does.

    >>> import vigie.otel
    >>> provider = vigie.otel.install(service="shop")
    >>> with provider.get_tracer("shop.cart").start_as_current_span("checkout") as span:
    ...     vigie.current_context().span_id == format(span.get_span_context().span_id, "016x")
    True
    """
    if settings:
        _native.init(**settings)
    stand_for_official()
    runtime = _api._RUNTIME_CONTEXT
    if not isinstance(runtime, RuntimeContext):
        # The API has a variable for it at start alone; an attached context of before stays with its tokens.
        _api._RUNTIME_CONTEXT = RuntimeContext(runtime)
    propagate.set_global_textmap(Propagator())
    if not isinstance(metrics.get_meter_provider(), MeterProvider):
        metrics.set_meter_provider(MeterProvider())
    if not isinstance(_logs.get_logger_provider(), LoggerProvider):
        _logs.set_logger_provider(LoggerProvider())
    known = trace.get_tracer_provider()
    if isinstance(known, TracerProvider):
        return known
    provider = TracerProvider()
    trace.set_tracer_provider(provider)
    return provider
