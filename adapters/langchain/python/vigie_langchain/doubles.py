"""Whether a provider's own client is instrumented too: its spans then say what was used, and ours must not say it again."""

from __future__ import annotations

import sys

from . import semantics


def counts_itself(provider: str | None) -> bool:
    """Whether an instrumentation of the provider's client is at work in this process."""
    for module in semantics.PROVIDER_INSTRUMENTATIONS.get(provider or "", ()):
        if (loaded := sys.modules.get(module)) is not None and _is_active(loaded):
            return True
    return False


def _is_active(module: object) -> bool:
    # Instrumentors are classes with one object each, which knows whether `instrument` was called on it.
    for name, kind in vars(module).items():
        if name.endswith("Instrumentor") and isinstance(kind, type):
            only = getattr(kind, "_instance", None)
            if getattr(only, "_is_instrumented_by_opentelemetry", False):
                return True
    return False
