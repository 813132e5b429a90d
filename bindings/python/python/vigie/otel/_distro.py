"""What ``opentelemetry-instrument`` finds: the distribution and the configurator ``vigie``.

Needs ``opentelemetry-instrumentation``, which brings that command.
"""

from __future__ import annotations

from typing import Any

from opentelemetry.instrumentation.distro import BaseDistro  # type: ignore[attr-defined]  # It has no types.

from . import install


class Distro(BaseDistro):  # type: ignore[misc]  # Its package has no types.
    """Vigie as a distribution of OpenTelemetry: nothing to set before it is configured."""

    def _configure(self, **kwargs: Any) -> None:
        """Vigie reads its configuration at first use."""


class Configurator:
    """Puts Vigie behind the OpenTelemetry API; what is recorded goes where ``VIGIE_*`` and ``OTEL_*`` variables say."""

    def configure(self, **kwargs: Any) -> None:
        """Called once, before the instrumentations are loaded."""
        install()
