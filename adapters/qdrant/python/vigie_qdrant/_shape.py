"""The shape of a filter: which fields are compared how, without what they are compared to.

Both languages give the same hash; shapes.json has the cases. Fields of None count as absent, as they do on the wire.
"""

import hashlib
from collections.abc import Mapping

MOST_ITEMS = 32
MOST_DEPTH = 12

_LEAVES = {str: "s", int: "n", float: "n", bool: "b", type(None): "-"}
_hashes: dict[str, str] = {}
_MOST_HASHES = 1000


def shape_of(value: object, depth: int = 0) -> str:
    """A text with the keys, the names of fields, and for each value only of which kind it is."""
    leaf = _LEAVES.get(type(value))
    if leaf is not None:
        return leaf
    if depth > MOST_DEPTH:
        return "~"
    if isinstance(value, (list, tuple, set)):
        items = {shape_of(item, depth + 1) for item, _ in zip(value, range(MOST_ITEMS), strict=False)}
        return f"[{','.join(sorted(items))}]"
    fields = _fields(value)
    if fields is None:
        return "n" if isinstance(value, (int, float)) else "s"
    parts = []
    for key, item in fields.items():
        if item is not None:
            # What is a keyword of Python, as "except", has an underscore there and none on the wire.
            name = key.rstrip("_")
            named = name == "key" and isinstance(item, str)
            parts.append(f"{name}={item}" if named else f"{name}:{shape_of(item, depth + 1)}")
    return f"{{{','.join(sorted(parts))}}}"


def _fields(value: object) -> Mapping[str, object] | None:
    """The fields of a model or a mapping; None for what is a text on the wire: dates, identifiers, enums."""
    if hasattr(type(value), "__pydantic_fields__") or hasattr(type(value), "__fields__"):
        return vars(value)
    return value if isinstance(value, Mapping) else None


def hash_of(value: object) -> str:
    """The first 16 hex digits of the SHA-256 of the shape."""
    shape = shape_of(value)
    found = _hashes.get(shape)
    if found is None:
        found = hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()[:16]
        if len(_hashes) < _MOST_HASHES:
            _hashes[shape] = found
    return found
