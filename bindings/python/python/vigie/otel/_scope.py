"""Who makes spans: an instrumentation scope and the provider that knows it."""

from __future__ import annotations

from typing import Any


class Scope:
    """An instrumentation scope of a provider (OpenTelemetry specification, "Instrumentation Scope")."""

    __slots__ = ("_of", "_shown", "name", "provider")

    def __init__(
        self, provider: Any, name: str, version: str | None, schema_url: str | None, attributes: Any
    ) -> None:
        #: The tracer provider.
        self.provider = provider
        self.name = name
        self._of = (name, version, schema_url, attributes)
        self._shown: Any = None

    @property
    def shown(self) -> Any:
        """The scope as span processors see it."""
        if self._shown is None:
            # The SDK is imported only for whoever reads.
            from ._official import InstrumentationScope

            self._shown = InstrumentationScope(*self._of)
        return self._shown


class _Nobody:
    """Stands for a provider, for spans of Vigie's own face."""

    @property
    def resource(self) -> Any:
        """A process of which nothing was told."""
        from ._official import Resource

        return Resource({})


OWN = Scope(_Nobody(), "", None, None, None)
