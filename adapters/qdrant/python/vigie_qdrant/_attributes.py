"""What a span says of a call and of its answer. Vectors, payloads and the values of filters are never among it."""

from typing import Any

from . import _counting as counting
from . import _names as names
from ._names import Operation
from ._shape import hash_of


class Arguments:
    """What a method was called with, by the names of its parameters."""

    __slots__ = ("_parameters", "args", "get", "kwargs")

    def __init__(self, parameters: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._parameters = parameters
        self.args = args
        self.kwargs = kwargs
        named = {**kwargs, **dict(zip(parameters, args, strict=False))} if args else kwargs
        # The argument of a name, None when it was not given.
        self.get = named.get

    def replace(self, name: str, value: object) -> None:
        """Hand the method another one."""
        if name in self.kwargs:
            self.kwargs = {**self.kwargs, name: value}
        else:
            position = self._parameters.index(name)
            self.args = (*self.args[:position], value, *self.args[position + 1 :])


def of_arguments(operation: Operation, given: Arguments, into: dict[str, object]) -> None:
    """The attributes that are known before the call."""
    wait = given.get("wait")
    if isinstance(wait, bool):
        into[names.WAIT] = wait
    if operation.items is not None:
        batch_size(counting.size_of(given.get(operation.items)), into)
    if operation.filter is not None:
        _filter(given.get(operation.filter), into)
    if operation.group == "search":
        _search(given, into)
    elif operation.group == "read":
        _number(given.get("limit"), names.TOP_K, into)
    elif operation.group == "upload":
        parallel = given.get("parallel")
        if isinstance(parallel, int) and parallel != 1:
            into[names.PARALLEL] = parallel


def batch_size(size: int | None, into: dict[str, object]) -> None:
    """The number of points or requests: by the conventions a batch is anything but one."""
    if size is not None and size != 1:
        into[names.BATCH_SIZE] = size


def _number(value: object, name: str, into: dict[str, object]) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        into[name] = value


def _filter(value: object, into: dict[str, object]) -> None:
    if value is not None:
        into[names.FILTERED] = True
        if not type(value).__module__.startswith("qdrant_client.grpc"):
            into[names.FILTER_SHAPE] = hash_of(value)


def _search(given: Arguments, into: dict[str, object]) -> None:
    _number(given.get("limit"), names.TOP_K, into)
    _number(given.get("score_threshold"), names.THRESHOLD, into)
    using = given.get("using")
    if isinstance(using, str):
        into[names.USING] = using
    parameters = given.get("search_params")
    if parameters is not None:
        _number(getattr(parameters, "hnsw_ef", None), names.HNSW_EF, into)
        if getattr(parameters, "exact", None) is True:
            into[names.EXACT] = True
    dimension = _dimension(given.get("query"))
    if dimension:
        into[names.DIMENSION] = dimension


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


def of_answer(operation: Operation, answer: Any, into: dict[str, object]) -> None:
    """The attributes that the answer brings: how many, and between which scores. It is sorted by them."""
    rows = operation.rows
    if rows is None or answer is None:
        return
    if rows == "each":
        into[names.ROWS] = sum(len(one.points) for one in answer)
        return
    found = answer if rows == "self" else answer[0] if rows == "page" else getattr(answer, rows)
    into[names.ROWS] = len(found)
    if operation.scores and found:
        ends = (found[0].score, found[-1].score)
        into[names.SCORE_MAX], into[names.SCORE_MIN] = max(ends), min(ends)
