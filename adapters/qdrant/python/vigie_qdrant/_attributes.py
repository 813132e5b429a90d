"""What a span says of a call and of its answer. Vectors, payloads and the values of filters are never among it."""

from collections.abc import Callable, Mapping
from typing import Any

from . import _counting as counting
from . import _names as names
from ._names import Operation
from ._shape import hash_of

Named = Mapping[str, Any]
Reader = Callable[[Named, dict[str, object]], None]


def readers_of(operation: Operation, parameters: tuple[str, ...]) -> tuple[Reader, ...]:
    """What reads the attributes that are known before a call from its arguments by their names."""
    found: list[Reader] = []
    if "wait" in parameters:
        found.append(_wait)
    if operation.items is not None:
        found.append(_items(operation.items))
    if operation.filter is not None:
        found.append(_filter(operation.filter))
    if operation.group in _GROUPS:
        found.append(_GROUPS[operation.group])
    return tuple(found)


def batch_size(size: int | None, into: dict[str, object]) -> None:
    """The number of points or requests: by the conventions a batch is anything but one."""
    if size is not None and size != 1:
        into[names.BATCH_SIZE] = size


def _number(value: object, name: str, into: dict[str, object]) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        into[name] = value


def _wait(given: Named, into: dict[str, object]) -> None:
    wait = given.get("wait")
    if isinstance(wait, bool):
        into[names.WAIT] = wait


def _items(name: str) -> Reader:
    def read(given: Named, into: dict[str, object]) -> None:
        batch_size(counting.size_of(given.get(name)), into)

    return read


def _filter(name: str) -> Reader:
    def read(given: Named, into: dict[str, object]) -> None:
        value = given.get(name)
        if value is not None:
            into[names.FILTERED] = True
            if not type(value).__module__.startswith("qdrant_client.grpc"):
                into[names.FILTER_SHAPE] = hash_of(value)

    return read


def _search(given: Named, into: dict[str, object]) -> None:
    get = given.get
    limit = get("limit")
    if type(limit) is int:
        into[names.TOP_K] = limit
    elif limit is not None:
        _number(limit, names.TOP_K, into)
    if (threshold := get("score_threshold")) is not None:
        _number(threshold, names.THRESHOLD, into)
    if isinstance(using := get("using"), str):
        into[names.USING] = using
    if (parameters := get("search_params")) is not None:
        _number(getattr(parameters, "hnsw_ef", None), names.HNSW_EF, into)
        if getattr(parameters, "exact", None) is True:
            into[names.EXACT] = True
    query = get("query")
    # A list of floats, as it nearly always is, needs no more questions.
    dimension = len(query) if type(query) is list and query and type(query[0]) is float else _dimension(query)
    if dimension:
        into[names.DIMENSION] = dimension


def _read(given: Named, into: dict[str, object]) -> None:
    _number(given.get("limit"), names.TOP_K, into)


def _upload(given: Named, into: dict[str, object]) -> None:
    parallel = given.get("parallel")
    if isinstance(parallel, int) and parallel != 1:
        into[names.PARALLEL] = parallel


_GROUPS: dict[str, Reader] = {"search": _search, "read": _read, "upload": _upload}


def _dimension(query: object) -> int | None:
    """How long the vector is that is searched for, if it is one."""
    if isinstance(query, list):
        first = query[0] if query else None
        return len(first) if isinstance(first, list) else len(query)
    if type(query).__module__ == "numpy":
        shape = getattr(query, "shape", ())
        return int(shape[-1]) if shape else None
    nearest = getattr(query, "nearest", None)
    return _dimension(nearest) if nearest is not None else None


def of_answer(operation: Operation, answer: Any) -> dict[str, object] | None:
    """The attributes that the answer brings: how many, and between which scores. It is sorted by them."""
    rows = operation.rows
    if rows is None or answer is None:
        return None
    if rows == "each":
        return {names.ROWS: sum(len(one.points) for one in answer)}
    found = answer if rows == "self" else answer[0] if rows == "page" else getattr(answer, rows)
    if not operation.scores or not found:
        return {names.ROWS: len(found)}
    first, last = found[0].score, found[-1].score
    if first < last:
        first, last = last, first
    return {names.ROWS: len(found), names.SCORE_MAX: first, names.SCORE_MIN: last}
