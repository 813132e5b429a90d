"""How many points a call is about. What can be read only once is counted as the client reads it, never before."""

from collections.abc import Iterable, Iterator
from typing import Any

# As long as the client itself takes their length for.
_SIZED = (list, tuple)


class Counted:
    """Hands on what another iterator gives, and counts."""

    def __init__(self, inner: Iterator[Any]) -> None:
        self._inner = inner
        self.count = 0

    def __iter__(self) -> "Counted":
        return self

    def __next__(self) -> Any:
        item = next(self._inner)
        self.count += 1
        return item


class Recounted:
    """Likewise for what can be read again: the last reading counts."""

    def __init__(self, inner: Iterable[Any]) -> None:
        self._inner = inner
        self._last = Counted(iter(()))

    def __iter__(self) -> Iterator[Any]:
        self._last = Counted(iter(self._inner))
        return self._last

    @property
    def count(self) -> int:
        """How many items the last reading gave so far."""
        return self._last.count


def size_of(items: object) -> int | None:
    """The number of items of what has a length of its own, else None. Nothing of the program is run for it."""
    if isinstance(items, _SIZED):
        return len(items)
    shape = getattr(items, "shape", None) if type(items).__module__ == "numpy" else None
    if isinstance(shape, tuple) and shape:
        return int(shape[0])
    if isinstance(items, dict):
        return size_of(next(iter(items.values()))) if items else 0
    if type(items).__module__.startswith("qdrant_client."):
        for field in ("ids", "points", "batch"):
            found = getattr(items, field, None)
            if found is not None:
                return size_of(found)
    return None


def counted(items: object) -> Counted | Recounted | None:
    """What stands in for ``items`` and counts, or None where that would take something away from it."""
    kind = type(items)
    if hasattr(kind, "__next__"):
        return Counted(items)  # type: ignore[arg-type]  # it has just been looked at
    if hasattr(kind, "__iter__") and not hasattr(kind, "__getitem__") and not hasattr(kind, "__array__"):
        return Recounted(items)  # type: ignore[arg-type]  # likewise
    return None
