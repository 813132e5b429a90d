"""Puts functions of ours in the place of the SDK's, and gives the originals back.

Not for what the functions do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .state import Switch

_replaced: list[tuple[Any, str, Any, Any]] = []


def replace(owner: Any, name: str, make: Callable[[Any, Switch], Any], switch: Switch) -> None:
    """Replaces ``owner.name`` by what ``make`` returns for it, which does nothing where the switch is off. Raises ``AttributeError`` where there is no such thing."""
    original = vars(owner)[name] if name in vars(owner) else getattr(owner, name)
    ours = make(original, switch)
    setattr(owner, name, ours)
    _replaced.append((owner, name, original, ours))


def give_back() -> None:
    """Puts the originals back, the last one first. What another library has wrapped meanwhile is left as it is, and
    ours inside of it does nothing: see ``state``.
    """
    while _replaced:
        owner, name, original, ours = _replaced.pop()
        if vars(owner).get(name) is ours:
            setattr(owner, name, original)
