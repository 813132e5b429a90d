"""The names in force: the released ones of OpenTelemetry's conventions, or the latest where the user asks for them.
Not for what stands under them: ``semantics`` is the table."""

from __future__ import annotations

import os

from . import semantics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OPT_IN = "OTEL_SEMCONV_STABILITY_OPT_IN"


def wants_latest() -> bool:
    """Whether the environment asks for the latest names."""
    words = os.environ.get(OPT_IN, "").split(",")
    return semantics.OPT_IN in (word.strip() for word in words)


def chosen(name: Any, *, latest: bool) -> str:
    """One name of the table, which may have two forms."""
    if isinstance(name, str):
        return name
    form: str = name["latest" if latest else "released"]
    return form


class Names:
    """The attributes' names as members, so that a misspelled one is an error and not an attribute."""

    def __init__(self, *, latest: bool) -> None:
        self.latest = latest
        for key, name in semantics.ATTRIBUTES.items():
            setattr(self, key, chosen(name, latest=latest))

    if TYPE_CHECKING:
        # For types alone: a class that has this is asked for each of its members in a longer way.
        def __getattr__(self, key: str) -> str: ...
