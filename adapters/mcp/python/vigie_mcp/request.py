"""What a request is, whatever version of the SDK brings it, and the attributes that say so.

Not for its outcome: see ``outcome``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import names
from .names import METHODS, Side
from .settings import settings
from .size import members_of, size_of

_METHODS = frozenset(METHODS)


class Request(NamedTuple):
    """One request of a client or a server."""

    side: Side
    method: str
    params: Mapping[str, Any]
    request_id: str | int | None = None
    session_id: str | None = None
    protocol_version: str | None = None
    transport: str | None = None

    @property
    def target(self) -> str | None:
        """The tool or the prompt that is asked for."""
        if self.method not in ("tools/call", "prompts/get"):
            return None
        name = self.params.get("name")
        return name if isinstance(name, str) else None

    @property
    def name(self) -> str:
        """The name of the span, as the conventions have it."""
        target = self.target
        return f"{self.method} {target}" if target else self.method

    @property
    def method_label(self) -> str:
        """The method as a label: a peer may send any text."""
        return self.method if self.method in _METHODS else names.OTHER

    def attributes(self) -> dict[str, object]:
        """What a span and a log line say of it."""
        target = self.target
        said: dict[str, object] = {names.METHOD: self.method}
        if self.protocol_version:
            said[names.PROTOCOL_VERSION] = self.protocol_version
        if self.session_id:
            said[names.SESSION_ID] = self.session_id
        if self.transport:
            said[names.TRANSPORT] = self.transport
        if self.transport == names.TCP:
            said[names.PROTOCOL] = names.HTTP
        if self.request_id is not None:
            said[names.REQUEST_ID] = str(self.request_id)
        if self.method == "tools/call":
            said[names.OPERATION] = names.EXECUTE_TOOL
            if target:
                said[names.TOOL] = target
            if settings.capture != "off":
                said.update(_arguments(self.params.get("arguments")))
        elif target:
            said[names.PROMPT] = target
        elif self.method.startswith("resources/") and self.params.get("uri") is not None:
            said[names.RESOURCE_URI] = str(self.params["uri"])
        return said


def _arguments(arguments: object) -> dict[str, object]:
    if not isinstance(arguments, Mapping):
        return {}
    said: dict[str, object] = {
        names.ARGUMENT_NAMES: [str(name) for name in arguments],
        names.ARGUMENT_SIZE: size_of(arguments),
    }
    if settings.capture == "full":
        said[names.ARGUMENTS] = cut(arguments, settings.capture_bytes)
    return said


def cut(value: object, limit: int) -> object:
    """A copy of ``value`` with at most ``limit`` bytes of text and about as many members. It stays a structure, so that
    Vigie can mask a secret by its key.

    >>> cut({"a": "x" * 9, "b": 1}, 6)
    {'a': 'xxxxx…'}
    """
    return _cut(value, [limit])


def _cut(value: object, left: list[int]) -> object:
    if isinstance(value, str):
        kept = value.encode("utf-8", "replace")[: max(left[0], 0)]
        left[0] -= len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
        return value if left[0] >= 0 else kept.decode("utf-8", "ignore") + "…"
    members = members_of(value)
    if members is not None:
        copy: dict[str, object] = {}
        for key, item in members.items():
            left[0] -= len(str(key))
            if left[0] <= 0:
                break
            copy[str(key)] = _cut(item, left)
        return copy
    if isinstance(value, (list, tuple)):
        items: list[object] = []
        for item in value:
            left[0] -= 1
            if left[0] <= 0:
                break
            items.append(_cut(item, left))
        return items
    left[0] -= 4
    return value if value is None or isinstance(value, (bool, int, float)) else _cut(str(value), left)
