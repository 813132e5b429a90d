"""Vigie's providers in the place of the official SDK's: whether they do anything, and what they are taken for.

Not for what they are asked: see `_provider`, `_meter` and `_logger_provider`.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta
from typing import Any

#: Of each module of the SDK the classes that ours stand for, by name, and ours.
_OURS: dict[str, dict[str, type]] = {}
_known: set[type] = set()


def stands(module: str, **ours: type) -> None:
    """Has classes taken for those of the SDK that bear their names in a module of it."""
    _OURS[module] = ours


def stand_for_official() -> None:
    """Has Vigie's objects pass where others ask whether one is the SDK's: before they add a processor, for one.

    The SDK is not imported for it. Who asks has imported it, mostly before there is a provider; so each way to one looks.
    """
    for module, classes in _OURS.items():
        loaded = sys.modules.get(module)
        for name, ours in classes.items():
            official: Any = getattr(loaded, name, None)
            is_new = isinstance(official, ABCMeta) and official not in _known
            # A suite may put one of ours there.
            if is_new and not issubclass(official, ours):
                _known.add(official)
                official.register(ours)


def is_disabled() -> bool:
    """Whether nothing shall be recorded through the OpenTelemetry API (``VIGIE_DISABLED``, ``OTEL_SDK_DISABLED``)."""
    said = os.environ.get("VIGIE_DISABLED") or os.environ.get("OTEL_SDK_DISABLED", "")
    return said.strip().lower() in ("1", "true")
