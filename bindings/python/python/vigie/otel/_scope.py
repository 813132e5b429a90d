"""Who records: an instrumentation scope, and for spans the provider that knows it."""

from __future__ import annotations

from typing import Any

from ._limits import Limits
from ._processors import Processors


class Named:
    """An instrumentation scope (OpenTelemetry specification, "Instrumentation Scope")."""

    __slots__ = ("_shown", "attributes", "name", "schema_url", "version")

    def __init__(self, name: str, version: str | None, schema_url: str | None, attributes: Any) -> None:
        self.name = name
        self.version = version
        self.schema_url = schema_url
        self.attributes = attributes
        self._shown: Any = None

    @property
    def shown(self) -> Any:
        """The scope as processors and readers see it."""
        if self._shown is None:
            # The SDK is imported only for whoever reads.
            from ._official import InstrumentationScope

            self._shown = InstrumentationScope(
                self.name, self.version or "", self.schema_url, self.attributes
            )
        return self._shown

    @property
    def info(self) -> Any:
        """The same by its former name, which the SDK warns of."""
        from ._official import InstrumentationInfo

        return InstrumentationInfo(self.name, self.version or "", self.schema_url)


class Scope(Named):
    """The scope of a tracer, and the provider that knows it."""

    __slots__ = ("limits", "processors", "provider")

    def __init__(
        self, provider: Any, name: str, version: str | None, schema_url: str | None, attributes: Any
    ) -> None:
        super().__init__(name, version, schema_url, attributes)
        #: The tracer provider.
        self.provider = provider
        #: The provider's span processors, and how much of a span can be read.
        self.processors: Processors = provider.processors
        self.limits: Limits = provider.limits


class _Nobody:
    """Stands for a provider, for spans of Vigie's own face."""

    processors = Processors()
    limits = Limits()

    @property
    def resource(self) -> Any:
        """A process of which nothing was told."""
        from ._official import Resource

        return Resource({})


OWN = Scope(_Nobody(), "", None, None, None)
