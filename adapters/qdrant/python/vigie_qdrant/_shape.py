"""The shape of a filter: which fields are compared how, without what they are compared to.

Both languages give the same hash; shapes.json has the cases. Fields of None count as absent, as they do on the wire.
"""

import hashlib
from collections.abc import Collection, Mapping
from itertools import islice

MOST_ITEMS = 32
MOST_DEPTH = 12

_LEAVES = {str: "s", int: "n", float: "n", bool: "b", type(None): "-"}
_models: dict[type, bool] = {}
_hashes: dict[str, str] = {}
_MOST_HASHES = 1000


def shape_of(value: object, depth: int = 0) -> str:
    """A text with the keys, the names of fields, and for each value only of which kind it is."""
    kind = type(value)
    leaf = _LEAVES.get(kind)
    if leaf is not None:
        return leaf
    if depth > MOST_DEPTH:
        return "~"
    if kind is list or isinstance(value, (list, tuple, set)):
        items: Collection[object] = value  # type: ignore[assignment]  # just looked at
        if len(items) == 1:
            return f"[{shape_of(next(iter(items)), depth + 1)}]"
        return f"[{','.join(sorted({shape_of(item, depth + 1) for item in islice(items, MOST_ITEMS)}))}]"
    is_model = _models.get(kind)
    if is_model is None:
        is_model = _remember(kind)
    if is_model:
        fields: Mapping[str, object] = value.__dict__
    elif isinstance(value, Mapping):
        fields = value
    else:
        # A text on the wire: a date, an identifier, a member of an enumeration.
        return "n" if isinstance(value, (int, float)) else "s"
    parts = []
    for name, item in fields.items():
        if item is None:
            continue
        if name == "key" and isinstance(item, str):
            parts.append(f"key={item}")
        else:
            # What is a keyword of Python, as "except", has an underscore there and none on the wire.
            shape = _LEAVES.get(type(item)) or shape_of(item, depth + 1)
            parts.append(f"{name.rstrip('_')}:{shape}")
    parts.sort()
    return f"{{{','.join(parts)}}}"


def _remember(kind: type) -> bool:
    is_model = hasattr(kind, "__pydantic_fields__") or hasattr(kind, "__fields__")
    if len(_models) < _MOST_HASHES:
        _models[kind] = is_model
    return is_model


def hash_of(value: object) -> str:
    """The first 16 hex digits of the SHA-256 of the shape."""
    shape = shape_of(value)
    found = _hashes.get(shape)
    if found is None:
        found = hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()[:16]
        if len(_hashes) < _MOST_HASHES:
            _hashes[shape] = found
    return found
