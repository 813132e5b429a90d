"""Vigie's propagators behind the OpenTelemetry API: the formats that the setting ``propagators`` chooses."""

from __future__ import annotations

from typing import Any

from opentelemetry import context as api
from opentelemetry.context.context import Context
from opentelemetry.propagators import textmap

from .. import _native
from ._translate import object_of, with_what_came

_NOTHING = _native.make_context(None, None, None)


class Propagator(textmap.TextMapPropagator):
    """A ``TextMapPropagator`` with what Vigie writes and reads: W3C trace context, baggage and the correlation id by default."""

    def extract(
        self,
        carrier: Any,
        context: Context | None = None,
        getter: textmap.Getter[Any] = textmap.default_getter,
    ) -> Context:
        """A context with what the carrier holds, or the one given where it holds nothing usable."""
        base = api.get_current() if context is None else context
        held: dict[str, list[str]] = {}
        names, beginnings = _native.carrier_fields()
        for field in names:
            if field == "tracestate" and "traceparent" not in held:
                # It belongs to that (W3C Trace Context, "tracestate Header"), and to look into a carrier is what takes time.
                continue
            values = getter.get(carrier, field)
            if not values and not field.islower():
                # A plain dict tells cases apart; HTTP does not.
                values = getter.get(carrier, field.lower())
            if values:
                held[field] = list(values)
        if beginnings:
            start = tuple(beginnings)
            for name in getter.keys(carrier):
                if name.lower().startswith(start):
                    held[name] = list(getter.get(carrier, name) or ())
        if not held:
            return base
        # What is current here is not what the carrier is read on top of.
        aside = _native.attach(_NOTHING)
        try:
            return with_what_came(base, _native.context_from(held))
        finally:
            aside.detach()

    def inject(
        self,
        carrier: Any,
        context: Context | None = None,
        setter: textmap.Setter[Any] = textmap.default_setter,
    ) -> None:
        """Writes the context, the current one unless given, into the carrier."""
        written: dict[str, str] = {}
        held = _native.inject(written) if context is None else _native.inject({}, object_of(context))
        for field, value in held.items():
            setter.set(carrier, field, value)

    @property
    def fields(self) -> set[str]:
        """The names of the headers that `inject` writes; baggage of Jaeger's clients has others beside them."""
        return set(_native.written_fields())
