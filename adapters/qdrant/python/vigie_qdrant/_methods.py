"""The methods of a client and what stands in their place: every public one, known to the table or not."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from . import _attributes as attributes
from . import _calls as calls
from ._names import NOT_OPERATIONS, OPERATIONS, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def operations_of(client: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public methods of a class that ask the database for something."""
    for name in dir(client):
        method = inspect.getattr_static(client, name)
        if not name.startswith("_") and name not in NOT_OPERATIONS and inspect.isfunction(method):
            yield name, method


def traced(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """The method with a call's record around it, as sync or async as it was."""
    parameters = tuple(inspect.signature(original).parameters)[1:]
    # A method that is newer than the table has its name, its collection and its metrics.
    operation = OPERATIONS.get(name, Operation())
    readers = attributes.readers_of(operation, parameters)
    plan = calls.Plan(name, operation, parameters, readers, parameters[:1] == ("collection_name",))
    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def async_method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            call = calls.begin(plan, self, args, kwargs)
            if call is None:
                return await original(self, *args, **kwargs)
            try:
                answer = await original(self, *call.args, **call.kwargs)
            except BaseException as error:
                call.failed(error)
                raise
            call.done(answer)
            return answer

        return async_method

    @functools.wraps(original)
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        call = calls.begin(plan, self, args, kwargs)
        if call is None:
            return original(self, *args, **kwargs)
        try:
            answer = original(self, *call.args, **call.kwargs)
        except BaseException as error:
            call.failed(error)
            raise
        call.done(answer)
        return answer

    return method
