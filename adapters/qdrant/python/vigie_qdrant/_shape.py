"""The shape of a filter: which fields are compared how, without what they are compared to.

Both languages give the same hash; shapes.json has the cases. Fields of None count as absent, as they do on the wire.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from itertools import islice

MOST_ITEMS = 32
MOST_DEPTH = 12

_LEAVES = {str: "s", int: "n", float: "n", bool: "b", type(None): "-"}
_MOST_KEPT = 1000
# For each class where an object of it says which of its fields were set, None for what is no model.
_set_fields: dict[type, str | None] = {}
# The names of fields as they stand on the wire, with the colon.
_prefixes: dict[str, str] = {}
_hashes: dict[str, str] = {}


def shape_of(value: object, depth: int = 0) -> str:
    """A text with the keys, the names of fields, and for each value only of which kind it is."""
    kind = type(value)
    leaf = _LEAVES.get(kind)
    if leaf is not None:
        return leaf
    if depth > MOST_DEPTH:
        return "~"
    try:
        where = _set_fields[kind]
    except KeyError:
        where = _remember(kind)
    if where is not None:
        # What was never set is not sent either.
        names: Iterable[str] = getattr(value, where)
        fields: Mapping[str, object] = value.__dict__
    # What nearly all others are is asked first: an abstract class takes the longest to ask for.
    elif isinstance(value, (list, tuple, set)):
        return _shape_of_items(value, depth + 1)
    elif isinstance(value, Mapping):
        names = fields = value
    else:
        # A text on the wire: a date, an identifier, a member of an enumeration.
        return "n" if isinstance(value, (int, float)) else "s"
    depth += 1
    parts = []
    for name in names:
        item = fields.get(name)
        if item is None:
            continue
        if name == "key" and isinstance(item, str):
            parts.append(f"key={item}")
            continue
        shape = _LEAVES.get(type(item)) or shape_of(item, depth)
        parts.append((_prefixes.get(name) or _prefix(name)) + shape)
    if len(parts) == 1:
        return "{" + parts[0] + "}"
    parts.sort()
    return "{" + ",".join(parts) + "}"


def _shape_of_items(items: Collection[object], depth: int) -> str:
    if len(items) == 1:
        for item in items:
            return f"[{shape_of(item, depth)}]"
    return f"[{','.join(sorted({shape_of(item, depth) for item in islice(items, MOST_ITEMS)}))}]"


def _remember(kind: type) -> str | None:
    """Models of pydantic, of either generation, say what was set."""
    where = next(
        (name for name in ("__pydantic_fields_set__", "__fields_set__") if hasattr(kind, name)), None
    )
    if len(_set_fields) < _MOST_KEPT:
        _set_fields[kind] = where
    return where


def _prefix(name: str) -> str:
    """What is a keyword of Python, as "except", has an underscore there and none on the wire."""
    prefix = f"{str(name).rstrip('_')}:"
    if len(_prefixes) < _MOST_KEPT:
        _prefixes[name] = prefix
    return prefix


def hash_of(value: object) -> str:
    """The first 16 hex digits of the SHA-256 of the shape."""
    shape = shape_of(value)
    found = _hashes.get(shape)
    if found is None:
        found = hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()[:16]
        if len(_hashes) < _MOST_KEPT:
            _hashes[shape] = found
    return found
