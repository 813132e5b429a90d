"""How large a result is, as bytes of JSON and as estimated tokens, without writing the JSON.

Not for what goes over the wire byte by byte: escapes inside of texts are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .names import BYTES_PER_TOKEN


def size_of(value: object) -> int:
    """The bytes of ``value`` as compact JSON in UTF-8. Texts are measured, not copied.

    >>> size_of({"text": "Grüße", "n": [1, None]})
    31
    """
    total = 0
    left: list[object] = [value]
    while left:
        item = left.pop()
        kind = type(item)
        if kind is dict:
            total += _mapping(item, left)  # type: ignore[arg-type]  # a dict, by its type
        elif isinstance(item, str):
            total += 2 + (len(item) if item.isascii() else len(item.encode("utf-8", "replace")))
        elif item is None or item is True:
            total += 4
        elif item is False:
            total += 5
        elif isinstance(item, (int, float)):
            total += len(repr(item))
        elif isinstance(item, bytes):
            total += 2 + len(item)
        elif isinstance(item, (list, tuple)):
            total += 2 + max(len(item) - 1, 0)
            left.extend(item)
        else:
            members = members_of(item)
            if members is None:
                left.append(str(item))
                continue
            total += _mapping(members, left)
    return total


def _mapping(members: Mapping[str, Any], left: list[object]) -> int:
    left.extend(members)
    left.extend(members.values())
    # Quotes are counted with the key; a colon for each member, a comma between two.
    return 2 * len(members) + 1 if members else 2


def tokens_of(size: int) -> int:
    """An estimate: a quarter of the bytes, rounded up.

    >>> tokens_of(9)
    3
    """
    return -(-size // BYTES_PER_TOKEN)


def members_of(value: object) -> Mapping[str, Any] | None:
    """The members of a mapping or of one of the SDK's models, whose empty fields are not sent; None for anything else."""
    if type(value) is dict or isinstance(value, Mapping):
        return value
    fields = getattr(type(value), "model_fields", None)
    if fields is None:
        return None
    given = {name: item for name, item in value if item is not None}  # type: ignore[attr-defined]  # a model gives pairs
    if tuple(fields) == ("root",):
        return members_of(given.get("root"))
    return given
